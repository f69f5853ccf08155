import Foundation
import IngestClient
import Testing

@Suite("Levels") struct LevelMeterTests {
    private static func sine(_ count: Int, _ amplitude: Float) -> [Float] {
        (0..<count).map { amplitude * Float(sin(Double($0) * 2 * .pi / 48)) }
    }

    @Test("a sine at full scale peaks at 0 dB and has a power of −3 dB")
    func fullScale() throws {
        var meter = LevelMeter(PCMFormat(sampleRate: 48_000, channels: 1))
        let levels = try #require(meter.add(Self.sine(4_800, 1)).first)
        #expect(abs(levels.peak[0]) < 0.01)
        #expect(abs(levels.rms[0] + 3.01) < 0.01)
        #expect(levels.clippedSampleCount > 0)
    }

    @Test("each tenth of a second has levels of its own, however the samples come")
    func windows() {
        let samples = Self.sine(4_800, 0.5) + Array(repeating: 0, count: 4_800) + [1, 1]
        var whole = LevelMeter(PCMFormat(sampleRate: 48_000, channels: 1))
        let expected = whole.add(samples)
        #expect(expected.count == 2)
        #expect(abs(expected[0].peak[0] + 6.02) < 0.01)
        #expect(expected[1].peak == [Levels.floor] && expected[1].rms == [Levels.floor])
        #expect(whole.clippedSampleCount == 2)
        var drip = LevelMeter(PCMFormat(sampleRate: 48_000, channels: 1))
        #expect(samples.flatMap { drip.add([$0]) }.map(\.peak) == expected.map(\.peak))
    }

    @Test("channels do not mix")
    func channels() throws {
        var meter = LevelMeter(PCMFormat(sampleRate: 8_000, channels: 2))
        let samples = (0..<800).flatMap { _ -> [Float] in [0.1, -0.01] }
        let levels = try #require(meter.add(samples).first)
        #expect(levels.peak.map { $0.rounded() } == [-20, -40])
        #expect(levels.rms.map { $0.rounded() } == [-20, -40])
    }
}
