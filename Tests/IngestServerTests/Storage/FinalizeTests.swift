import Digests
import DurableLog
import Posix
import Recordings
import TestKit
import Testing
import Wire

@testable import IngestServer

@Suite("Finalize in the store", .timeLimit(.minutes(1)))
struct FinalizeTests {
    let recording = TestRecording(2, byteCount: 90)

    /// A store with the recording in three chunks of 30 bytes.
    private func delivered(_ folder: DataFolder = DataFolder()) async throws -> RecordingStore {
        let store = try folder.open()
        try await store.deliver(recording, by: 30)
        return store
    }

    private func finalizeProblem(
        _ store: RecordingStore, _ request: FinalizeRequest
    ) async -> Problem? {
        await problem { () async throws(Problem) in
            try await store.finalize(recording.id, request)
        }
    }

    @Test("Whoever asks while it is being published gets the one answer; later ones, too")
    func joins() async throws {
        let gate = GatedFileSystem(SimulatedFileSystem())
        let store = try await delivered(DataFolder(gate))
        await store.settled()
        gate.hold { $0.hasSuffix("/manifest.json.next") }
        async let one = store.finalize(recording.id, recording.whole)
        await eventually { !gate.waiting.isEmpty }
        async let two = store.finalize(recording.id, recording.whole)
        await eventually {
            store.entry(recording.id)?.state.withLock { $0.finalize?.waiters.count } == 2
        }
        // It is fixed by now: other values hear so at once.
        let other = FinalizeRequest(length: 90, chunkCount: 3)
        #expect(await finalizeProblem(store, other) == .finalizeConflict(stored: recording.whole))
        gate.release()
        let answers = try await [
            one, two, store.finalize(recording.id, recording.whole), store.status(recording.id),
        ]
        #expect(answers.allSatisfy { $0 == answers[0] })
        #expect(answers[0].revision == 1)
        #expect(await finalizeProblem(store, other) == .finalizeConflict(stored: recording.whole))
        store.close()
    }

