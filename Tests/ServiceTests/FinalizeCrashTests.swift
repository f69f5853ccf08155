import Foundation
import Glibc
import TestKit
import Testing

extension Service {
    /// A finalize is cut off anywhere; the file that it leaves in the end is the same.
    @Suite("Crash amid a finalize") struct FinalizeCrashTests {
        /// More for a soak: HOLDFAST_KILLS=200.
        private static let kills =
            ProcessInfo.processInfo.environment["HOLDFAST_KILLS"].flatMap(Int.init) ?? 20
        private static let names = [
            "cr-vp8-opus-gum-ts1000", "cr-vp8-opus-requestdata", "fx-vp8-opus-gum-ts1000",
            "fx-audio-webm-ts1000", "gst-webm-streamable", "cr-vp8-opus-killed",
            "dmg-s-missing-middle", "fx-ogg-opus-ts1000", "dmg-s-ogg-noeos",
            "dmg-s-ogg-badcrc",
        ]
        /// From small slices to all at once, so that a kill meets edits of every kind.
        private static let settings = [
            "checkpoint-bytes": "16384", "checkpoint-interval-seconds": "1",
        ]

        /// What an undisturbed server makes of a recording.
        private struct Whole {
            let recording: SharedRecording
            let chunks: [(sequence: Int64, offset: Int64, bytes: [UInt8])]
            let artifact: String
            let damage: JSON?
        }

        @Test("after a kill amid finalizing, the finished file is what it would have been")
        func finishedFileIsTheSame() throws {
            let seed: UInt64 = 0xF1_4A_11_2E
            print("FinalizeCrashTests: seed \(seed), \(Self.kills) kills")
            var random = SeededRandom(seed)
            let server = try ServerProcess(settings: Self.settings)
            let wholes = try undisturbed(server, &random)
            let span = try microsecondsOfFinalizing(wholes, server, &random)
            var unfinishedCount = 0
            for kill in 1...Self.kills {
                let victims = (0..<3).map { _ in
                    (id: random.recordingID(), whole: wholes.randomElement(using: &random))
                }
                let client = RecordingClient(port: server.port)
                for case (let id, let whole?) in victims {
                    try send(whole, as: id, client, shuffledBy: &random)
                }
                try killAmidFinalize(server, victims, after: random.next() % span)
                // Now and then it does not even come up undisturbed.
                if random.next() % 3 == 0 {
                    try server.restart()
                    try killAmidFinalize(server, victims, after: random.next() % span)
                }
                try server.restart()
                let restarted = RecordingClient(port: server.port)
                for case (let id, let whole?) in victims {
                    let state = try restarted.status(id).json()["state"]?.text
                    if state != "finalized" { unfinishedCount += 1 }
                    try expectSame(whole, id, restarted, kill)
                }
            }
            print(
                "FinalizeCrashTests: \(unfinishedCount) of \(3 * Self.kills) were unfinished then")
        }

        /// How long three finalizes at once take here, so that kills fall before, amid and after.
        private func microsecondsOfFinalizing(
            _ wholes: [Whole], _ server: ServerProcess, _ random: inout SeededRandom
        ) throws -> UInt64 {
            let client = RecordingClient(port: server.port)
            let ids = wholes.prefix(3).map { _ in random.recordingID() }
            for (id, whole) in zip(ids, wholes) {
                try send(whole, as: id, client, shuffledBy: &random)
            }
            let start = ContinuousClock.now
            for (id, whole) in zip(ids, wholes) {
                let answer = try client.finalize(id, length: whole.recording.byteCount)
                #expect(answer.status == 200)
            }
            return UInt64(max(1, start.duration(to: .now) / .microseconds(1)))
        }

        private func undisturbed(
            _ server: ServerProcess, _ random: inout SeededRandom
        ) throws -> [Whole] {
            let client = RecordingClient(port: server.port)
            return try Self.names.map { name in
                let recording = try SharedRecordings.fixture(name)
                let id = random.recordingID()
                try client.deliver(recording, as: id)
                let media = try client.get("/recordings/\(id)/media")
                #expect(media.status == 200)
                return Whole(
                    recording: recording,
                    chunks: try recording.chunks.map {
                        ($0.sequence, $0.offset, try $0.bytes())
                    },
                    artifact: RecordingClient.sha256Text(media.body),
                    damage: try client.status(id).json()["damage"])
            }
        }

        private func send(
            _ whole: Whole, as id: String, _ client: RecordingClient,
            shuffledBy random: inout SeededRandom
        ) throws {
            #expect(try client.create(id, mediaType: whole.recording.mediaType).status == 201)
            let isShuffled = random.next() % 2 == 0
            let chunks = isShuffled ? whole.chunks.shuffled(using: &random) : whole.chunks
            for chunk in chunks {
                let answer = try client.put(id, chunk.sequence, at: chunk.offset, chunk.bytes)
                #expect(answer.status == 201, "\(whole.recording): \(answer)")
            }
        }

        /// Asks for every victim's finalize, each on a connection of its own, and kills the
        /// server some microseconds later. Where that falls is left to chance: whatever it
        /// hits, the outcome must be the same.
        private func killAmidFinalize(
            _ server: ServerProcess, _ victims: [(id: String, whole: Whole?)],
            after microseconds: UInt64
        ) throws {
            var connections: [RawConnection] = []
            for case (let id, let whole?) in victims {
                let connection = try RawConnection(port: server.port)
                let body = Self.finalizeBody(whole.recording)
                try connection.send(
                    """
                    POST /recordings/\(id)/finalize HTTP/1.1\r
                    Host: 127.0.0.1\r
                    Content-Type: application/json\r
                    Content-Length: \(body.utf8.count)\r
                    \r
                    \(body)
                    """)
                connections.append(connection)
            }
            usleep(UInt32(microseconds))
            server.kill()
        }

        private static func finalizeBody(_ recording: SharedRecording) -> String {
            "{\"length\":\(recording.byteCount),\"chunkCount\":\(recording.chunks.count)}"
        }

        private func expectSame(
            _ whole: Whole, _ id: String, _ client: RecordingClient, _ kill: Int
        ) throws {
            let recording = whole.recording
            let answer = try client.finalize(
                id, length: recording.byteCount, chunkCount: Int64(recording.chunks.count))
            #expect(answer.status == 200, "kill \(kill), \(recording) \(id): \(answer)")
            let media = try client.get("/recordings/\(id)/media").body
            let isSame = RecordingClient.sha256Text(media) == whole.artifact
            #expect(isSame, "kill \(kill), \(recording) \(id): \(media.count) other bytes")
            let received = try client.received(id).body
            let isReceived = RecordingClient.sha256Text(received) == recording.sha256
            #expect(isReceived, "kill \(kill), \(recording) \(id) came back otherwise")
            let damage = try answer.json()["damage"]
            #expect(damage == whole.damage, "kill \(kill), \(recording) \(id)")
        }
    }
}
