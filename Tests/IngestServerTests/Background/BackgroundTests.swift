import Containers
import Posix
import Recordings
import TestKit
import Testing
import Wire

@testable import IngestServer

@Suite("Work on published recordings", .timeLimit(.minutes(2)))
struct BackgroundTests {
    /// A recording of 0.4 s whose clusters' lengths have one byte of room.
    private static func narrow(_ number: UInt64) throws -> TestRecording {
        let fixture = try SharedRecordings.fixture("cr-vp8-opus-short")
        var recording = TestRecording(number, try fixture.bytes().withNarrowLengths)
        recording.mediaType = fixture.mediaType
        return recording
    }

    private static func isFinished(_ file: [UInt8]) -> Bool {
        var reader = AnyMediaReader(headReserveBytes: 0)
        reader.read(file.span)
        let artifact = reader.finish().artifact
        return artifact.copyReason == nil && artifact.description.cues > 0
            && artifact.damage.isEmpty
    }

    private static func idle(_ store: RecordingStore) async {
        await eventually { store.background.isIdle && store.isSettled }
    }

    @Test("What cannot be finished in place is served as received, then as a copy that seeks")
    func copy() async throws {
        let recording = try Self.narrow(80)
        let disk = SimulatedFileSystem()
        let folder = DataFolder(disk)
        var store = try folder.open()
        try await store.deliver(recording, by: 1_000)
        // Until it was looked at, nothing can be made of it.
        disk.fail { $0.path.hasPrefix("/data/work/") ? .error(5) : nil }
        let first = try await store.finalize(recording.id, recording.whole)
        #expect(first.notes.contains { $0.hasPrefix("published as received") })
        #expect(first.notes.contains("being rewritten so that it seeks"))
        await Self.idle(store)
        disk.fail(nil)
        store = try folder.reopen(store)
        await Self.idle(store)
        for _ in 0..<2 {
            let status = try await store.status(recording.id)
            #expect(status.notes == [] && status.revision == 2 && status.condition == .complete)
            #expect(status.artifact?.etag != first.artifact?.etag)
            let file = try await store.bytes(recording.id, asReceived: false)
            #expect(Int64(file.count) == status.artifact?.bytes)
            #expect(Self.isFinished(file))
            let isReceived = try await store.bytes(recording.id) == recording.bytes
            #expect(isReceived)
            #expect(try await store.put(recording, 0, 0..<1_000).isReplay)
            store = try folder.reopen(store)
        }
        await Self.idle(store)
        #expect(try folder.files.names(in: "/data/work").isEmpty)
        store.close()
    }

    @Test("The power goes at any moment: it is as before or after, and comes to the same end")
    func powerCuts() async throws {
        let recording = try Self.narrow(81)
        let disk = SimulatedFileSystem()
        let folder = DataFolder(disk)
        var store = try folder.open()
        try await store.deliver(recording, by: 50_000)
        // All of it is left to the next start.
        disk.fail { $0.path.hasPrefix("/data/work/") ? .error(5) : nil }
        _ = try await store.finalize(recording.id, recording.whole)
        await Self.idle(store)
        disk.fail(nil)
        let start = disk.callCount
        store = try folder.reopen(store)
        await Self.idle(store)
        let end = disk.callCount
        let copy = try await store.bytes(recording.id, asReceived: false)
        store.close()
        #expect(end > start + 10)
        for cut in start...end {
            let loss: (Platter.Unsynced, Platter.UnsyncedNames) =
                [(.lost, .lost), (.kept, .kept), (.seeded(7), .seeded(7))][cut % 3]
            let found = disk.afterPowerCut(call: cut, loss.0, names: loss.1)
            let next = try DataFolder(found).open()
            let view = try await next.bytes(recording.id, asReceived: false)
            #expect(view == recording.bytes || view == copy, "at call \(cut)")
            await Self.idle(next)
            let isCopied = try await next.bytes(recording.id, asReceived: false) == copy
            #expect(isCopied, "at call \(cut)")
            let isReceived = try await next.bytes(recording.id) == recording.bytes
            #expect(isReceived, "at call \(cut)")
            let status = try await next.status(recording.id)
            #expect(status.revision == 2 && status.waveform != nil, "at call \(cut)")
            _ = try await next.waveform(recording.id)
            next.close()
        }
    }

    @Test("A deletion leaves nothing of what was made", arguments: [0, 3, 9, 20, 40])
    func deletion(call: Int) async throws {
        let recording = try Self.narrow(82)
        let disk = SimulatedFileSystem()
        let store = try DataFolder(disk).open()
        try await store.deliver(recording, by: 50_000)
        _ = try await store.finalize(recording.id, recording.whole)
        let start = disk.callCount
        await eventually { disk.callCount >= start + call || store.background.isIdle }
        try await store.delete(recording.id)
        await Self.idle(store)
        #expect(try disk.names(in: "/data/work").isEmpty)
        let folder = RecordingFolder(recording.id, in: "/data")
        #expect(try disk.names(in: folder.path) == ["manifest.json"])
        store.close()
    }

