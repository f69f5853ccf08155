import Digests
import Posix
import Recordings
import TestKit
import Testing
import Wire

@testable import IngestServer

@Suite("Chunks in the store", .timeLimit(.minutes(1)))
struct ChunkTests {
    let recording = TestRecording(1, byteCount: 100)

    @Test("A recording's life: created, delivered, finalized, read, deleted")
    func life() async throws {
        let folder = DataFolder()
        let store = try folder.open()
        #expect(try await store.create(recording.id, recording.creation) == .created)
        #expect(try await store.create(recording.id, recording.creation) == .alreadyThere)
        let other = Creation(mediaType: "audio/ogg")
        #expect(
            await problem { () async throws(Problem) in
                try await store.create(recording.id, other)
            } == .creationConflict)

        let answer = try await store.put(recording, 0, 0..<60)
        #expect(!answer.isReplay)
        #expect(answer.progress == Progress(prefix: 60, nextSequence: 1))
        try await store.put(recording, 1, 60..<100)
        #expect(try await store.bytes(recording.id) == recording.bytes)

        let status = try await store.finalize(recording.id, recording.whole)
        #expect(status.state == .finalized)
        #expect(status.condition == .complete)
        #expect(status.receivedDigest == recording.digest)
        #expect(status.revision == 1)
        #expect(try await store.bytes(recording.id, asReceived: false) == recording.bytes)

