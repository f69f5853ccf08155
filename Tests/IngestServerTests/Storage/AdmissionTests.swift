import DurableLog
import Posix
import Recordings
import Telemetry
import TestKit
import Testing
import Wire

@testable import IngestServer

@Suite("Admission", .timeLimit(.minutes(1)))
struct AdmissionTests {
    let one = CallerName("one")
    let other = CallerName("other")

    private func refusal(
        _ store: RecordingStore, _ number: UInt64, by caller: CallerName,
        expecting bytes: Int64? = nil
    ) async -> Problem? {
        let creation = Creation(mediaType: "application/x-test", expectedBytes: bytes)
        let id = TestRecording(number, byteCount: 1).id
        return await problem { () async throws(Problem) in
            try await store.create(id, creation, by: caller)
        }
    }

    private func delete(_ store: RecordingStore, _ number: UInt64) async throws {
        try await store.delete(TestRecording(number, byteCount: 1).id)
    }

    @Test("A caller creates as fast as it may, and the others are not held back")
    func rate() async throws {
        var folder = DataFolder()
        // The clock of the tests goes on by a second with each look: a twentieth of a creation.
        folder.settings.admission.creationsPerMinuteMax = 3
        let store = try folder.open()
        for number in UInt64(1)...3 {
            #expect(await refusal(store, number, by: one) == nil)
        }
        let refused = await refusal(store, 4, by: one)
        #expect(refused?.status == 429)
        guard case .tooManyRequests(let seconds)? = refused else { return }
        #expect((1...20).contains(seconds))
        #expect(await refusal(store, 3, by: one) == nil, "what is there counts for nothing")
        #expect(await refusal(store, 5, by: other) == nil)
        folder.clock.withLock { $0 += Int64(seconds) * 1000 }
        #expect(await refusal(store, 4, by: one) == nil)
        #expect(await refusal(store, 6, by: one)?.status == 429)
        #expect(store.metrics.refusals["creation-rate"].value == 2)
        store.close()
    }

