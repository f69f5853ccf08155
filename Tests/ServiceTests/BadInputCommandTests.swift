import Foundation
import IngestClient
import TestKit
import Testing

extension Service {
    /// What goes wrong around a recorder is told in a sentence, by exit code, and costs nothing
    /// that was there. All with the real program:
    ///
    /// | What is wrong               | Shown by                                              |
    /// | --------------------------- | ----------------------------------------------------- |
    /// | not audio                   | `BadInputCommandTests.isTold`                         |
    /// | not audio, no other copy    | `BadInputCommandTests.isKeptFromPipe`                 |
    /// | wrong rate                  | `BadInputCommandTests.isTold`                         |
    /// | zero bytes                  | `BadInputCommandTests.isTold`                         |
    /// | a 12-hour recording         | `BadInputCommandTests.twelveHours`                    |
    /// | clock jumping backwards     | `BadInputCommandTests.clockJumpsBack`                 |
    /// | … while it is recorded      | `RecorderTests.cutsByTimeAndBytes`                    |
    /// | disk full                   | `RecordTests.fullDisk`                                |
    /// | read-only folder            | `RecordTests.readOnly`                                |
    /// | unreachable server          | `StrangeServerTests.unreachable`                      |
    /// | server from another version | `StrangeServerTests.isToldAndKept`                    |
    /// | the recorder is killed      | `RecordTests.survivesKills`                           |
    @Suite("Bad input of holdfast") struct BadInputCommandTests {
        private let holdfast = Holdfast()

        struct Row: Sendable, CustomTestStringConvertible {
            let testDescription: String
            let bytes: [UInt8]
            var options: [String] = []
            /// What the message says.
            let words: [String]
        }

        private static let rows = [
            Row(
                testDescription: "not audio", bytes: Array("%PDF-1.7, or any letter".utf8),
                words: ["no sound that is understood", "--pcm"]),
            Row(
                testDescription: "a wrong rate in a WAV file", bytes: wav(rate: 1_000_000),
                words: ["1000000 Hz", "48000", "ffmpeg"]),
            Row(
                testDescription: "a wrong rate of raw sound", bytes: [0, 0],
                options: ["--pcm", "s16le", "--rate", "47000"], words: ["47000 Hz", "ffmpeg"]),
            Row(
                testDescription: "too many channels", bytes: [0, 0],
                options: ["--pcm", "s16le", "--channels", "6"], words: ["6 channels", "-ac 2"]),
            Row(
                testDescription: "a WAV file cut short", bytes: Array(wav(rate: 48_000)[..<30]),
                words: ["ends before its samples"]),
            Row(
                testDescription: "zero bytes", bytes: [],
                words: ["Nothing came", "there is no recording"]),
            Row(
                testDescription: "zero bytes of raw sound", bytes: [], options: Holdfast.sound,
                words: ["Nothing came"]),
        ]

        @Test("is told in a sentence, and what there was stays as it was", arguments: rows)
        func isTold(row: Row) throws {
            let before = try holdfast.record()
            let bytes = try holdfast.media(before)
            let path = try holdfast.file("input", row.bytes)
            let recorder = try holdfast.run(["record", path] + row.options, code: 1)
            for word in row.words {
                #expect(recorder.text(.error).contains(word), "\(recorder.text(.error))")
            }
            #expect(try holdfast.list().map { $0["id"]?.text } == [before])
            let isSame = try holdfast.media(before) == bytes
            #expect(isSame)
            #expect(try Files.read(path) == row.bytes)
        }

        @Test("a file that is not there is named")
        func isMissing() throws {
            let recorder = try holdfast.run(["record", "/nowhere/a.wav"], code: 1)
            #expect(recorder.text(.error).contains("/nowhere/a.wav cannot be opened"))
            #expect(try holdfast.list().isEmpty)
        }

        @Test("what is not audio and comes from a pipe is kept: there is no other copy")
        func isKeptFromPipe() throws {
            var random = SeededRandom(77)
            let bytes = random.bytes(50_000)
            let path = try holdfast.file("input", bytes)
            let recorder = try holdfast.run(["record", "--capture", "cat \(path)"])
            #expect(recorder.text(.error).contains("kept as it comes"))
            let id = try #require(try holdfast.list().first?["id"]?.text)
            let isSame = try holdfast.media(id) == bytes
            #expect(isSame)
        }

