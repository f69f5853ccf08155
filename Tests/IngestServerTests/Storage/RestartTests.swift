import DurableLog
import Posix
import Recordings
import TestKit
import Testing
import Wire

@testable import IngestServer

@Suite("A store that is opened again", .timeLimit(.minutes(1)))
struct RestartTests {
    /// One step of a recording's life.
    typealias Step = @Sendable (RecordingStore, TestRecording) async throws -> Void

    private static let steps: [Step] = [
        { store, recording in try await store.create(recording) },
        { store, recording in try await store.put(recording, 0, 0..<20) },
        { store, recording in try await store.put(recording, 3, 60..<80) },
        { store, recording in try await store.put(recording, 1, 20..<40) },
        { store, recording in
            _ = try await store.finalize(
                recording.id, FinalizeRequest(length: 80, incomplete: true))
        },
        { store, recording in
            try await store.put(recording, 2, 40..<60)
            await store.settled()
        },
        { store, recording in try await store.delete(recording.id) },
    ]

    /// What clients see of a recording.
    private struct Face: Equatable {
        var status: RecordingStatus?
        var refusal: Problem?
        var received: [UInt8] = []
        var artifact: [UInt8] = []
        var etag: String?
    }

    private func face(_ store: RecordingStore, _ recording: TestRecording) async throws -> Face {
        var face = Face()
        do throws(Problem) {
            face.status = try await store.status(recording.id)
        } catch {
            face.refusal = error
            return face
        }
        face.received = try await store.bytes(recording.id)
        face.artifact = try await store.bytes(recording.id, asReceived: false)
        face.etag = try await store.media(recording.id, asReceived: false).etag
        if face.status?.state != .finalized {
            // Times of chunks are known only while the server runs.
            face.status?.timings.firstChunkAt = nil
            face.status?.timings.lastChunkAt = nil
        }
        return face
    }

    @Test(
        "Says the same after each step of a recording's life",
        arguments: [Duration.zero, .seconds(3600)], [true, false])
    func everyStep(interval: Duration, keepsCatalog: Bool) async throws {
        let folder = DataFolder(checkpointInterval: interval)
        let recording = TestRecording(7, byteCount: 80)
        var store = try folder.open()
        for (number, step) in Self.steps.enumerated() {
            // Without moving, late bytes do not become a revision.
            if number == 5, interval != .zero { continue }
            try await step(store, recording)
            let before = try await face(store, recording)
            store.close()
            if !keepsCatalog { try folder.loseCatalog() }
            store = try folder.open()
            let after = try await face(store, recording)
            #expect(after == before, "after step \(number)")
            // What was acknowledged is acknowledged again.
            if (1..<4).contains(number) {
                #expect(try await store.put(recording, 0, 0..<20).isReplay)
            }
        }
        store.close()
    }

    @Test("Chunks of a recording whose own files cannot be read stay in the log")
    func unreadable() async throws {
        let disk = SimulatedFileSystem()
        var folder = DataFolder(disk)
        let recording = TestRecording(8, byteCount: 50)
        var store = try folder.open()
        try await store.create(recording)
        await store.settled()
        folder.settings.checkpointInterval = .seconds(3600)
        store = try folder.reopen(store)
        try await store.put(recording, 0, 0..<50)
        store.close()
        let manifest = RecordingFolder(recording.id, in: "/data").manifest
        disk.fail { $0.kind == .read && $0.path == manifest ? .error(5) : nil }
        store = try folder.open()
        let held = store.log.state.bytesLive
        #expect(held >= 50)
        disk.fail(nil)
        store = try folder.reopen(store)
        #expect(try await store.bytes(recording.id) == recording.bytes)
        #expect(
            try await store.finalize(recording.id, recording.whole).receivedDigest
                == recording.digest)
        store.close()
    }

    @Test("A folder of another layout is refused, with a sentence")
    func format() throws {
        let folder = DataFolder()
        try folder.files.createFolder("/data")
        try folder.files.replaceDurably("/data/FORMAT", with: Array("holdfast 9\n".utf8))
        #expect(throws: StorageError.self) { try folder.open() }
    }
}
