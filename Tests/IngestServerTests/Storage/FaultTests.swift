import DurableLog
import Posix
import Recordings
import TestKit
import Testing
import Wire

@testable import IngestServer

@Suite("A store on a bad or full disk", .timeLimit(.minutes(1)))
struct FaultTests {
    let recording = TestRecording(9, byteCount: 90)

    /// Fails the next `count` calls of `kind` on paths that end in `suffix`.
    private func fail(
        _ disk: SimulatedFileSystem, _ kind: SimulatedFileSystem.Call.Kind, _ suffix: String,
        _ count: Int = 1, with number: Int32 = 5
    ) -> Lock<Int> {
        let left = Lock(count)
        disk.fail { call in
            guard call.kind == kind, call.path.hasSuffix(suffix) else { return nil }
            return left.withLock { left in
                defer { left -= 1 }
                return left > 0 ? .error(number) : nil
            }
        }
        return left
    }

    /// What fails once while a recording is delivered and published.
    static let faults: [(SimulatedFileSystem.Call.Kind, String)] = [
        (.sync, "/media"), (.sync, "/chunks"), (.sync, "/manifest.json.next"),
        (.write, "/media"), (.write, "/chunks"), (.write, "/manifest.json.next"),
        (.rename, "/manifest.json.next"), (.syncFolder, "/recordings"),
        (.createFolder, RecordingFolder(TestRecording(9, byteCount: 0).id, in: "").path),
    ]

    @Test(
        "One failure anywhere loses nothing, and is made good by itself", arguments: faults,
        [0, 1])
    func oneFailure(
        fault: (SimulatedFileSystem.Call.Kind, String), skipped: Int
    ) async throws {
        let disk = SimulatedFileSystem()
        let folder = DataFolder(disk)
        var store = try folder.open()
        if skipped > 0 {
            // The failure comes with the publication, not with the first checkpoint.
            try await store.deliver(recording, by: 30)
            await store.settled()
        }
        _ = fail(disk, fault.0, fault.1)
        if skipped == 0 { try await store.deliver(recording, by: 30) }
        var status: RecordingStatus?
        while status == nil {
            do throws(Problem) {
                status = try await store.finalize(recording.id, recording.whole)
            } catch {
                #expect(error.status == 503)
            }
        }
        #expect(status?.receivedDigest == recording.digest)
        #expect(status?.revision == 1)
        await store.settled()
        #expect(store.log.state.oldestSegment == nil)
        store = try folder.reopen(store)
        #expect(try await store.bytes(recording.id) == recording.bytes)
        #expect(try await store.status(recording.id) == status)
        store.close()
    }

    /// Changes what the log holds of the recording's only unmoved piece.
    private func rot(_ disk: SimulatedFileSystem, _ store: RecordingStore) throws {
        let entry = try #require(store.entry(recording.id))
        let piece = try #require(entry.state.withLock { $0.unmoved.first })
        let digits = "\(piece.location.segment.number)"
        let name = "segment-" + String(repeating: "0", count: 6 - digits.count) + digits
        let offset = Int(piece.location.fileOffset)
        disk.rot("/data/log/\(name)", offset + 3..<offset + 5)
    }

    @Test("A chunk that rots in the log is a gap again, and is taken when it is sent again")
    func rot() async throws {
        let disk = SimulatedFileSystem()
        let store = try DataFolder(disk, checkpointInterval: .seconds(3600)).open()
        try await store.create(recording)
        try await store.put(recording, 0, 0..<90)
        try rot(disk, store)
        let refused = await problem { () async throws(Problem) in
            try await store.finalize(recording.id, recording.whole)
        }
        #expect(refused == .gaps(missing: [0..<90], missingSequences: []))
        #expect(try await store.status(recording.id).notes.count == 1)
        #expect(try await !store.put(recording, 0, 0..<90).isReplay)
        let status = try await store.finalize(recording.id, recording.whole)
        #expect(status.receivedDigest == recording.digest)
        store.close()
    }

