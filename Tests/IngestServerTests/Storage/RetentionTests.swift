import Catalog
import DurableLog
import Posix
import Recordings
import Telemetry
import TestKit
import Testing
import Wire

@testable import IngestServer

@Suite("Retention", .timeLimit(.minutes(1)))
struct RetentionTests {
    static let hour: Int64 = 3_600_000
    let recording = TestRecording(4, byteCount: 90)

    /// 10 hours for each rule.
    private func folder(_ files: any FileSystem = SimulatedFileSystem()) -> DataFolder {
        var folder = DataFolder(files)
        folder.settings.retention.abandonedAfter = 10 * Self.hour
        folder.settings.retention.emptyAfter = 10 * Self.hour
        folder.settings.retention.finalizedFor = 10 * Self.hour
        folder.settings.retention.tombstonesFor = 10 * Self.hour
        // The tests themselves say when it is time.
        folder.settings.retention.interval = .seconds(3600)
        return folder
    }

    private func pass(_ hours: Int64, in folder: DataFolder) {
        folder.clock.withLock { $0 += hours * Self.hour }
    }

    private func retain(_ store: RecordingStore) async {
        await store.settled()
        store.retain()
        await store.settled()
    }

    private func whatIsSaid(
        _ store: RecordingStore, _ recording: TestRecording
    ) async -> Problem? {
        await problem { () async throws(Problem) in try await store.status(recording.id) }
    }

    // MARK: Abandoned

    @Test("A recording that gets no more bytes is finalized with what it has, and says so")
    func abandoned() async throws {
        let folder = folder()
        var store = try folder.open()
        try await store.create(recording)
        try await store.put(recording, 0, 0..<30)
        try await store.put(recording, 2, 60..<80)
        pass(9, in: folder)
        await retain(store)
        var status = try await store.status(recording.id)
        #expect(status.state == .recording)
        let due = try #require(status.finalizesAt.flatMap(Timestamp.milliseconds))
        #expect(due > folder.clock.withLock { $0 })
        #expect(status.expiresAt == nil)
        pass(2, in: folder)
        await retain(store)
        status = try await store.status(recording.id)
        #expect(status.state == .finalized)
        #expect(status.condition == .damaged)
        #expect(status.damage.map(\.kind) == ["missing", "unfinished"])
        #expect(status.length == 80)
        #expect(status.gaps == [WireRange(start: 30, end: 60)])
        #expect(status.finalizesAt == nil)
        #expect(status.expiresAt != nil)
        store = try folder.reopen(store)
        #expect(try await store.status(recording.id) == status)
        store.close()
    }

    @Test("Bytes that come later, and a finalize, make it whole")
    func lateBytes() async throws {
        let folder = folder()
        var store = try folder.open()
        try await store.create(recording)
        try await store.put(recording, 0, 0..<30)
        pass(11, in: folder)
        await retain(store)
        #expect(try await store.status(recording.id).length == 30)
        // Behind what retention took for the end, with a gap.
        try await store.put(recording, 2, 60..<90)
        store = try folder.reopen(store)
        await store.settled()
        let gaps = await problem { () async throws(Problem) in
            try await store.finalize(recording.id, recording.whole)
        }
        #expect(gaps == .gaps(missing: [30..<60], missingSequences: [1..<2]))
        try await store.put(recording, 1, 30..<60)
        var whole = recording.whole
        whole.digest = ContentDigest.sha256(Array(repeating: 7, count: 32)).text
        let refused = await problem { () async throws(Problem) in
            try await store.finalize(recording.id, whole)
        }
        #expect(refused?.name == "recording-digest-mismatch")
        whole.digest = recording.digest
        let status = try await store.finalize(recording.id, whole)
        #expect(status.condition == .complete)
        #expect(status.receivedDigest == recording.digest)
        let isSame = try await store.bytes(recording.id) == recording.bytes
        #expect(isSame)
        store = try folder.reopen(store)
        #expect(try await store.finalize(recording.id, whole) == status)
        let late = await problem { () async throws(Problem) in
            try await store.put(recording.id, 3, at: 90, [1])
        }
        #expect(late?.name == "already-finalized")
        store.close()
    }

