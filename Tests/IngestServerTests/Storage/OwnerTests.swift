import Posix
import TestKit
import Testing
import Wire

@testable import IngestServer

@Suite("A recording's owner", .timeLimit(.minutes(1)))
struct OwnerTests {
    private static let owner = Owner(
        tokenDigest: Array(repeating: 7, count: 32), application: "app")
    private static let other = Owner(
        tokenDigest: Array(repeating: 8, count: 32), application: "app")

    @Test("is known after every restart, from log and manifest, and after its deletion")
    func outlives() async throws {
        let recording = TestRecording(1, byteCount: 10)
        let folder = DataFolder()
        var store = try folder.open()
        #expect(try await store.owner(recording.id, activeSince: 0) == nil)
        _ = try await store.create(recording.id, recording.creation, Self.owner)
        try await expect(Self.owner, store, recording)
        store = try folder.reopen(store)
        try await expect(Self.owner, store, recording)
        try await store.put(recording, 0, 0..<10)
        _ = try await store.finalize(recording.id, recording.whole)
        try await expect(Self.owner, store, recording)
        await store.settled()
        store = try folder.reopen(store)
        try await expect(Self.owner, store, recording)
        try await store.delete(recording.id)
        try await expect(Self.owner, store, recording)
        await store.settled()
        store = try folder.reopen(store)
        try await expect(Self.owner, store, recording)
        store.close()
    }

    @Test("alone creates it again, and hears what became of it")
    func repeats() async throws {
        let recording = TestRecording(2, byteCount: 10)
        let store = try DataFolder().open()
        defer { store.close() }
        _ = try await store.create(recording.id, recording.creation, Self.owner)
        let again = try await store.create(recording.id, recording.creation, Self.owner)
        #expect(again == .alreadyThere)
        for deletes in [false, true] {
            if deletes { try await store.delete(recording.id) }
            for owner in [Self.other, Owner()] {
                await #expect(throws: Problem.forbidden) {
                    try await store.create(recording.id, recording.creation, owner)
                }
            }
        }
        await #expect(throws: Problem.gone(reason: .deleted)) {
            try await store.create(recording.id, recording.creation, Self.owner)
        }
    }

    @Test("without a token is no application's but its own")
    func tokenless() async throws {
        let store = try DataFolder().open()
        defer { store.close() }
        for (number, owner) in [Owner(), Owner(tokenDigest: nil, application: "app")].enumerated() {
            let recording = TestRecording(UInt64(10 + number), byteCount: 10)
            _ = try await store.create(recording.id, recording.creation, owner)
            let again = try await store.create(recording.id, recording.creation, owner)
            #expect(again == .alreadyThere)
            let another = Owner(tokenDigest: Self.owner.tokenDigest, application: "another")
            await #expect(throws: Problem.forbidden) {
                try await store.create(recording.id, recording.creation, another)
            }
        }
    }

    @Test("has a token that expires when nothing comes for long")
    func expires() async throws {
        let recording = TestRecording(3, byteCount: 10)
        let folder = DataFolder()
        let store = try folder.open()
        defer { store.close() }
        _ = try await store.create(recording.id, recording.creation, Self.owner)
        let created = folder.clock.withLock { $0 }
        func isExpired(since: Int64) async throws -> Bool? {
            try await store.owner(recording.id, activeSince: since)?.isTokenExpired
        }
        #expect(try await isExpired(since: created) == false)
        #expect(try await isExpired(since: created + 1) == true)
        folder.clock.withLock { $0 += 1_000_000 }
        try await store.put(recording, 0, 0..<10)
        #expect(try await isExpired(since: created + 1_000_000) == false)
    }

    @Test("has a token that is good for as long after a late finalize, whatever restarts came")
    func expiresAfterFinalize() async throws {
        let recording = TestRecording(4, byteCount: 10)
        let folder = DataFolder()
        var store = try folder.open()
        _ = try await store.create(recording.id, recording.creation, Self.owner)
        try await store.put(recording, 0, 0..<10)
        await store.settled()
        store = try folder.reopen(store)
        folder.clock.withLock { $0 += 1_000_000 }
        let asked = folder.clock.withLock { $0 }
        _ = try await store.finalize(recording.id, recording.whole)
        await store.settled()
        store = try folder.reopen(store)
        let found = try await store.owner(recording.id, activeSince: asked)
        #expect(found?.isTokenExpired == false)
        store.close()
    }

    private func expect(
        _ owner: Owner, _ store: RecordingStore, _ recording: TestRecording
    ) async throws {
        let found = try await store.owner(recording.id, activeSince: 0)
        #expect(found == Access.Recording(owner: owner))
    }
}
