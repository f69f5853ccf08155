import Containers
import Posix
import Recordings
import TestKit
import Testing
import Wire

@testable import IngestServer

@Suite("Real recordings in the store", .timeLimit(.minutes(1)))
struct MediaTests {
    static let names = [
        "cr-vp8-opus-short", "cr-audio-webm-osc-nots", "fx-ogg-opus-nots", "ff-ogg-vorbis-pipe",
        "dmg-s-header-only", "dmg-s-onebyte", "dmg-s-random",
    ]

    /// In which manner a recording is delivered.
    enum Manner: CaseIterable, Sendable {
        case atOnce, inSteps, backwards, afterRestarts, late
    }

    /// The finished file as the reader plans it, made apart from the store.
    private func planned(_ recording: TestRecording) -> [UInt8] {
        let type = MediaType(recording.mediaType)
        var reader = AnyMediaReader(headReserveBytes: type?.container == .webm ? 4096 : 0)
        reader.read(recording.bytes.span)
        var edits = reader.takeEdits()
        let (artifact, rest) = reader.finish()
        edits += rest
        var bytes = recording.bytes
        for edit in edits {
            bytes.replaceSubrange(Int(edit.offset)..<Int(edit.range.upperBound), with: edit.bytes)
        }
        return artifact.head + bytes[Int(artifact.start)..<Int(artifact.end)] + artifact.index
    }

    @Test(
        "The artifact is what the reader plans, and every byte comes back as it was sent",
        arguments: names, Manner.allCases)
    func artifact(name: String, manner: Manner) async throws {
        let fixture = try SharedRecordings.fixture(name)
        var recording = TestRecording(70, try fixture.bytes())
        recording.mediaType = fixture.mediaType
        let folder = DataFolder(
            checkpointInterval: manner == .atOnce ? .seconds(3600) : .zero)
        var store = try folder.open()
        try await store.create(recording)
        let count = recording.bytes.count
        let step = max(1, count / 5)
        var pieces = stride(from: 0, to: count, by: step).enumerated()
            .map { (Int64($0.offset), $0.element..<min($0.element + step, count)) }
        if manner == .backwards { pieces.reverse() }
        let late = manner == .late && pieces.count > 2 ? pieces.remove(at: 1) : nil
        for (sequence, range) in pieces {
            try await store.put(recording, sequence, range)
            if manner == .inSteps || manner == .afterRestarts { await store.settled() }
            if manner == .afterRestarts { store = try folder.reopen(store) }
        }
        let request = FinalizeRequest(
            length: Int64(count), incomplete: late == nil ? nil : true)
        var status = try await store.finalize(recording.id, request)
        if let late {
            try await store.put(recording, late.0, late.1)
            await store.settled()
            status = try await store.status(recording.id)
            #expect(status.revision == 2)
        }
        #expect(status.receivedDigest == recording.digest)
        let planned = planned(recording)
        for _ in 0..<2 {
            let isPlanned = try await store.bytes(recording.id, asReceived: false) == planned
            #expect(isPlanned)
            let isReceived = try await store.bytes(recording.id) == recording.bytes
            #expect(isReceived)
            if !recording.bytes.isEmpty {
                #expect(try await store.put(recording, 0, 0..<min(count, 500)).isReplay)
            }
            store = try folder.reopen(store)
        }
        store.close()
    }

    @Test("What is served while it records is what was sent, also where edits are made already")
    func live() async throws {
        let fixture = try SharedRecordings.fixture("cr-audio-webm-osc-nots")
        var recording = TestRecording(71, try fixture.bytes())
        recording.mediaType = fixture.mediaType
        let store = try DataFolder().open()
        try await store.create(recording)
        var sequence: Int64 = 0
        var etags: Set<String> = []
        for start in stride(from: 0, to: recording.bytes.count, by: 4000) {
            let end = min(start + 4000, recording.bytes.count)
            try await store.put(recording, sequence, start..<end)
            sequence += 1
            if sequence % 3 == 0 { await store.settled() }
            let isSent = try await store.bytes(recording.id) == Array(recording.bytes[..<end])
            #expect(isSent)
            etags.insert(try await store.media(recording.id, asReceived: false).etag)
        }
        #expect(etags.count == Int(sequence))
        store.close()
    }
}