    @Test("Late bytes make copy and waveform anew")
    func late() async throws {
        let recording = try Self.narrow(83)
        let folder = DataFolder()
        let store = try folder.open()
        let count = recording.bytes.count
        let start = count * 3 / 4
        try await store.create(recording)
        try await store.put(recording, 0, 0..<start)
        let request = FinalizeRequest(length: Int64(count), incomplete: true)
        _ = try await store.finalize(recording.id, request)
        await Self.idle(store)
        try await store.put(recording, 1, start..<count)
        await eventually {
            store.entry(recording.id)?.state.withLock { $0.unmoved.isEmpty } ?? true
        }
        await Self.idle(store)
        let status = try await store.status(recording.id)
        #expect(status.condition == .complete && status.waveform != nil)
        #expect(Self.isFinished(try await store.bytes(recording.id, asReceived: false)))
        let isReceived = try await store.bytes(recording.id) == recording.bytes
        #expect(isReceived)
        let names = try folder.files.names(in: RecordingFolder(recording.id, in: "/data").path)
        #expect(
            names.sorted() == ["chunks-2", "copy-2", "manifest.json", "media-2", "waveform-2"])
        store.close()
    }

    @Test("What was never received takes no room in the copy, however long it is said to be")
    func hole() async throws {
        let recording = try Self.narrow(84)
        let disk = SimulatedFileSystem()
        let store = try DataFolder(disk).open()
        try await store.deliver(recording, by: 1_000)
        let written = Lock(0)
        disk.fail { call in
            if call.kind == .write, call.path.hasPrefix("/data/work/") {
                written.withLock { $0 += call.range.count }
            }
            return nil
        }
        let count = recording.bytes.count
        let request = FinalizeRequest(length: Int64(count) + (8 << 20), incomplete: true)
        _ = try await store.finalize(recording.id, request)
        await Self.idle(store)
        let status = try await store.status(recording.id)
        #expect(status.revision == 2 && status.damage.first?.kind == "missing")
        #expect((count..<1 << 20).contains(written.withLock { $0 }))
        store.close()
    }

    @Test("A waveform that is lost or spoilt is made again; without decoding there is none")
    func waveform() async throws {
        var recording = TestRecording(
            84, try SharedRecordings.fixture("cr-vp8-opus-short").bytes())
        recording.mediaType = "video/webm"
        var folder = DataFolder()
        folder.settings.decodesSound = false
        var store = try folder.open()
        try await store.deliver(recording, by: 50_000)
        let early = await problem { () async throws(Problem) in
            try await store.waveform(recording.id)
        }
        #expect(early.retryAfter == .some(5))
        _ = try await store.finalize(recording.id, recording.whole)
        await Self.idle(store)
        let off = await problem { () async throws(Problem) in
            try await store.waveform(recording.id)
        }
        #expect(off.retryAfter == .some(nil))
        // What was left undone shows at the next start.
        store.close()
        folder.settings.decodesSound = true
        store = try folder.open()
        await Self.idle(store)
        let view = try await store.waveform(recording.id)
        #expect(view.document.undecodablePackets == 0 && view.document.rms.count == 800)
        let path = RecordingFolder(recording.id, in: "/data").waveform(1)
        try folder.files.open(path, .replace).write([0x7B], at: 0)
        let spoilt = await problem { () async throws(Problem) in
            try await store.waveform(recording.id)
        }
        #expect(spoilt.retryAfter == .some(2))
        await Self.idle(store)
        #expect(try await store.waveform(recording.id).document == view.document)
        store.close()
    }

    @Test("A full disk leaves the recording as it is, until there is room")
    func fullDisk() async throws {
        let recording = try Self.narrow(85)
        let disk = SimulatedFileSystem()
        let folder = DataFolder(disk)
        var store = try folder.open()
        try await store.deliver(recording, by: 50_000)
        await store.settled()
        disk.fail { call in
            call.path.hasPrefix("/data/work/") && call.kind == .write ? .error(28) : nil
        }
        _ = try await store.finalize(recording.id, recording.whole)
        await Self.idle(store)
        let status = try await store.status(recording.id)
        #expect(status.revision == 1)
        let isReceived = try await store.bytes(recording.id, asReceived: false) == recording.bytes
        #expect(isReceived)
        disk.fail(nil)
        store = try folder.reopen(store)
        await Self.idle(store)
        #expect(try await store.status(recording.id).revision == 2)
        store.close()
    }
}

extension Problem? {
    /// When a waveform comes: nil inside if never, nil outside for another problem.
    fileprivate var retryAfter: Int?? {
        if case .noWaveform(let seconds, _) = self { .some(seconds) } else { nil }
    }
}