        try await store.delete(recording.id)
        try await store.delete(recording.id)
        #expect(
            await problem { () async throws(Problem) in
                try await store.status(recording.id)
            } == .gone(reason: .deleted))
        #expect(
            await problem { () async throws(Problem) in
                try await store.create(recording)
            } == .gone(reason: .deleted))
        await store.settled()
        #expect(
            try folder.files.names(in: RecordingFolder(recording.id, in: "/data").path)
                == ["manifest.json"])
        store.close()
    }

    @Test("A recording that was never created is not found, and may be deleted")
    func absent() async throws {
        let store = try DataFolder().open()
        let problems = [
            await problem { () async throws(Problem) in try await store.put(recording, 0, 0..<9) },
            await problem { () async throws(Problem) in
                try await store.finalize(recording.id, recording.whole)
            },
            await problem { () async throws(Problem) in try await store.status(recording.id) },
            await problem { () async throws(Problem) in
                try await store.media(recording.id, asReceived: false)
            },
        ]
        #expect(problems == [.notFound, .notFound, .notFound, .notFound])
        try await store.delete(recording.id)
        #expect(store.entries.isEmpty)
        store.close()
    }

    /// A chunk put after 0 and 2 of four (25 bytes each), and what comes of it.
    struct Row: CustomTestStringConvertible, Sendable {
        let what: String
        let sequence: Int64
        let range: Range<Int>
        var changed: Int?
        let outcome: Outcome

        enum Outcome: Equatable, Sendable {
            case stored(prefix: Int64)
            case replayed
            case refused(String)
        }

        var testDescription: String { what }
    }

    static let rows = [
        Row(
            what: "the one that is missing", sequence: 1, range: 25..<50,
            outcome: .stored(prefix: 75)),
        Row(what: "the last", sequence: 3, range: 75..<100, outcome: .stored(prefix: 25)),
        Row(
            what: "a part of it", sequence: 1, range: 25..<40,
            outcome: .refused("sequence-mismatch")),
        Row(what: "one again", sequence: 0, range: 0..<25, outcome: .replayed),
        Row(what: "one again under another number", sequence: 9, range: 0..<25, outcome: .replayed),
        Row(what: "a part of one", sequence: 2, range: 55..<60, outcome: .replayed),
        Row(
            what: "one again with another first byte", sequence: 0, range: 0..<25, changed: 0,
            outcome: .refused("chunk-conflict")),
        Row(
            what: "one again with another last byte", sequence: 0, range: 0..<25, changed: 24,
            outcome: .refused("chunk-conflict")),
        Row(what: "over both", sequence: 7, range: 20..<60, outcome: .stored(prefix: 75)),
        Row(what: "over all", sequence: 7, range: 0..<100, outcome: .stored(prefix: 100)),
        Row(
            what: "over both, one of them different", sequence: 7, range: 20..<60, changed: 39,
            outcome: .refused("chunk-conflict")),
        Row(
            what: "with a number too low", sequence: 0, range: 25..<50,
            outcome: .refused("sequence-mismatch")),
        Row(
            what: "with a number too high", sequence: 5, range: 25..<50,
            outcome: .refused("sequence-mismatch")),
        Row(what: "nothing", sequence: 1, range: 25..<25, outcome: .refused("chunk-empty")),
        Row(
            what: "the highest number there is", sequence: .max, range: 75..<100,
            outcome: .refused("bad-request")),
        Row(
            what: "the highest but one", sequence: .max - 1, range: 80..<100,
            outcome: .stored(prefix: 25)),
    ]

    @Test("Bytes decide, sequence checks", arguments: rows, [Duration.zero, .seconds(3600)])
    func decisions(row: Row, interval: Duration) async throws {
        let store = try DataFolder(checkpointInterval: interval).open()
        try await store.create(recording)
        try await store.put(recording, 0, 0..<25)
        try await store.put(recording, 2, 50..<75)
        if interval == .zero { await store.settled() }
        var bytes = Array(recording.bytes[row.range])
        if let changed = row.changed { bytes[changed] ^= 1 }
        var outcome: Row.Outcome
        do throws(Problem) {
            let answer = try await store.put(
                recording.id, row.sequence, at: Int64(row.range.lowerBound), bytes)
            outcome = answer.isReplay ? .replayed : .stored(prefix: answer.progress.prefix)
        } catch {
            outcome = .refused(String(error.type.split(separator: "/").last ?? ""))
        }
        #expect(outcome == row.outcome)
        // Whatever it was, what was stored is as it was.
        let whole = try await store.bytes(recording.id)
        #expect(whole == Array(recording.bytes[..<whole.count]))
        store.close()
    }

    @Test(
        "Offsets that no recording has are refused",
        arguments: [.max, .max - 9, 1 << 60, -1] as [Int64])
    func hostileOffsets(offset: Int64) async throws {
        let store = try DataFolder().open()
        try await store.create(recording)
        let found = await problem { () async throws(Problem) in
            try await store.put(recording.id, 0, at: offset, [1, 2, 3])
        }
        #expect(found != nil)
        #expect(try await store.status(recording.id).bytes == 0)
        store.close()
    }

    @Test("A conflict names both digests and the range")
    func conflict() async throws {
        let store = try DataFolder().open()
        try await store.create(recording)
        try await store.put(recording, 0, 0..<100)
        var bytes = Array(recording.bytes[10..<20])
        bytes[3] ^= 0x80
        let found = await problem { () async throws(Problem) in
            try await store.put(recording.id, 5, at: 10, bytes)
        }
        let stored = CRC32C.of(Array(recording.bytes[10..<20]))
        #expect(
            found
                == .chunkConflict(
                    start: 10, end: 20, storedDigest: ContentDigest.crc32c(stored).text,
                    receivedDigest: ContentDigest.crc32c(CRC32C.of(bytes)).text))
        store.close()
    }

    @Test("The same chunk twice at once is stored once, and both hear of the one commit")
    func twins() async throws {
        let gate = GatedFileSystem(SimulatedFileSystem())
        let store = try DataFolder(gate).open()
        try await store.create(recording)
        gate.hold { $0.contains("/log/") }
        async let one = store.put(recording, 0, 0..<50)
        await eventually { gate.waiting.contains { $0.contains("/log/") } }
        async let two = store.put(recording, 0, 0..<50)
        await eventually { store.entry(recording.id)?.state.withLock { $0.waiters.count } == 1 }
        gate.release()
        let replays = try await [one.isReplay, two.isReplay]
        #expect(replays.filter { $0 }.count == 1)
        let status = try await store.status(recording.id)
        #expect(status.chunks == 1)
        #expect(status.bytes == 50)
        store.close()
    }

    @Test("The same chunk twice at once fails twice when its commit does")
    func twinsFail() async throws {
        let disk = SimulatedFileSystem()
        let gate = GatedFileSystem(disk)
        let store = try DataFolder(gate).open()
        try await store.create(recording)
        gate.hold { $0.contains("/log/") }
        async let one = problem { () async throws(Problem) in
            try await store.put(recording, 0, 0..<50)
        }
        await eventually { gate.waiting.contains { $0.contains("/log/") } }
        async let two = store.put(recording, 0, 0..<50)
        await eventually { store.entry(recording.id)?.state.withLock { $0.waiters.count } == 1 }
        let isFirst = Lock(true)
        disk.fail { call in
            guard call.kind == .sync, call.path.contains("/log/") else { return nil }
            return isFirst.withLock { isFirst in
                defer { isFirst = false }
                return isFirst ? .error(5) : nil
            }
        }
        gate.release()
        #expect(await one?.status == 503)
        // The second then stores it itself.
        #expect(try await !two.isReplay)
        #expect(try await store.bytes(recording.id) == Array(recording.bytes[..<50]))
        store.close()
    }
}