    @Test("A late chunk that rots in the log is missing again")
    func rotsLate() async throws {
        let disk = SimulatedFileSystem()
        let store = try DataFolder(disk, checkpointInterval: .seconds(3600)).open()
        try await store.create(recording)
        try await store.put(recording, 0, 0..<30)
        _ = try await store.finalize(
            recording.id, FinalizeRequest(length: 90, incomplete: true))
        try await store.put(recording, 1, 30..<60)
        try rot(disk, store)
        let entry = try #require(store.entry(recording.id))
        entry.state.withLock { store.urge(entry, &$0) }
        await eventually { entry.state.withLock { $0.unmoved.isEmpty && !$0.isAtWork } }
        #expect(try await store.status(recording.id).revision == 1)
        try await store.put(recording, 1, 30..<90)
        let same = try #require(store.entry(recording.id))
        same.state.withLock { store.urge(same, &$0) }
        await eventually { same.state.withLock { $0.publication?.revision } == 2 }
        #expect(try await store.status(recording.id).receivedDigest == recording.digest)
        store.close()
    }

    @Test("A publication that fails says 503; asked again, it is there")
    func publicationFails() async throws {
        let disk = SimulatedFileSystem()
        let store = try DataFolder(disk).open()
        try await store.deliver(recording, by: 30)
        await store.settled()
        let left = fail(disk, .rename, "/manifest.json.next", 3, with: 28)
        let refused = await problem { () async throws(Problem) in
            try await store.finalize(recording.id, recording.whole)
        }
        #expect(refused?.status == 507)
        await eventually { left.withLock { $0 } <= 0 }
        await store.settled()
        #expect(try await store.finalize(recording.id, recording.whole).revision == 1)
        store.close()
    }