    @Test("Open recordings are counted for each caller and for all, until they are done")
    func open() async throws {
        var folder = DataFolder()
        folder.settings.admission.openRecordingsPerCallerMax = 2
        folder.settings.admission.openRecordingsMax = 3
        var store = try folder.open()
        for number in UInt64(1)...2 { #expect(await refusal(store, number, by: one) == nil) }
        #expect(await refusal(store, 3, by: one)?.status == 429)
        #expect(await refusal(store, 3, by: other) == nil)
        #expect(await refusal(store, 4, by: other)?.status == 503)
        _ = try await store.status(TestRecording(3, byteCount: 1).id)
        try await delete(store, 3)
        #expect(await refusal(store, 4, by: other) == nil)
        try await delete(store, 4)
        let first = TestRecording(1, byteCount: 1)
        try await store.put(first, 0, 0..<1)
        _ = try await store.finalize(first.id, first.whole)
        #expect(await refusal(store, 5, by: one) == nil)
        #expect(store.admission.openCount == 2)
        await store.settled()
        // Open is open, whoever it was.
        store = try folder.reopen(store)
        #expect(store.admission.openCount == 2)
        #expect(await refusal(store, 6, by: one) == nil)
        #expect(await refusal(store, 7, by: one)?.status == 503)
        store.close()
    }

    @Test("Room that is promised is kept, given back as bytes come, and freed at the end")
    func promises() async throws {
        let files = SimulatedFileSystem()
        files.limit(toBytes: 64 << 20)
        let folder = DataFolder(files)
        let store = try folder.open()
        await eventually { store.assembler.roomBytes < 64 << 20 }
        let most: Int64 = 40 << 20
        #expect(await refusal(store, 1, by: one, expecting: 2 * most)?.status == 507)
        #expect(await refusal(store, 1, by: one, expecting: most) == nil)
        #expect(store.admission.promisedBytes == most)
        #expect(await refusal(store, 2, by: one, expecting: most)?.status == 507)
        #expect(await refusal(store, 2, by: one) == nil)
        let first = TestRecording(1, byteCount: 60)
        try await store.put(first, 0, 0..<40)
        #expect(store.admission.promisedBytes == most - 40)
        try await store.put(first, 0, 0..<40)
        #expect(store.admission.promisedBytes == most - 40)
        _ = try await store.finalize(first.id, FinalizeRequest(length: 40))
        #expect(store.admission.promisedBytes == 0)
        #expect(await refusal(store, 3, by: one, expecting: most) == nil)
        try await delete(store, 3)
        #expect(store.admission.promisedBytes == 0)
        let tooMuch = await refusal(store, 4, by: one, expecting: .max)
        #expect(tooMuch == .recordingTooLarge(limitBytes: folder.settings.recordingBytesMax))
        store.close()
    }

    @Test("A caller has at most its share of the room promised, and its own back")
    func share() async throws {
        let files = SimulatedFileSystem()
        files.limit(toBytes: 64 << 20)
        var folder = DataFolder(files)
        folder.settings.admission.promisedPercentPerCallerMax = 50
        let store = try folder.open()
        await eventually { store.assembler.roomBytes < 64 << 20 }
        let part: Int64 = 20 << 20
        #expect(await refusal(store, 1, by: one, expecting: part) == nil)
        #expect(await refusal(store, 2, by: one, expecting: part)?.status == 429)
        #expect(store.metrics.refusals["promised-to-caller"].value == 1)
        #expect(await refusal(store, 2, by: other, expecting: part) == nil)
        #expect(await refusal(store, 3, by: one) == nil)
        try await delete(store, 1)
        #expect(await refusal(store, 4, by: one, expecting: part) == nil)
        store.close()
    }

    @Test("Of many at once only as many are let in as there is room for")
    func atOnce() async throws {
        let folder = DataFolder()
        let store = try folder.open()
        var limits = AdmissionLimits()
        limits.promisedPercentPerCallerMax = 50
        let creation = Creation(mediaType: "a/b", expectedBytes: 10)
        for _ in 0..<20 {
            let admission = Admission(limits, store.metrics)
            let admitted = await withTaskGroup(of: Int.self) { group in
                for _ in 0..<8 {
                    group.addTask {
                        (0..<50).count { _ in
                            var state = EntryState(phase: .absent)
                            return admission.admit(
                                creation, by: one, &state, room: 2000, at: 0) == nil
                        }
                    }
                }
                return await group.reduce(0, +)
            }
            #expect(admitted == 100)
            #expect(admission.promisedBytes == 1000)
        }
        store.close()
    }

    @Test("Who promised nothing waits while what is left is promised; who did goes on")
    func room() async throws {
        let folder = DataFolder()
        let store = try folder.open()
        let admission = Admission(AdmissionLimits(), store.metrics)
        var promising = EntryState(phase: .recording)
        promising.creation = Creation(mediaType: "a/b", expectedBytes: 100)
        admission.settle(&promising)
        let silent = EntryState(phase: .recording)
        #expect(admission.refusalOfChunk(promising, room: 50) == nil)
        #expect(admission.refusalOfChunk(silent, room: 50)?.status == 507)
        #expect(admission.refusalOfChunk(silent, room: 100) == nil)
        #expect(admission.refusalOfChunk(promising, room: -1)?.status == 507)
        promising.go(to: .finalizing)
        admission.settle(&promising)
        #expect(admission.refusalOfChunk(silent, room: 50) == nil)
        store.close()
    }

    @Test("Chunks that wait for the log are counted, of each recording and of all")
    func chunks() async throws {
        let gate = GatedFileSystem(SimulatedFileSystem())
        var folder = DataFolder(gate)
        folder.settings.admission.chunksInFlightPerRecordingMax = 1
        folder.settings.admission.chunksInFlightMax = 2
        let store = try folder.open()
        let recordings = (UInt64(1)...3).map { TestRecording($0, byteCount: 20) }
        for recording in recordings { try await store.create(recording) }
        gate.hold { $0.contains("/log/") }
        async let first = store.put(recordings[0], 0, 0..<10)
        async let second = store.put(recordings[1], 0, 0..<10)
        await eventually { store.admission.chunksInFlight == 2 }
        let again = await problem { () async throws(Problem) in
            try await store.put(recordings[0], 1, 10..<20)
        }
        #expect(again?.status == 429)
        let third = await problem { () async throws(Problem) in
            try await store.put(recordings[2], 0, 0..<10)
        }
        #expect(third?.status == 503)
        #expect(try await store.status(recordings[0].id).state == .recording)
        gate.release()
        _ = try await (first, second)
        #expect(store.admission.chunksInFlight == 0)
        try await store.put(recordings[0], 1, 10..<20)
        store.close()
    }

    @Test("Whoever is refused nothing else may still delete and ask")
    func neverRefused() async throws {
        var folder = DataFolder()
        folder.settings.admission.openRecordingsMax = 1
        folder.settings.admission.creationsPerMinuteMax = 1
        let store = try folder.open()
        #expect(await refusal(store, 1, by: one) == nil)
        for number in UInt64(2)...20 {
            #expect(await refusal(store, number, by: one) != nil)
            try await delete(store, number)
        }
        _ = try await store.status(TestRecording(1, byteCount: 1).id)
        try await delete(store, 1)
        store.close()
    }
}