    @Test("A wrong digest is refused with the right one, and the recording goes on")
    func wrongDigest() async throws {
        let store = try await delivered()
        let wrong = ContentDigest.sha256(SHA256Digest.of([1])).text
        let request = FinalizeRequest(length: 90, digest: wrong)
        #expect(
            await finalizeProblem(store, request)
                == .recordingDigestMismatch(computed: recording.digest))
        #expect(try await store.status(recording.id).state == .recording)
        await store.settled()
        #expect(store.log.state.oldestSegment == nil)
        let more = TestRecording(3, recording.bytes + [7, 8, 9])
        try await store.put(recording.id, 3, at: 90, [7, 8, 9])
        let status = try await store.finalize(
            recording.id, FinalizeRequest(length: 93, chunkCount: 4, digest: more.digest))
        #expect(status.receivedDigest == more.digest)
        store.close()
    }

    @Test("Gaps are named, and nothing is fixed by asking")
    func gaps() async throws {
        let store = try DataFolder().open()
        try await store.create(recording)
        try await store.put(recording, 0, 0..<30)
        try await store.put(recording, 2, 60..<80)
        let request = FinalizeRequest(length: 90, chunkCount: 4)
        #expect(
            await finalizeProblem(store, request)
                == .gaps(missing: [30..<60, 80..<90], missingSequences: [1..<2, 3..<4]))
        #expect(
            await finalizeProblem(store, FinalizeRequest(length: 79))
                == .lengthExceeded(length: 79, end: 80))
        try await store.put(recording, 1, 30..<60)
        try await store.put(recording, 3, 80..<90)
        #expect(try await store.finalize(recording.id, request).condition == .complete)
        store.close()
    }

    @Test("A recording of no bytes is one, too")
    func empty() async throws {
        let store = try DataFolder().open()
        try await store.create(recording)
        let status = try await store.finalize(recording.id, FinalizeRequest(length: 0))
        #expect(status.condition == .damaged)
        #expect(status.damage.map(\.kind) == ["empty"])
        #expect(try await store.bytes(recording.id, asReceived: false).isEmpty)
        store.close()
    }

    @Test("A length beyond the largest recording is refused, of an incomplete one as well")
    func tooLong() async throws {
        let store = try DataFolder().open()
        let recording = TestRecording(4, byteCount: 30)
        try await store.deliver(recording, by: 30)
        for length in [store.settings.recordingBytesMax + 1, .max] {
            let request = FinalizeRequest(length: length, incomplete: true)
            let refused = await problem { () async throws(Problem) in
                try await store.finalize(recording.id, request)
            }
            #expect(refused?.name == "recording-too-large")
        }
        _ = try await store.finalize(recording.id, recording.whole)
        store.close()
    }

    @Test("Late bytes of an incomplete one make the next revision; a complete one takes none")
    func lateBytes() async throws {
        let folder = DataFolder()
        let store = try folder.open()
        try await store.create(recording)
        try await store.put(recording, 0, 0..<30)
        try await store.put(recording, 2, 60..<90)
        let request = FinalizeRequest(length: 90, incomplete: true)
        let first = try await store.finalize(recording.id, request)
        #expect(first.condition == .damaged)
        #expect(first.gaps == [WireRange(30..<60)])
        #expect(first.receivedDigest == nil)
        #expect(first.damage.map(\.kind) == ["missing"])

        let beyond = await problem { () async throws(Problem) in
            try await store.put(recording.id, 9, at: 90, [1])
        }
        #expect(beyond == .lengthExceeded(length: 90, end: 90))
        try await store.put(recording, 1, 30..<60)
        await store.settled()
        let second = try await store.finalize(recording.id, request)
        #expect(second.revision == 2)
        #expect(second.condition == .complete)
        #expect(second.receivedDigest == recording.digest)
        #expect(second.artifact?.etag != first.artifact?.etag)
        #expect(try await store.bytes(recording.id, asReceived: false) == recording.bytes)
        #expect(try await store.bytes(recording.id) == recording.bytes)
        #expect(try await store.put(recording, 1, 30..<60).isReplay)
        let late = await problem { () async throws(Problem) in
            try await store.put(recording.id, 3, at: 90, [1])
        }
        #expect(
            late == .alreadyFinalized(artifact: "/recordings/\(recording.id.text)/media"))
        #expect(
            try folder.files.names(in: RecordingFolder(recording.id, in: "/data").path).sorted()
                == ["chunks-2", "manifest.json", "media-2"])
        store.close()
    }

    @Test("Late bytes wait until the incomplete publication under way is there")
    func lateBytesDuringPublication() async throws {
        let gate = GatedFileSystem(SimulatedFileSystem())
        let store = try DataFolder(gate).open()
        try await store.create(recording)
        try await store.put(recording, 0, 0..<30)
        await store.settled()
        gate.hold { $0.hasSuffix("/manifest.json.next") }
        let request = FinalizeRequest(length: 60, incomplete: true)
        async let finalized = store.finalize(recording.id, request)
        await eventually { !gate.waiting.isEmpty }
        let early = await problem { () async throws(Problem) in
            try await store.put(recording, 1, 30..<60)
        }
        #expect(early?.status == 503)
        #expect(try await store.put(recording, 0, 0..<30).isReplay)
        gate.release()
        #expect(try await finalized.gaps == [WireRange(30..<60)])
        try await store.put(recording, 1, 30..<60)
        await store.settled()
        let status = try await store.status(recording.id)
        #expect(status.revision == 2)
        #expect(status.condition == .complete)
        store.close()
    }

    @Test("A finalize waits for chunks in flight, and their outcome decides")
    func chunksInFlight() async throws {
        let gate = GatedFileSystem(SimulatedFileSystem())
        let store = try DataFolder(gate).open()
        try await store.create(recording)
        try await store.put(recording, 0, 0..<60)
        gate.hold { $0.contains("/log/") }
        async let last = store.put(recording, 1, 60..<90)
        await eventually { gate.waiting.contains { $0.contains("/log/") } }
        async let status = store.finalize(recording.id, recording.whole)
        await eventually { store.entry(recording.id)?.state.withLock { $0.waiters.count } == 1 }
        gate.release()
        #expect(try await !last.isReplay)
        #expect(try await status.receivedDigest == recording.digest)
        store.close()
    }

    @Test("Closing answers whoever waits; the next start publishes what was fixed")
    func close() async throws {
        let gate = GatedFileSystem(SimulatedFileSystem())
        let folder = DataFolder(gate)
        let store = try await delivered(folder)
        await store.settled()
        gate.hold { $0.contains("/log/") }
        async let asked = finalizeProblem(store, recording.whole)
        // Its frame is at the log's door: the assembler knows nothing of it any more.
        await eventually { gate.waiting.contains { $0.contains("/log/") } }
        await eventually {
            store.entry(recording.id)?.state.withLock { $0.pendingCount } == 1
        }
        store.assembler.close()
        gate.release()
        store.close()
        #expect(await asked?.status == 503)
        #expect(await finalizeProblem(store, recording.whole)?.status == 503)
        let next = try folder.open()
        #expect(try await next.finalize(recording.id, recording.whole).revision == 1)
        next.close()
    }
}