    @Test("A finalize that was lost on the way is taken up as it was meant")
    func lateFinalize() async throws {
        let folder = folder()
        let store = try folder.open()
        try await store.deliver(recording, by: 30)
        pass(11, in: folder)
        await retain(store)
        #expect(try await store.status(recording.id).condition == .damaged)
        let status = try await store.finalize(recording.id, recording.whole)
        #expect(status.condition == .complete)
        #expect(status.receivedDigest == recording.digest)
        store.close()
    }

    @Test("A finalize that meets retention's own waits for it and has its way")
    func bothFinalize() async throws {
        let gate = GatedFileSystem(SimulatedFileSystem())
        let folder = folder(gate)
        let store = try folder.open()
        try await store.deliver(recording, by: 30)
        await store.settled()
        pass(11, in: folder)
        gate.hold { $0.hasSuffix("/manifest.json.next") }
        store.retain()
        await eventually { gate.waiting.contains { $0.hasSuffix("/manifest.json.next") } }
        let late = await problem { () async throws(Problem) in
            try await store.put(recording.id, 3, at: 90, [1])
        }
        #expect(late?.status == 503)
        async let status = store.finalize(recording.id, recording.whole)
        await eventually {
            store.entry(recording.id)?.state.withLock { $0.waiters.count } == 1
        }
        gate.release()
        #expect(try await status.condition == .complete)
        store.close()
    }

    @Test("A chunk on its way keeps it open, and so does a deletion")
    func chunkInFlight() async throws {
        let gate = GatedFileSystem(SimulatedFileSystem())
        let folder = folder(gate)
        let store = try folder.open()
        try await store.create(recording)
        try await store.put(recording, 0, 0..<30)
        await store.settled()
        pass(11, in: folder)
        gate.hold { $0.contains("/log/") }
        async let late = store.put(recording, 1, 30..<60)
        await eventually { gate.waiting.contains { $0.contains("/log/") } }
        store.retain()
        #expect(store.entry(recording.id)?.state.withLock { $0.phase } == .recording)
        async let deletion: Void = store.delete(recording.id)
        await eventually { store.entry(recording.id)?.state.withLock { $0.phase } == .deleting }
        store.retain()
        gate.release()
        #expect(try await !late.isReplay)
        try await deletion
        #expect(await whatIsSaid(store, recording) == .gone(reason: .deleted))
        store.close()
    }

    @Test("A restart does not forget when bytes came last", arguments: [true, false])
    func activity(isOrderly: Bool) async throws {
        let folder = folder()
        var store = try folder.open()
        try await store.create(recording)
        pass(8, in: folder)
        try await store.put(recording, 0, 0..<30)
        await retain(store)
        if !isOrderly {
            // What a crash leaves: the pass has told the catalog, the end has not.
            await eventually {
                (try? store.index.catalog.row(recording.id)?.updatedAt)
                    .flatMap(Timestamp.milliseconds)
                    .map { $0 > folder.clock.withLock { $0 } - Self.hour } ?? false
            }
        }
        store = try folder.reopen(store)
        pass(9, in: folder)
        await retain(store)
        #expect(try await store.status(recording.id).state == .recording)
        pass(2, in: folder)
        await retain(store)
        #expect(try await store.status(recording.id).state == .finalized)
        store.close()
    }

    @Test("A catalog that was lost lets everything begin to wait again")
    func lostCatalog() async throws {
        let folder = folder()
        var store = try folder.open()
        try await store.create(recording)
        try await store.put(recording, 0, 0..<30)
        await store.settled()
        store.close()
        try folder.loseCatalog()
        pass(11, in: folder)
        store = try folder.open()
        await retain(store)
        #expect(try await store.status(recording.id).state == .recording)
        store.close()
    }

