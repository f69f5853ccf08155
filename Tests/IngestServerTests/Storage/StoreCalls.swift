import Digests
import Posix
import Recordings
import TestKit
import Wire

@testable import IngestServer

/// A recording that a test delivers: its bytes, told by its number.
struct TestRecording: Sendable {
    let id: RecordingID
    let bytes: [UInt8]
    var mediaType = "application/x-test"

    init(_ number: UInt64, byteCount: Int) {
        var random = SeededRandom(number)
        // One block again and again: quick, and of odd length, so that no shift goes unseen.
        let block = random.bytes(min(byteCount, 4093))
        var bytes: [UInt8] = []
        while bytes.count + block.count < byteCount { bytes += block }
        self.init(number, bytes + block.prefix(byteCount - bytes.count))
    }

    init(_ number: UInt64, _ bytes: [UInt8]) {
        id = RecordingID.make(
            milliseconds: 1_790_000_000_000 + number, random: (number, number &* 0x9E37_79B9))
        self.bytes = bytes
    }

    var creation: Creation { Creation(mediaType: mediaType) }
    var whole: FinalizeRequest { FinalizeRequest(length: Int64(bytes.count)) }
    var digest: String { ContentDigest.sha256(SHA256Digest.of(bytes)).text }
}

extension RecordingStore {
    func create(_ recording: TestRecording) async throws(Problem) {
        _ = try await create(recording.id, recording.creation)
    }

    /// Stores `range` of the recording's bytes as chunk `sequence`.
    @discardableResult
    func put(
        _ recording: TestRecording, _ sequence: Int64, _ range: Range<Int>
    ) async throws(Problem) -> ChunkAnswer {
        try await put(
            recording.id, sequence, at: Int64(range.lowerBound), Array(recording.bytes[range]))
    }

    @discardableResult
    func put(
        _ id: RecordingID, _ sequence: Int64, at offset: Int64, _ bytes: [UInt8]
    ) async throws(Problem) -> ChunkAnswer {
        let slab = Slab(byteCount: max(1, bytes.count))
        slab.buffer.copyBytes(from: bytes)
        defer { withExtendedLifetime(slab) {} }
        return try await store(
            ReceivedChunk(
                id: id, sequence: sequence, offset: offset, bytes: slab.lend(0..<bytes.count),
                crc32c: CRC32C.of(bytes)))
    }

    /// Delivers all of it in order, in pieces of `count` bytes.
    func deliver(_ recording: TestRecording, by count: Int) async throws(Problem) {
        try await create(recording)
        var sequence: Int64 = 0
        for start in stride(from: 0, to: recording.bytes.count, by: count) {
            try await put(recording, sequence, start..<min(start + count, recording.bytes.count))
            sequence += 1
        }
    }

    /// The media's bytes: the artifact, or as they were received.
    func bytes(_ id: RecordingID, asReceived: Bool = true) async throws(Problem) -> [UInt8] {
        let view = try await media(id, asReceived: asReceived)
        let slab = Slab(byteCount: max(1, Int(view.byteCount)))
        let target = slab.buffer[..<Int(view.byteCount)]
        let count = try await view.read(into: .init(rebasing: target), at: 0)
        return Array(slab.buffer[..<count])
    }

    /// What is in memory of `id`.
    func entry(_ id: RecordingID) -> Entry? { entries.first { $0.id == id } }

    /// Nothing of any recording waits to be moved, buried or published.
    var isSettled: Bool {
        entries.allSatisfy { entry in
            entry.state.withLock { state in
                let isMoving = state.phase == .finalizing || state.isAtWork
                return !isMoving && state.unmoved.isEmpty && state.controls.isEmpty
                    && state.queuedCount == 0
            }
        }
    }

    func settled() async { await eventually { isSettled } }
}

/// What `body` is refused with; nil if it is not.
func problem<Answer>(
    _ body: () async throws(Problem) -> Answer
) async -> Problem? {
    do throws(Problem) {
        _ = try await body()
        return nil
    } catch {
        return error
    }
}
