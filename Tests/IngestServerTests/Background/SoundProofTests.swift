import Containers
import Sound
import TestKit
import Testing
import Wire

@testable import IngestServer

@Suite("Decoding for proof") struct SoundProofTests {
    /// What comes of `bytes`, given in pieces of `count`.
    private func decode(
        _ bytes: [UInt8], seconds: Double, by count: Int = 4_096
    ) -> SoundProof.Outcome? {
        let proof = SoundProof(durationSeconds: seconds)
        func fetch(_ range: Range<Int64>) -> [UInt8] {
            Array(bytes[Int(range.lowerBound)..<Int(range.upperBound)])
        }
        for start in stride(from: 0, to: bytes.count, by: count) {
            proof.read(Array(bytes[start..<min(start + count, bytes.count)]), fetch: fetch)
        }
        return proof.finish(fetch: fetch)
    }

    struct Row: Sendable, CustomTestStringConvertible {
        let name: String
        /// Of `ffmpeg -i F -map 0:a:0 -af ebur128=peak=sample -f null -`.
        let loudness: Double
        let peak: Double
        /// The root mean square of each eighth of what `ffmpeg -i F -map 0:a:0 -f f32le -` gives.
        let eighths: [Float]

        var testDescription: String { name }
    }

    static let rows = [
        Row(
            name: "cr-audio-webm-gum-ts250", loudness: -15.6, peak: 2.7,
            eighths: [0.120, 0.146, 0.118, 0.146, 0.120, 0.151, 0.119, 0.146]),
        Row(
            name: "fx-ogg-opus-pause", loudness: -6.9, peak: 2.0,
            eighths: [0.326, 0.353, 0.356, 0.327, 0.381, 0.306, 0.397, 0.299]),
        Row(
            name: "opusenc-ogg-mono", loudness: -21.0, peak: -8.2,
            eighths: [0.099, 0.094, 0.094, 0.094, 0.099, 0.094, 0.094, 0.094]),
    ]

    @Test("Loudness, peak and waveform are those that FFmpeg finds", arguments: rows)
    func ffmpeg(row: Row) throws {
        let recording = try SharedRecordings.fixture(row.name)
        let seconds = try #require(recording.durationSeconds)
        let outcome = try #require(decode(try recording.bytes(), seconds: seconds))
        #expect(outcome.undecodableCount == 0 && outcome.damage.isEmpty)
        #expect(abs(try #require(outcome.loudness) - row.loudness) <= 0.2)
        #expect(abs(try #require(outcome.peak) - row.peak) <= 0.1)
        #expect(abs(outcome.decodedSeconds - seconds) < 0.1)
        let rms = outcome.waveform.rms
        for (number, expected) in row.eighths.enumerated() {
            let part = rms[number * rms.count / 8..<(number + 1) * rms.count / 8]
            let power = part.reduce(0) { $0 + $1 * $1 } / Float(part.count)
            #expect(abs(power.squareRoot() - expected) < 0.01, "eighth \(number)")
        }
    }

    @Test("Silence is heard, and has no loudness")
    func silence() throws {
        let recording = try SharedRecordings.fixture("cr-vp8-opus-short")
        let outcome = try #require(decode(try recording.bytes(), seconds: 0.36))
        #expect(
            outcome.loudness == nil && (outcome.peak ?? -100) < -60 && outcome.undecodableCount == 0
        )
        #expect(outcome.waveform.isHeard.count { $0 } > 700)
        let document = outcome.document(durationSeconds: 0.36)
        let back = try WireJSON.decode(WaveformDocument.self, from: WireJSON.encode(document))
        #expect(back == document)
    }

    @Test(
        "What has no Opus sound has no waveform", arguments: ["ff-ogg-vorbis-pipe", "dmg-s-random"])
    func nothing(name: String) throws {
        let bytes = try SharedRecordings.fixture(name).bytes()
        #expect(decode(bytes, seconds: 10) == nil)
    }

    @Test("Packets that no decoder takes are counted, and told where they are")
    func undecodable() throws {
        let recording = try SharedRecordings.fixture("cr-audio-webm-gum-ts250")
        var bytes = try recording.bytes()
        var frames: [Frame] = []
        var reader = AnyMediaReader(headReserveBytes: 0)
        reader.read(bytes.span) { frames.append($0) }
        // Code 3 with a frame count of zero is none (RFC 6716 §3.2.5); so is one too short.
        for frame in frames[40..<43] {
            bytes[Int(frame.payload.lowerBound)] |= 3
            bytes[Int(frame.payload.lowerBound) + 1] = 0
        }
        let outcome = try #require(decode(bytes, seconds: 9.96, by: 777))
        #expect(outcome.undecodableCount == 3 && outcome.packetCount > 100)
        let damage = try #require(outcome.damage.first)
        #expect(outcome.damage.count == 1 && damage.kind == .undecodable)
        #expect(damage.offset == frames[40].payload.lowerBound)
        #expect(damage.timeMilliseconds == Double(frames[40].timestamp) / 1e6)
        #expect(outcome.undecodable.count == 1)
    }
}
