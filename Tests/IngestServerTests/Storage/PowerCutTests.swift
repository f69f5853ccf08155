import Digests
import Posix
import Recordings
import TestKit
import Testing
import Wire

@testable import IngestServer

@Suite("A store whose power is cut", .timeLimit(.minutes(2)))
struct PowerCutTests {
    /// What a client was told, and by when.
    private struct Promise {
        enum Kind {
            case created
            case chunk(Int64, Range<Int>)
            case finalized(FinalizeRequest)
            case deletionBegun
            case deleted
        }
        /// The number of the last file system call before the answer (for a beginning: before
        /// the request).
        let call: Int
        let recording: TestRecording
        let kind: Kind
    }

    /// What is lost with the power.
    enum Loss: CaseIterable, Sendable {
        case everything, nothing, parts

        func unsynced(_ call: Int) -> (Platter.Unsynced, Platter.UnsyncedNames) {
            switch self {
            case .everything: (.lost, .lost)
            case .nothing: (.kept, .kept)
            case .parts: (.seeded(UInt64(call)), .seeded(UInt64(call)))
            }
        }
    }

    /// A life of four recordings, with what was promised on the way.
    private static func life(
        _ disk: SimulatedFileSystem, _ folder: DataFolder
    ) async throws -> [Promise] {
        let store = try folder.open()
        var promises: [Promise] = []
        func note(_ recording: TestRecording, _ kind: Promise.Kind) {
            promises.append(Promise(call: disk.callCount, recording: recording, kind: kind))
        }
        let all = (0..<4).map { TestRecording(30 + UInt64($0), byteCount: 12_000) }
        for recording in all {
            try await store.create(recording)
            note(recording, .created)
        }
        // The second lacks a chunk, the fourth comes backwards.
        for number in 0..<8 {
            for (index, recording) in all.enumerated() {
                let sequence = index == 3 ? 7 - number : number
                if index == 1, sequence == 3 { continue }
                let range = sequence * 1500..<(sequence + 1) * 1500
                try await store.put(recording, Int64(sequence), range)
                note(recording, .chunk(Int64(sequence), range))
            }
            if number == 5 { await store.settled() }
        }
        _ = try await store.finalize(all[0].id, all[0].whole)
        note(all[0], .finalized(all[0].whole))
        let incomplete = FinalizeRequest(length: 12_000, incomplete: true)
        _ = try await store.finalize(all[1].id, incomplete)
        note(all[1], .finalized(incomplete))
        note(all[2], .deletionBegun)
        try await store.delete(all[2].id)
        note(all[2], .deleted)
        try await store.put(all[1], 3, 4500..<6000)
        note(all[1], .chunk(3, 4500..<6000))
        await store.settled()
        store.close()
        return promises
    }

    @Test("Whatever was promised before the cut is kept after it", arguments: Loss.allCases)
    func everyCall(loss: Loss) async throws {
        let disk = SimulatedFileSystem()
        let folder = DataFolder(disk)
        let promises = try await Self.life(disk, folder)
        let cuts = stride(from: 1, through: disk.callCount, by: max(1, disk.callCount / 8))
        for cut in cuts {
            let (unsynced, names) = loss.unsynced(cut)
            let found = disk.afterPowerCut(call: cut, unsynced, names: names)
            let kept = promises.filter { $0.call <= cut }
            try await Self.check(kept, DataFolder(found), "\(loss) lost at call \(cut)")
        }
    }

    private static func check(
        _ kept: [Promise], _ folder: DataFolder, _ when: String
    ) async throws {
        let store = try folder.open()
        for (id, promises) in Dictionary(grouping: kept, by: \.recording.id) {
            let recording = promises[0].recording
            var isDeleted = false
            var mayBeDeleted = false
            for promise in promises {
                if case .deleted = promise.kind { isDeleted = true }
                if case .deletionBegun = promise.kind { mayBeDeleted = true }
            }
            let found = await problem { () async throws(Problem) in try await store.status(id) }
            if isDeleted {
                #expect(found == .gone(reason: .deleted), "\(when)")
                continue
            }
            if mayBeDeleted, found == .gone(reason: .deleted) { continue }
            #expect(found == nil, "\(when)")
            if found == nil { try await Self.check(promises, recording, store, when) }
        }
        store.close()
    }

    private static func check(
        _ promises: [Promise], _ recording: TestRecording, _ store: RecordingStore, _ when: String
    ) async throws {
        var fixed: FinalizeRequest?
        for promise in promises {
            switch promise.kind {
            case .created, .deletionBegun, .deleted: break
            case .chunk(let sequence, let range):
                let answer = try await store.put(recording, sequence, range)
                #expect(answer.isReplay, "\(when): \(range)")
            case .finalized(let request):
                fixed = request
                let status = try await store.finalize(recording.id, request)
                #expect(status.state == .finalized, "\(when)")
            }
        }
        // It goes on as if nothing had been: the rest is sent, and all of it is there.
        for sequence in 0..<8 {
            let range = sequence * 1500..<(sequence + 1) * 1500
            try await store.put(recording, Int64(sequence), range)
        }
        await store.settled()
        let request = fixed ?? recording.whole
        let isIncomplete = try await store.status(recording.id).state == .finalized && fixed == nil
        let status =
            isIncomplete
            ? try await store.status(recording.id)
            : try await store.finalize(recording.id, request)
        #expect(status.condition == .complete, "\(when)")
        #expect(status.receivedDigest == recording.digest, "\(when)")
        let isSame = try await store.bytes(recording.id, asReceived: false) == recording.bytes
        #expect(isSame, "\(when)")
    }

    @Test(
        "A publication cut short at any call is made once: same revision, digest and file",
        arguments: [(true, Loss.everything), (true, .parts), (false, .parts)])
    func publication(isWhole: Bool, loss: Loss) async throws {
        let fixture = try SharedRecordings.fixture("cr-vp8-opus-short")
        var recording = TestRecording(50, try fixture.bytes())
        recording.mediaType = fixture.mediaType
        let count = recording.bytes.count
        let disk = SimulatedFileSystem()
        let folder = DataFolder(disk)
        let store = try folder.open()
        let pieces = stride(from: 0, to: count, by: 2000).map { $0..<min($0 + 2000, count) }
        try await store.create(recording)
        for (number, piece) in pieces.enumerated() where isWhole || number != 2 {
            try await store.put(recording, Int64(number), piece)
        }
        await store.settled()
        let start = disk.callCount
        let request = FinalizeRequest(
            length: Int64(count), incomplete: isWhole ? nil : true)
        let first = try await store.finalize(recording.id, request)
        let end = disk.callCount
        let artifact = try await store.bytes(recording.id, asReceived: false)
        store.close()
        for cut in start...end {
            let (unsynced, names) = loss.unsynced(cut)
            let next = try DataFolder(disk.afterPowerCut(call: cut, unsynced, names: names)).open()
            let second = try await next.finalize(recording.id, request)
            #expect(second.revision == 1)
            #expect(second.receivedDigest == first.receivedDigest)
            #expect(second.artifact?.etag == first.artifact?.etag)
            let isSame = try await next.bytes(recording.id, asReceived: false) == artifact
            #expect(isSame, "\(loss) lost at call \(cut)")
            let received = try await next.bytes(recording.id)
            let isReceived = zip(received, recording.bytes).allSatisfy { $0 == $1 }
            #expect(isReceived == isWhole, "\(loss) lost at call \(cut)")
            next.close()
        }
    }
}