    // MARK: Expiry

    @Test("A recording that never got a byte expires, whatever a restart comes between")
    func empty() async throws {
        let folder = folder()
        var store = try folder.open()
        try await store.create(recording)
        #expect(try await store.status(recording.id).expiresAt != nil)
        await store.settled()
        store = try folder.reopen(store)
        pass(9, in: folder)
        await retain(store)
        #expect(await whatIsSaid(store, recording) == nil)
        pass(2, in: folder)
        await retain(store)
        #expect(await whatIsSaid(store, recording) == .gone(reason: .expired))
        let refused = await problem { () async throws(Problem) in
            try await store.put(recording, 0, 0..<30)
        }
        #expect(refused == .gone(reason: .expired))
        store.close()
    }

    @Test("A finalized recording expires: its bytes go, the fact stays, and lists tell it")
    func finalized() async throws {
        let folder = folder()
        var store = try folder.open()
        try await store.deliver(recording, by: 30)
        let expiresAt = try await store.finalize(recording.id, recording.whole).expiresAt
        let kept = TestRecording(5, byteCount: 10)
        pass(9, in: folder)
        try await store.deliver(kept, by: 10)
        _ = try await store.finalize(kept.id, kept.whole)
        await retain(store)
        let listed = try await store.list(state: .finalized, after: nil, limit: 9).recordings
        #expect(listed.count == 2)
        #expect(listed.last?.expiresAt == expiresAt)
        pass(2, in: folder)
        await retain(store)
        #expect(await whatIsSaid(store, recording) == .gone(reason: .expired))
        #expect(await whatIsSaid(store, kept) == nil)
        #expect(
            try folder.files.names(in: RecordingFolder(recording.id, in: "/data").path)
                == ["manifest.json"])
        #expect(store.metrics.expiredBytes.value == 90)
        store = try folder.reopen(store)
        let again = await problem { () async throws(Problem) in
            try await store.create(recording)
        }
        #expect(again == .gone(reason: .expired))
        let expired = try await store.list(state: .expired, after: nil, limit: 9).recordings
        #expect(expired.map(\.id) == [recording.id.text])
        // Somebody does not want the device to send it again.
        try await store.delete(recording.id)
        #expect(await whatIsSaid(store, recording) == .gone(reason: .deleted))
        store.close()
    }

    @Test("An expiry that the power cuts off is whole or not there, and is carried out")
    func powerCut() async throws {
        let files = SimulatedFileSystem()
        var folder = folder(files)
        folder.settings.retryInterval = .seconds(3600)
        var store = try folder.open()
        try await store.deliver(recording, by: 30)
        _ = try await store.finalize(recording.id, recording.whole)
        await store.settled()
        pass(11, in: folder)
        files.fail { $0.kind == .remove && $0.path.contains("/media") ? .error(5) : nil }
        store.retain()
        // The log has it; the files cannot go.
        #expect(await whatIsSaid(store, recording) == .gone(reason: .expired))
        store.close()
        files.fail(nil)
        store = try folder.open()
        await store.settled()
        #expect(await whatIsSaid(store, recording) == .gone(reason: .expired))
        #expect(
            try files.names(in: RecordingFolder(recording.id, in: "/data").path)
                == ["manifest.json"])
        store.close()
    }

    @Test("Expiry is bounded: what is left comes with the next pass")
    func bounded() async throws {
        let folder = folder()
        let store = try folder.open()
        for number in UInt64(100)..<170 {
            try await store.create(TestRecording(number, byteCount: 1))
        }
        pass(11, in: folder)
        await retain(store)
        #expect(store.metrics.expired["empty"].value == 64)
        await retain(store)
        #expect(store.metrics.expired["empty"].value == 70)
        store.close()
    }

    // MARK: Tombstones

    @Test("A tombstone is forgotten once no frame in the log can bring the recording back")
    func tombstones() async throws {
        let folder = folder()
        var store = try folder.open()
        try await store.deliver(recording, by: 30)
        try await store.delete(recording.id)
        await retain(store)
        pass(11, in: folder)
        let last = store.log.state.lastLSN
        await retain(store)
        await retain(store)
        #expect(await whatIsSaid(store, recording) == .gone(reason: .deleted))
        // More than the log holds goes through it, so that every segment is written again.
        try await store.deliver(TestRecording(6, byteCount: 300_000), by: 6000)
        await eventually { store.log.state.oldestReplayableLSN > last }
        await retain(store)
        #expect(store.metrics.forgotten.value == 1)
        #expect(await whatIsSaid(store, recording) == .notFound)
        #expect(!folder.files.exists(RecordingFolder(recording.id, in: "/data").path))
        store = try folder.reopen(store)
        #expect(await whatIsSaid(store, recording) == .notFound)
        try await store.create(recording)
        #expect(await whatIsSaid(store, recording) == nil)
        store.close()
    }

    /// A store whose next pass forgets `recording`, which was created and never got a byte.
    private func storeBeforeForgetting(_ folder: DataFolder) async throws -> RecordingStore {
        let store = try folder.open()
        try await store.create(recording)
        pass(11, in: folder)
        await retain(store)
        #expect(await whatIsSaid(store, recording) == .gone(reason: .expired))
        await eventually {
            (try? store.index.catalog.row(recording.id)?.state) == .expired
        }
        pass(11, in: folder)
        await retain(store)
        return store
    }

    /// More than the log holds goes through it, so that every segment is written again.
    private func turnOver(_ store: RecordingStore) async throws {
        let last = store.log.state.lastLSN
        try await store.deliver(TestRecording(6, byteCount: 300_000), by: 6000)
        await eventually { store.log.state.oldestReplayableLSN > last }
        await store.settled()
    }

    @Test("What is created under a forgotten id is new, also for who still looks at the old one")
    func createdAnew() async throws {
        let folder = folder()
        var store = try await storeBeforeForgetting(folder)
        try await turnOver(store)
        let entry = store.borrowBlocking(recording.id)
        store.retain()
        #expect(store.metrics.forgotten.value == 1)
        try await store.deliver(recording, by: 30)
        let status = try await store.finalize(recording.id, recording.whole)
        store.giveBack(entry)
        #expect(status.chunks == 3)
        store = try folder.reopen(store)
        let isSame = try await store.bytes(recording.id) == recording.bytes
        #expect(isSame)
        store.close()
    }

    @Test("What is deleted once it had expired is remembered as long as what is deleted now")
    func deletedAgain() async throws {
        let folder = folder()
        let store = try await storeBeforeForgetting(folder)
        try await store.delete(recording.id)
        try await turnOver(store)
        await retain(store)
        #expect(store.metrics.forgotten.value == 0)
        #expect(await whatIsSaid(store, recording) == .gone(reason: .deleted))
        store.close()
    }

    @Test("A crash between the folder's end and the catalog's leaves nothing behind")
    func halfForgotten() async throws {
        let folder = folder()
        let store = try await storeBeforeForgetting(folder)
        try await turnOver(store)
        let path = RecordingFolder(recording.id, in: "/data").path
        try folder.files.remove(path + "/manifest.json")
        try folder.files.remove(path)
        await retain(store)
        #expect(try store.index.catalog.row(recording.id) == nil)
        store.close()
    }

    @Test("Without rules nothing is ever let go of")
    func never() async throws {
        let folder = DataFolder()
        let store = try folder.open()
        try await store.create(recording)
        let whole = TestRecording(5, byteCount: 10)
        try await store.deliver(whole, by: 10)
        _ = try await store.finalize(whole.id, whole.whole)
        pass(1_000_000, in: folder)
        await retain(store)
        #expect(try await store.status(recording.id).state == .recording)
        #expect(try await store.status(whole.id).expiresAt == nil)
        store.close()
    }
}
