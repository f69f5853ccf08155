import Foundation
import IngestClient
import TestKit
import Testing

@Suite("Bad input") struct BadInputTests {
    private let profile = Profile()

    struct Row: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let bytes: [UInt8]
        let input: RecordingInput
        /// What the message says.
        let words: [String]
    }

    private static func wav(rate: UInt8, channels: UInt8) -> [UInt8] {
        var bytes = WAVHeaderTests.file(WAVHeaderTests.plain, data: [1, 2, 3, 4])
        bytes[22] = channels
        bytes.replaceSubrange(24..<28, with: [rate, 0xAC, 0, 0])
        return bytes
    }

    private static var random: [UInt8] {
        var random = SeededRandom(77)
        return random.bytes(5_000)
    }

    private static let rows = [
        Row(
            testDescription: "not audio", bytes: random, input: .detect,
            words: ["no sound that is understood", "--pcm"]),
        Row(
            testDescription: "a wrong rate", bytes: wav(rate: 0x45, channels: 1), input: .detect,
            words: ["44101 Hz", "48000", "ffmpeg"]),
        Row(
            testDescription: "a wrong rate of raw sound", bytes: [0, 0],
            input: .pcm(PCMFormat(sampleRate: 22_051, channels: 1)),
            words: ["22051 Hz", "ffmpeg"]),
        Row(
            testDescription: "too many channels", bytes: [0, 0],
            input: .pcm(PCMFormat(sampleRate: 48_000, channels: 6)),
            words: ["6 channels", "-ac 2"]),
        Row(
            testDescription: "a WAV file cut short", bytes: Array(wav(rate: 0, channels: 1)[..<30]),
            input: .detect, words: ["ends before its samples"]),
        Row(
            testDescription: "half a sample", bytes: [1],
            input: .pcm(PCMFormat(sampleRate: 48_000, channels: 1)), words: []),
        Row(testDescription: "zero bytes", bytes: [], input: .detect, words: ["Nothing came"]),
    ]

    @Test("is told in a sentence and leaves nothing behind", arguments: rows)
    func isTold(row: Row) async throws {
        let outbox = try profile.open(RecorderTests.limits)
        let path = profile.path + "/input"
        try Files.write(row.bytes, to: path)
        let source = try DescriptorSource(path: path)
        do throws(RecorderError) {
            let recording = try await Recorder(outbox: outbox).record(from: source, as: row.input)
            // Half a sample is a recording of no sound, and no reason to complain.
            #expect(row.words.isEmpty && recording.durationSeconds == 0)
        } catch {
            #expect(!row.words.isEmpty)
            for word in row.words { #expect(error.description.contains(word), "\(error)") }
            #expect(try outbox.recordings().isEmpty)
        }
        // What could not be recorded is where it was.
        #expect(try Files.read(path) == row.bytes)
    }

    @Test("from a pipe is kept all the same: there is no other copy")
    func isKeptFromPipe() async throws {
        let outbox = try profile.open(RecorderTests.limits)
        let recorder = Recorder(outbox: outbox)
        let recording = try await recorder.record(from: RecorderTests.source(Self.random))
        #expect(try Files.read(recording.mediaPath) == Self.random)
        await recorder.wait { event in
            if case .warning(let text) = event { text.contains("kept as it comes") } else { false }
        }
    }

    @Test("a recording without room ends, is kept, and says why")
    func endsWithoutRoom() async throws {
        var limits = RecorderTests.limits
        limits.quotaBytes = 20_000
        limits.quotaWarningBytes = 10_000
        let outbox = try profile.open(limits)
        var options = RecorderTests.fast
        // Room is measured every 256 KiB: at this rate that is soon.
        options.bitrate = 510_000
        let recorder = Recorder(outbox: outbox, options: options)
        let source = PushSource()
        for seed in 0..<12 {
            source.push(RecorderTests.noise(seconds: 1, channels: 2, seed: UInt64(seed)))
        }
        source.end()
        let recording = try await recorder.record(
            from: source, as: .pcm(PCMFormat(sampleRate: 48_000, channels: 2)))
        #expect(recording.state == .pending)
        #expect(recording.endReason?.contains("no room") == true)
        #expect(recording.byteCount > 0)
        #expect(try Judge.ffmpeg(recording.mediaPath) ?? "" == "")
    }

    @Test("a capture command that fails is told, and what came before is kept")
    func captureFails() async throws {
        let outbox = try profile.open(RecorderTests.limits)
        let none = try CaptureCommand("echo 'no microphone' >&2; exit 7")
        await #expect(throws: RecorderError.self) {
            try await Recorder(outbox: outbox).record(from: none)
        }
        #expect(try outbox.recordings().isEmpty)
        let half = try CaptureCommand("head -c 96000 /dev/zero; exit 7")
        let recording = try await Recorder(outbox: outbox, options: RecorderTests.fast).record(
            from: half, as: .pcm(RecorderTests.mono))
        #expect(recording.durationSeconds == 1)
        #expect(recording.endReason?.contains("exit code 7") == true)
    }

    @Test("a capture command that is stopped gives the rest of what it has")
    func captureStops() async throws {
        let outbox = try profile.open(RecorderTests.limits)
        let command = try CaptureCommand(
            "trap 'head -c 48000 /dev/zero; exit 0' INT; head -c 96000 /dev/zero; "
                + "while :; do sleep 0.1; done")
        let recorder = Recorder(outbox: outbox, options: RecorderTests.fast)
        async let recorded = recorder.record(from: command, as: .pcm(RecorderTests.mono))
        await recorder.wait { if case .levels(_, 1) = $0 { true } else { false } }
        recorder.stop()
        #expect(try await recorded.durationSeconds == 1.5)
    }

    @Test("a file that grows is followed until it rests")
    func follows() async throws {
        let outbox = try profile.open(RecorderTests.limits)
        let fixture = try SharedRecordings.fixture("fx-ogg-opus-ts1000")
        let path = profile.path + "/growing.ogg"
        let bytes = try fixture.bytes()
        try Files.write(Array(bytes[..<1_000]), to: path)
        let recorder = Recorder(outbox: outbox)
        async let recorded = recorder.record(from: try FollowedFile(path: path))
        await recorder.wait { if case .began = $0 { true } else { false } }
        let handle = try #require(FileHandle(forWritingAtPath: path))
        try handle.seekToEnd()
        try handle.write(contentsOf: bytes[1_000...])
        recorder.stop()
        let recording = try await recorded
        let isSame = try Files.read(recording.mediaPath) == bytes
        #expect(isSame)
    }
}
