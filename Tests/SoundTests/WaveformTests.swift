import Foundation
import Sound
import Testing

@Suite("Waveforms") struct WaveformTests {
    private static let count = WaveformBuilder.bucketCount

    /// A ramp: each sample differs from all others.
    private static func ramp(_ count: Int, channels: Int) -> [Float] {
        (0..<count * channels).map { Float($0) / Float(count * channels) - 0.5 }
    }

    private static func waveform(
        _ sound: [Float], channels: Int, total: Int, from start: Int = 0, by step: Int
    ) -> Waveform {
        var builder = WaveformBuilder(sampleCount: Int64(total), channelCount: channels)
        let frames = sound.count / channels
        for first in stride(from: 0, to: frames, by: step) {
            let part = sound[first * channels..<min(first + step, frames) * channels]
            builder.add(part.span, at: Int64(start + first))
        }
        return builder.waveform
    }

    @Test(
        "Each bucket holds the extremes and the power of its time, however the sound is cut",
        arguments: [(1, 8_000), (2, 8_007), (1, 1_000), (1, 500)], [1, 97, 5_760])
    func buckets(shape: (channels: Int, total: Int), step: Int) {
        let sound = Self.ramp(shape.total, channels: shape.channels)
        let waveform = Self.waveform(
            sound, channels: shape.channels, total: shape.total, by: step)
        var expected = [[Float]](repeating: [], count: Self.count)
        for time in 0..<shape.total {
            expected[time * Self.count / shape.total] +=
                sound[time * shape.channels..<(time + 1) * shape.channels]
        }
        var wrong = 0
        for (bucket, samples) in expected.enumerated() {
            let power = samples.reduce(0) { $0 + $1 * $1 } / Float(max(1, samples.count))
            let isRight =
                abs(waveform.low[bucket] - min(0, samples.min() ?? 0)) < 0.002
                && abs(waveform.high[bucket] - max(0, samples.max() ?? 0)) < 0.002
                && abs(waveform.rms[bucket] - power.squareRoot()) < 0.002
                && waveform.isHeard[bucket] == !samples.isEmpty
            if !isRight { wrong += 1 }
        }
        #expect(wrong == 0)
    }

    @Test(
        "Sound outside the recording's time does no harm",
        arguments: [-100_000, -400, 23_900, 1 << 40, .max / 2, .min / 2])
    func outside(start: Int) {
        let sound = [Float](repeating: 0.5, count: 960)
        let waveform = Self.waveform(sound, channels: 1, total: 24_000, from: start, by: 960)
        let heard = waveform.isHeard.count { $0 }
        #expect(heard == (start == -400 ? 19 : start == 23_900 ? 4 : start > 0 ? 1 : 0))
        let none = Self.waveform([], channels: 1, total: 0, by: 1)
        #expect(none.rms.count == Self.count)
    }

    private static func picture(
        seconds: Double, damage: [ClosedRange<Double>] = [], silent: Bool = false
    ) -> String {
        let sound = silent ? [Float](repeating: 0, count: 960) : ramp(960, channels: 1)
        return WaveformPicture(
            waveform: waveform(sound, channels: 1, total: 1_000, by: 960),
            durationSeconds: seconds, loudness: silent ? nil : -23.04,
            peak: silent ? nil : 0.06, damage: damage
        ).svg
    }

    @Test("A picture says in words what it shows")
    func words() {
        let svg = Self.picture(seconds: 3_725, damage: [61...62])
        #expect(svg.contains("<title id=\"title\">Waveform of a recording of 1 hour 2 minutes"))
        #expect(svg.contains("integrated loudness is −23.0 LUFS, its highest sample +0.1 dBFS"))
        #expect(svg.contains("Damaged at 0:01:01."))
        #expect(svg.contains(">1:02:05</text>") && svg.contains("class=\"rms bad\""))
        #expect(svg.contains("prefers-color-scheme:dark") && svg.contains("role=\"img\""))
        let silent = Self.picture(seconds: 2, silent: true)
        #expect(silent.contains("It is silent.") && silent.contains("class=\"dot\""))
        #expect(silent.contains("class=\"gap\"") && !silent.contains("class=\"rms\""))
    }

    @Test(
        "It is well-formed, whatever the numbers",
        arguments: [0, 0.02, 9.96, 59.96, 3_599.99, 3_600, 25_200, 1e8, 1e300, .nan, .infinity])
    func wellFormed(seconds: Double) throws {
        for damage: [ClosedRange<Double>] in [[], [0...0], [-1...1e300], [5...6, 7...7]] {
            let svg = Self.picture(seconds: seconds, damage: damage)
            // A document of this kind opens and closes as many elements.
            let opened = svg.split(separator: "<").count { !$0.hasPrefix("/") }
            let closed = svg.split(separator: "</").count - 1 + svg.split(separator: "/>").count - 1
            #expect(opened == closed, "\(svg)")
            #expect(!svg.contains("nan") && !svg.contains("inf"))
            #expect(svg.utf8.count < 20_000)
        }
    }
}