        @Test("twelve hours are recorded, listed and sent as a minute is")
        func twelveHours() throws {
            let server = try ServerProcess()
            let path = holdfast.folder.path + "/twelve.webm"
            try Files.write(try Self.twelveHours(), to: path)
            let recorder = try holdfast.run(
                ["record", path, "--json", "--server", Holdfast.url(server.port)])
            #expect(recorder.text(.output).contains("\"event\":\"sent\""))
            let recording = try #require(try holdfast.list().first)
            #expect(recording["state"]?.text == "sent")
            let seconds = try #require(recording["durationSeconds"]?.number)
            #expect(seconds >= 43_200 && seconds < 43_230, "\(seconds)")
            let id = try #require(recording["id"]?.text)
            #expect(try holdfast.isWhole(id, on: server))
            let status = try RecordingClient(port: server.port).status(id).json()
            #expect(status["condition"]?.text == "complete", "\(status)")
            let lines = try holdfast.run(["list"]).text(.output)
            #expect(lines.contains("12:00:"), "\(lines)")
        }

        @Test("a clock that was a day ahead and jumps back: nothing is lost, kept back or refused")
        func clockJumpsBack() throws {
            let server = try ServerProcess()
            let ahead = Date(timeIntervalSinceNow: 86_400)
            let bytes = try SharedRecordings.fixture("fx-ogg-opus-ts1000").bytes()
            let id: String
            do {
                let outbox = try Outbox(folder: holdfast.profile, limits: OutboxLimits()) { ahead }
                let open = try outbox.begin(
                    NewRecording(mediaType: "audio/ogg", startedAt: ahead))
                try open.append(bytes)
                try open.cutChunk()
                id = try open.finish().id
            }
            // The program's clock is a day behind that of what it finds.
            let later = try holdfast.record()
            #expect(
                try Set(holdfast.list().compactMap { $0["id"]?.text }) == [id, later])
            try holdfast.run(["send", "--server", Holdfast.url(server.port)])
            #expect(try holdfast.list().map { $0["state"]?.text } == ["sent", "sent"])
            for id in [id, later] { #expect(try holdfast.isWhole(id, on: server)) }
            let doctor = try holdfast.run(["doctor"])
            #expect(doctor.text(.output).contains("0 events wait"), "\(doctor.text(.output))")
        }

        private static func wav(rate: UInt32) -> [UInt8] {
            func word(_ value: UInt32) -> [UInt8] {
                (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
            }
            return Array("RIFF".utf8) + word(40) + Array("WAVEfmt ".utf8) + word(16)
                + [1, 0, 1, 0] + word(rate) + word(rate &* 2) + [2, 0, 16, 0]
                + Array("data".utf8) + word(4) + [1, 0, 2, 0]
        }

        /// A real recording's head, and a cluster with one packet of sound for every four seconds:
        /// as long as the real one would be, at a hundredth of the bytes.
        ///
        /// With HOLDFAST_HOURS it is the real one, again and again, until it is as long.
        private static func twelveHours() throws -> [UInt8] {
            let real = try SharedRecordings.fixture("cr-audio-webm-gum-ts250")
            if let hours = ProcessInfo.processInfo.environment["HOLDFAST_HOURS"]
                .flatMap(Double.init)
            {
                let long = try LongRecording(repeating: real, seconds: hours * 3_600)
                return Array(long.pieces(of: 1 << 20).joined())
            }
            let bytes = try real.bytes()
            let cluster: [UInt8] = [0x1F, 0x43, 0xB6, 0x75]
            let start = try #require(bytes.indices.first { bytes[$0...].starts(with: cluster) })
            var long = Array(bytes[..<start])
            for number in 0...(43_200 / 4) {
                let time = UInt32(number * 4_000)
                // Timestamp; a SimpleBlock of track 1: a packet of 60 ms that says nothing.
                let timestamp = (0..<4).reversed().map {
                    UInt8(truncatingIfNeeded: time >> (8 * UInt32($0)))
                }
                let body = [0xE7, 0x84] + timestamp + [0xA3, 0x85, 0x81, 0, 0, 0x80, 3 << 3]
                long += cluster + [0x80 | UInt8(body.count)] + body
            }
            return long
        }
    }
}
