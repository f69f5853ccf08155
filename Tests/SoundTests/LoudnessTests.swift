import Foundation
import Sound
import Testing

@Suite("Loudness") struct LoudnessTests {
    /// A tone of `hertz` at `decibels` of full scale, `seconds` long.
    static func tone(
        _ decibels: Double, seconds: Double, channels: Int = 2, hertz: Double = 997
    ) -> [Float] {
        let amplitude = Decibels.amplitude(decibels)
        return (0..<Int(seconds * 48_000)).flatMap { index in
            let value = amplitude * sin(2 * .pi * hertz * Double(index) / 48_000)
            return [Float](repeating: Float(value), count: channels)
        }
    }

    /// Measures `sound`, in pieces of odd length.
    static func meter(_ sound: [Float], channels: Int = 2, by count: Int = 1_234) -> LoudnessMeter {
        var meter = LoudnessMeter(channelCount: channels)
        for start in stride(from: 0, to: sound.count, by: count) {
            meter.add(sound[start..<min(start + count, sound.count)].span)
        }
        return meter
    }

    @Test(
        "A tone has the loudness that ITU-R BS.1770 and EBU Tech 3341 give it",
        arguments: [
            // Full scale in one channel reads −3.01 (BS.1770-4, Annex 1).
            (0.0, 1, 997.0, -3.01), (-20.0, 1, 997.0, -23.01), (-20.0, 2, 997.0, -20.0),
            // Tech 3341, cases 1 and 2.
            (-23.0, 2, 1_000.0, -23.0), (-33.0, 2, 1_000.0, -33.0),
        ])
    func tones(decibels: Double, channels: Int, hertz: Double, loudness: Double) throws {
        let sound = Self.tone(decibels, seconds: 1, channels: channels, hertz: hertz)
        let meter = Self.meter(sound, channels: channels)
        #expect(abs(try #require(meter.integrated) - loudness) < 0.1)
        #expect(abs(Decibels.ofFullScale(Double(meter.peak)) - decibels) < 0.05)
    }

    @Test("Quiet parts do not count: the gates of EBU Tech 3341, cases 3 and 4, shortened")
    func gates() throws {
        let loud = Self.tone(-23, seconds: 4, channels: 1)
        let quiet = Self.tone(-36, seconds: 1, channels: 1)
        let hardlyHeard = Self.tone(-72, seconds: 1, channels: 1)
        let sound = hardlyHeard + quiet + loud + quiet + hardlyHeard
        let measured = try #require(Self.meter(sound, channels: 1).integrated)
        let alone = try #require(Self.meter(loud, channels: 1).integrated)
        // Blocks that are half loud do count: the edges of four seconds weigh more than of sixty.
        #expect(abs(measured - alone) < 0.4)
        #expect(alone < measured + 1)
    }

    @Test("Silence, and what is shorter than a block, has no loudness", arguments: [0.3, 2])
    func nothing(seconds: Double) {
        let silence = [Float](repeating: 0, count: Int(seconds * 48_000))
        #expect(Self.meter(silence, channels: 1).integrated == nil)
        let tone = Self.tone(-20, seconds: 0.3, channels: 1)
        #expect(Self.meter(tone, channels: 1).integrated == nil)
        #expect(Self.meter(tone, channels: 1).peak > 0.09)
    }

    @Test("How the sound is cut changes nothing", arguments: [2, 480, 9_600, 1 << 20])
    func cuts(count: Int) {
        let sound = Self.tone(-18, seconds: 0.7)
        #expect(Self.meter(sound, by: count).integrated == Self.meter(sound).integrated)
    }
}
