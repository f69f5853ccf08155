import Containers
import Foundation
import IngestClient
import TestKit
import Testing

@Suite("Resampling") struct ResamplingTests {
    private let profile = Profile()

    private static func sine(_ hertz: Double, rate: Int, count: Int) -> [Float] {
        (0..<count).map { Float(0.5 * sin(2 * Double.pi * hertz * Double($0) / Double(rate))) }
    }

    private static func bytes(_ samples: [Float]) -> [UInt8] {
        samples.flatMap { sample in
            let value = Int16(sample * 32_767)
            return [UInt8(truncatingIfNeeded: value), UInt8(truncatingIfNeeded: value >> 8)]
        }
    }

    @Test("channels stay apart, and what 48 kHz cannot hold is gone, not folded down")
    func channels() async throws {
        let (left, right) = (
            Self.sine(1_000, rate: 96_000, count: 48_000),
            Self.sine(30_000, rate: 96_000, count: 48_000)
        )
        let outbox = try profile.open(RecorderTests.limits)
        let recording = try await Recorder(outbox: outbox).record(
            from: RecorderTests.source(Self.bytes(zip(left, right).flatMap { [$0, $1] })),
            as: .pcm(PCMFormat(sampleRate: 96_000, channels: 2)))
        guard let samples = try Judge.samples(recording.mediaPath) else { return }
        #expect(samples.count == 48_000)
        let middle = stride(from: 9_600, to: 38_400, by: 2)
        let strength = Self.strength(of: 1_000, in: middle.map { samples[$0] })
        #expect(abs(strength - 0.5) < 0.05, "\(strength)")
        let folded = Self.strength(of: 18_000, in: middle.map { samples[$0 + 1] })
        let loudest = middle.map { abs(samples[$0 + 1]) }.max() ?? 1
        #expect(folded < 1e-4 && loudest < 0.01, "\(folded), \(loudest)")
    }

    @Test(
        "sound of any usual rate is recorded: its pitch, its strength and its length stay",
        arguments: [
            8_000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000, 88_200, 96_000,
        ])
    func records(rate: Int) async throws {
        // No whole number of packets, nor of samples at 48 kHz.
        let count = rate / 2 + 7
        let bytes = Self.bytes(Self.sine(1_000, rate: rate, count: count))
        let outbox = try profile.open(RecorderTests.limits)
        let recording = try await Recorder(outbox: outbox, options: RecorderTests.fast).record(
            from: RecorderTests.source(Array(bytes[..<999]), Array(bytes[999...])),
            as: .pcm(PCMFormat(sampleRate: rate, channels: 1)))
        #expect(recording.durationSeconds == Double(count) / Double(rate))
        #expect(try Judge.opusinfo(recording.mediaPath) ?? "" == "")
        guard let samples = try Judge.samples(recording.mediaPath) else { return }
        let length = Int((Double(count) * 48_000 / Double(rate)).rounded())
        #expect(samples.count == length, "\(samples.count) of \(length)")
        // In the middle, where the encoder has settled: 300 ms are 300 periods.
        let middle = Array(samples[4_800..<4_800 + 14_400])
        let strength = Self.strength(of: 1_000, in: middle)
        #expect(abs(strength - 0.5) < 0.05, "\(strength)")
        let energy = middle.reduce(0.0) { $0 + Double($1) * Double($1) } / Double(middle.count)
        // All of it is that one tone.
        #expect(strength * strength / 2 > 0.98 * energy, "\(strength), \(energy)")
    }

    /// The amplitude of a tone (one bin of a Fourier transform).
    private static func strength(of hertz: Double, in samples: [Float]) -> Double {
        var (real, imaginary) = (0.0, 0.0)
        for (index, sample) in samples.enumerated() {
            let angle = 2 * Double.pi * hertz * Double(index) / 48_000
            real += Double(sample) * cos(angle)
            imaginary += Double(sample) * sin(angle)
        }
        return 2 * (real * real + imaginary * imaginary).squareRoot() / Double(samples.count)
    }
}