    @Test("A burial that fails is tried again")
    func burialFails() async throws {
        let disk = SimulatedFileSystem()
        let folder = DataFolder(disk)
        var store = try folder.open()
        try await store.deliver(recording, by: 30)
        await store.settled()
        _ = fail(disk, .remove, "/media", 2)
        try await store.delete(recording.id)
        await store.settled()
        #expect(
            try disk.names(in: RecordingFolder(recording.id, in: "/data").path)
                == ["manifest.json"])
        store = try folder.reopen(store)
        let found = await problem { () async throws(Problem) in
            try await store.status(recording.id)
        }
        #expect(found == .gone(reason: .deleted))
        store.close()
    }

    @Test("A sync of the log that fails stores nothing of its batch; the next goes through")
    func logFails() async throws {
        let disk = SimulatedFileSystem()
        let folder = DataFolder(disk)
        var store = try folder.open()
        try await store.create(recording)
        await store.settled()
        // Every sync, for one of the log's chores may come before that of the chunk's batch.
        let isBad = Lock(true)
        disk.fail { call in
            guard call.kind == .sync, call.path.contains("/log/") else { return nil }
            return isBad.withLock { $0 } ? .error(5) : nil
        }
        let refused = await problem { () async throws(Problem) in
            try await store.put(recording, 0, 0..<30)
        }
        isBad.withLock { $0 = false }
        #expect(refused?.status == 503)
        try await store.deliver(recording, by: 30)
        await store.settled()
        #expect(store.obstacles.isEmpty)
        store = try folder.reopen(store)
        #expect(
            try await store.finalize(recording.id, recording.whole).receivedDigest
                == recording.digest)
        store.close()
    }

    @Test("A log that failed finds out by itself that it works again")
    func logHeals() async throws {
        let disk = SimulatedFileSystem()
        let store = try DataFolder(disk).open()
        try await store.create(recording)
        await store.settled()
        disk.fail { $0.kind == .sync && $0.path.contains("/log/") ? .error(5) : nil }
        let refused = await problem { () async throws(Problem) in
            try await store.put(recording, 0, 0..<30)
        }
        #expect(refused?.status == 503)
        #expect(!store.obstacles.isEmpty)
        disk.fail(nil)
        await eventually { store.obstacles.isEmpty }
        store.close()
    }

    @Test("A full log refuses chunks, still deletes and finalizes, and empties by itself")
    func fullLog() async throws {
        let gate = GatedFileSystem(SimulatedFileSystem())
        let store = try DataFolder(gate).open()
        let others = [TestRecording(20, byteCount: 30), TestRecording(21, byteCount: 30)]
        for other in others { try await store.deliver(other, by: 30) }
        await store.settled()
        gate.hold { $0.contains("/recordings/") }
        let big = TestRecording(10, byteCount: 1 << 20)
        try await store.create(big)
        var sequence: Int64 = 0
        var refusal: Problem?
        while refusal == nil {
            let start = Int(sequence) * 16_000
            refusal = await problem { () async throws(Problem) in
                try await store.put(big, sequence, start..<start + 16_000)
            }
            sequence += 1
        }
        #expect(refusal?.status == 503)
        #expect(!store.obstacles.isEmpty)
        try await store.delete(others[0].id)
        async let finalized = store.finalize(others[1].id, others[1].whole)
        gate.release()
        #expect(try await finalized.condition == .complete)
        await eventually { store.obstacles.isEmpty }
        sequence -= 1
        let start = Int(sequence) * 16_000
        try await store.put(big, sequence, start..<start + 16_000)
        let received = try await store.bytes(big.id)
        #expect(received == Array(big.bytes[..<(start + 16_000)]))
        store.close()
    }

    @Test("A chunk of several new pieces that the log takes only in part is taken when sent again")
    func fullInTheMiddle() async throws {
        let gate = GatedFileSystem(SimulatedFileSystem())
        let store = try DataFolder(gate).open()
        let big = TestRecording(11, byteCount: 1 << 20)
        try await store.create(big)
        // Islands, so that one chunk over them has a piece for each gap.
        for number in 0..<4 {
            let start = 3000 + number * 4000
            try await store.put(big, Int64(number) * 2 + 1, start..<start + 500)
        }
        await store.settled()
        gate.hold { $0.contains("/recordings/") }
        var filler = TestRecording(12, byteCount: 1 << 20)
        filler.mediaType = "audio/x-filler"
        try await store.create(filler)
        var sequence: Int64 = 0
        while store.log.state.bytesRoom >= 10_000 {
            let start = Int(sequence) * 4000
            try await store.put(filler, sequence, start..<start + 4000)
            sequence += 1
        }
        let refused = await problem { () async throws(Problem) in
            try await store.put(big, 7, 0..<15_500)
        }
        #expect(refused?.status == 503)
        gate.release()
        await eventually { store.obstacles.isEmpty && store.log.state.bytesRoom > 100_000 }
        try await store.put(big, 7, 0..<15_500)
        #expect(try await store.bytes(big.id) == Array(big.bytes[..<15_500]))
        await store.settled()
        store.close()
    }

    @Test("A disk that is nearly full refuses new bytes, not deletions, and says when it is over")
    func lowDisk() async throws {
        let disk = SimulatedFileSystem()
        var folder = DataFolder(disk)
        folder.settings.diskReserveBytes = 1 << 20
        let store = try folder.open()
        try await store.create(recording)
        try await store.put(recording, 0, 0..<30)
        await store.settled()
        disk.limit(toBytes: 1 << 20)
        await eventually { store.assembler.isDiskLow }
        let refusals = [
            await problem { () async throws(Problem) in try await store.put(recording, 1, 30..<60)
            },
            await problem { () async throws(Problem) in
                try await store.create(TestRecording(13, byteCount: 1))
            },
        ]
        #expect(refusals.map { $0?.status } == [507, 507])
        #expect(store.obstacles.count == 1)
        #expect(try await store.put(recording, 0, 0..<30).isReplay)
        try await store.delete(recording.id)
        disk.limit(toBytes: 1 << 30)
        await eventually { store.obstacles.isEmpty }
        try await store.create(TestRecording(13, byteCount: 1))
        store.close()
    }
}
