import Foundation
import IngestClient
import TestKit
import Testing

@Suite("Outbox") struct OutboxTests {
    private let profile = Profile()

    @Test("what is recorded is in the file, in chunks, and in order")
    func records() throws {
        let outbox = try profile.open()
        var random = SeededRandom(1)
        let bytes = random.bytes(2500)
        let new = NewRecording(mediaType: "audio/ogg; codecs=opus", title: "Talk")
        let open = try outbox.begin(new)
        try open.cutChunk()
        try open.append(Array(bytes[..<700]))
        try open.append(Array(bytes[700..<2300]))
        #expect(try outbox.recording(open.id).byteCount == 0)
        try open.cutChunk(durationSeconds: 1.5)
        let live = try outbox.recording(open.id)
        #expect(live.state == .recording)
        #expect(live.byteCount == 2300 && live.chunkCount == 3 && live.durationSeconds == 1.5)
        try open.append(Array(bytes[2300...]))
        let recording = try open.finish(durationSeconds: 2)
        #expect(recording.state == .pending && recording.byteCount == 2500)
        #expect(recording.mediaPath.hasSuffix("media/\(recording.id).ogg"))
        #expect(try profile.media(recording) == bytes)
        let chunks = try outbox.chunks(of: recording.id)
        #expect(chunks.map(\.range) == [0..<1000, 1000..<2000, 2000..<2300, 2300..<2500])
        for chunk in chunks { #expect(try outbox.bytes(of: chunk, recording).count > 0) }
        #expect(try outbox.digest(of: recording.id) == Checksums.sha256(bytes))
        #expect(throws: OutboxError.self) { try open.append([1]) }
    }

    @Test(
        "a recording ends in the state that its policy says",
        arguments: [
            (SendPolicy.now, OutboxState.pending), (.recordOnly, .kept),
            (.sendAt(Date(timeIntervalSince1970: 2_000_000_000)), .pending),
        ])
    func policies(policy: SendPolicy, state: OutboxState) throws {
        let outbox = try profile.open()
        let recording = try outbox.add([1, 2, 3], policy)
        #expect(recording.state == state)
        #expect(try outbox.recording(recording.id).sendPolicy == policy)
    }

    @Test("another process is told who has the profile, and can list it meanwhile")
    func locked() throws {
        let outbox = try profile.open()
        let recording = try outbox.add([1, 2, 3])
        let own = ProcessInfo.processInfo.processIdentifier
        #expect(throws: OutboxError.locked(folder: profile.path, processID: own)) {
            try profile.open()
        }
        #expect(try Outbox.list(folder: profile.path) == [recording])
        #expect(try Outbox.list(folder: profile.path + "/elsewhere").isEmpty)
    }

    @Test("a quota warns, lets copies of sent recordings go, then ends the recording cleanly")
    func quota() async throws {
        let outbox = try profile.open()
        let sent = try outbox.add([UInt8](repeating: 1, count: 500_000), chunkBytes: 100_000)
        try outbox.markSent(sent.id, receivedDigest: try outbox.digest(of: sent.id), nil)
        var events = outbox.events().makeAsyncIterator()
        let open = try outbox.begin(NewRecording(mediaType: "audio/ogg"))
        let piece = [UInt8](repeating: 2, count: 300_000)
        try open.append(piece)
        try open.append(piece)
        #expect(try outbox.recording(sent.id).hasLocalCopy == false)
        try open.append(piece)
        #expect(throws: OutboxError.quotaReached(quotaBytes: 1 << 20)) { try open.append(piece) }
        let ended = try outbox.recording(open.id)
        #expect(ended.state == .pending && ended.byteCount == 900_000)
        #expect(ended.endReason?.contains("no room") == true)
        #expect(await events.next() == .begun(id: open.id))
        #expect(await events.next() == .quotaNear(storedBytes: 800_000, quotaBytes: 1 << 20))
        #expect(await events.next() == .copyRemoved(id: sent.id))
        #expect(throws: OutboxError.self) {
            for _ in 0..<3 { _ = try outbox.add(piece, chunkBytes: 300_000) }
        }
    }

    @Test("a disk with too little room takes no recording, and says how much is needed")
    func diskFloor() throws {
        var limits = Profile.limits
        limits.freeDiskBytesMin = .max / 2
        let outbox = try profile.open(limits)
        #expect {
            _ = try outbox.begin(NewRecording(mediaType: "audio/ogg"))
        } throws: { error in
            if case .diskFull(_, .max / 2) = error as? OutboxError { true } else { false }
        }
        #expect(try outbox.recordings().isEmpty)
    }

    @Test("the copy of a sent recording stays for the time of grace")
    func grace() throws {
        let outbox = try profile.open()
        let recording = try outbox.add([1, 2, 3])
        #expect(throws: OutboxError.self) {
            try outbox.markSent(recording.id, receivedDigest: [1], nil)
        }
        let digest = try outbox.digest(of: recording.id)
        try outbox.markSent(recording.id, receivedDigest: digest, "complete")
        profile.clock.advance(seconds: 99)
        try outbox.removeCopiesPastGrace()
        #expect(try outbox.recording(recording.id).hasLocalCopy)
        profile.clock.advance(seconds: 2)
        try outbox.removeCopiesPastGrace()
        let sent = try outbox.recording(recording.id)
        #expect(!sent.hasLocalCopy && sent.state == .sent && sent.condition == "complete")
        #expect(!FileManager.default.fileExists(atPath: recording.mediaPath))
    }

    @Test("deleting takes file and row; what is being recorded cannot be deleted")
    func deletes() throws {
        let outbox = try profile.open()
        let recording = try outbox.add([1, 2, 3])
        try outbox.delete(recording.id)
        #expect(throws: OutboxError.unknown(id: recording.id)) {
            try outbox.recording(recording.id)
        }
        #expect(!FileManager.default.fileExists(atPath: recording.mediaPath))
        let open = try outbox.begin(NewRecording(mediaType: "audio/ogg"))
        #expect(throws: OutboxError.self) { try outbox.delete(open.id) }
        #expect(try outbox.recording(open.id).state == .recording)
    }

    @Test("a full profile folder that cannot be written says so")
    func unusable() {
        #expect {
            _ = try Outbox(folder: "/proc/nothing")
        } throws: { error in
            if case .unusable = error as? OutboxError { true } else { false }
        }
    }
}
