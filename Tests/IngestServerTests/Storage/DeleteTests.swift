import Catalog
import DurableLog
import Posix
import Recordings
import TestKit
import Testing
import Wire

@testable import IngestServer

@Suite("Deletion in the store", .timeLimit(.minutes(1)))
struct DeleteTests {
    let recording = TestRecording(4, byteCount: 90)

    private func isGone(_ store: RecordingStore) async -> Bool {
        await problem { () async throws(Problem) in
            try await store.status(recording.id)
        } == .gone(reason: .deleted)
    }

    @Test("Chunks before a deletion in the log are stored, those behind it hear that it is gone")
    func chunksInFlight() async throws {
        let gate = GatedFileSystem(SimulatedFileSystem())
        let store = try DataFolder(gate).open()
        try await store.create(recording)
        gate.hold { $0.contains("/log/") }
        async let before = store.put(recording, 0, 0..<30)
        await eventually { gate.waiting.contains { $0.contains("/log/") } }
        async let deletion: Void = store.delete(recording.id)
        await eventually {
            store.entry(recording.id)?.state.withLock { $0.phase } == .deleting
        }
        async let behind = problem { () async throws(Problem) in
            try await store.put(recording, 1, 30..<60)
        }
        async let asked = problem { () async throws(Problem) in
            try await store.finalize(recording.id, FinalizeRequest(length: 30))
        }
        async let again: Void = store.delete(recording.id)
        await eventually { store.entry(recording.id)?.state.withLock { $0.waiters.count } == 3 }
        gate.release()
        #expect(try await !before.isReplay)
        try await deletion
        try await again
        #expect(await behind == .gone(reason: .deleted))
        #expect(await asked == .gone(reason: .deleted))
        await store.settled()
        #expect(store.log.state.oldestSegment == nil)
        store.close()
    }

    /// Where the assembler stands when the deletion becomes durable.
    enum Step: String, CaseIterable, Sendable {
        case establishing = "/manifest.json.next"
        case moving = "/media"
        case rows = "/chunks"
    }

    @Test(
        "A deletion while the bytes move home is carried out, and stays", arguments: Step.allCases)
    func whileMoving(step: Step) async throws {
        let gate = GatedFileSystem(SimulatedFileSystem())
        let folder = DataFolder(gate)
        var store = try folder.open()
        gate.hold { $0.hasSuffix(step.rawValue) }
        try await store.create(recording)
        try await store.put(recording, 0, 0..<30)
        await eventually { gate.waiting.contains { $0.hasSuffix(step.rawValue) } }
        try await store.delete(recording.id)
        gate.release()
        await store.settled()
        #expect(
            try folder.files.names(in: RecordingFolder(recording.id, in: "/data").path)
                == ["manifest.json"])
        store = try folder.reopen(store)
        #expect(await isGone(store))
        store.close()
        try folder.loseCatalog()
        store = try folder.open()
        #expect(await isGone(store))
        store.close()
    }

    @Test("A deletion ends a finalize under way; whoever waits hears that it is gone")
    func whilePublishing() async throws {
        let gate = GatedFileSystem(SimulatedFileSystem())
        let folder = DataFolder(gate)
        let store = try folder.open()
        try await store.deliver(recording, by: 30)
        await store.settled()
        gate.hold { $0.hasSuffix("/manifest.json.next") }
        async let asked = problem { () async throws(Problem) in
            try await store.finalize(recording.id, recording.whole)
        }
        await eventually { gate.waiting.contains { $0.hasSuffix("/manifest.json.next") } }
        try await store.delete(recording.id)
        #expect(await asked == .gone(reason: .deleted))
        gate.release()
        await store.settled()
        let next = try folder.reopen(store)
        #expect(await isGone(next))
        next.close()
    }

    @Test("A deletion that fails leaves a finalize under way as it was")
    func failedWhileFinalizing() async throws {
        let disk = SimulatedFileSystem()
        let gate = GatedFileSystem(disk)
        let store = try DataFolder(gate).open()
        try await store.deliver(recording, by: 30)
        await store.settled()
        try await store.create(TestRecording(5, byteCount: 1))
        gate.hold { $0.contains("/recordings/") }
        // The assembler is busy elsewhere until the deletion has failed.
        try await store.put(TestRecording(5, byteCount: 1), 0, 0..<1)
        await eventually { !gate.waiting.isEmpty }
        async let finalized = store.finalize(recording.id, recording.whole)
        await eventually {
            store.entry(recording.id)?.state.withLock { $0.phase } == .finalizing
        }
        disk.fail { $0.kind == .sync && $0.path.contains("/log/") ? .error(5) : nil }
        let refused = await problem { () async throws(Problem) in
            try await store.delete(recording.id)
        }
        #expect(refused?.status == 503)
        disk.fail(nil)
        gate.release()
        #expect(try await finalized.receivedDigest == recording.digest)
        store.close()
    }

    @Test("Tombstones outlive the log's segments and the catalog")
    func tombstones() async throws {
        let folder = DataFolder()
        var store = try folder.open()
        var deleted: [TestRecording] = []
        for number in 100..<110 {
            let recording = TestRecording(UInt64(number), byteCount: 40)
            try await store.deliver(recording, by: 20)
            try await store.delete(recording.id)
            deleted.append(recording)
        }
        // More than the log holds goes through it, so that every segment is written again.
        let last = store.log.state.lastLSN
        let filler = TestRecording(6, byteCount: 300_000)
        try await store.deliver(filler, by: 6000)
        await eventually { store.log.state.oldestReplayableLSN > last }
        store.close()
        try folder.loseCatalog()
        store = try folder.open()
        for recording in deleted {
            let found = await problem { () async throws(Problem) in
                try await store.create(recording)
            }
            #expect(found == .gone(reason: .deleted))
        }
        let listed = try await store.list(state: .deleted, after: nil, limit: 100)
        #expect(listed.recordings.count == deleted.count)
        #expect(try await store.list(state: nil, after: nil, limit: 9).recordings.count == 1)
        store.close()
    }

    @Test("A page of the list whose recordings have all just gone still names the next")
    func emptyPage() async throws {
        let gate = GatedFileSystem(SimulatedFileSystem())
        let folder = DataFolder(gate)
        let store = try folder.open()
        for number in UInt64(20)..<23 {
            let recording = TestRecording(number, byteCount: 40)
            try await store.deliver(recording, by: 20)
            _ = try await store.finalize(recording.id, recording.whole)
        }
        let newest = TestRecording(22, byteCount: 40)
        await eventually {
            (try? store.index.catalog.row(newest.id)?.state) == .finalized
                && store.index.waitingRows.isEmpty
        }
        // The catalog does not know of the deletion before the files have gone.
        gate.hold { $0.hasSuffix("/manifest.json.next") }
        try await store.delete(newest.id)
        let page = try await store.list(state: .finalized, after: nil, limit: 1)
        #expect(page.recordings.isEmpty && page.next != nil)
        let after = page.next.flatMap { RecordingID($0) }
        let next = try await store.list(state: .finalized, after: after, limit: 1)
        #expect(next.recordings.map(\.id) == [TestRecording(21, byteCount: 40).id.text])
        gate.release()
        store.close()
    }
}
