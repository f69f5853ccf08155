internal import Digests
internal import Foundation

/// A recording that is under way: the only writer of its file.
///
/// Bytes go to the file at once and are safe once `cutChunk` has returned. When there is no room
/// any more the recording ends by itself, with what is there. Whoever lets go of it without
/// `finish` leaves a recording that the next opening of the outbox takes as crashed.
///
/// Blocks: every method, on disk. Runs on: any thread; calls wait for each other.
public final class OpenRecording: Sendable {
    /// The recording's id: a UUID, lower case.
    public let id: String
    /// The file, which plays at any moment if what is appended does.
    public let mediaPath: String

    private let outbox: Outbox
    private let file: MediaFile
    private let writing: Guarded<Writing>

    private struct Writing {
        var cut: ChunkCut
        var digest = SHA256Digest()
        var unmeasuredBytes: Int64 = 0
        var isFinished = false
    }

    init(_ recording: OutboxRecording, _ file: MediaFile, in outbox: Outbox) {
        id = recording.id
        mediaPath = file.path
        self.outbox = outbox
        self.file = file
        writing = Guarded(
            Writing(
                cut: ChunkCut(
                    offset: 0, sequence: 0, chunkBytesMax: outbox.limits.chunkBytesMax)))
    }

    /// Writes `bytes` behind what is there.
    ///
    /// Errors: without room the recording has ended and is complete with what came before; after
    /// another failure too, if that can still be written down. Nothing of `bytes` is kept then.
    public func append(_ bytes: [UInt8]) throws(OutboxError) {
        try writing.withLock { writing throws(OutboxError) in
            guard !writing.isFinished else { throw finished() }
            do throws(OutboxError) {
                try makeRoom(for: bytes.count, &writing)
                try file.write(bytes, at: writing.cut.end)
            } catch {
                // Whole pieces only: a player would stumble over half of one.
                try? file.truncate(to: writing.cut.end)
                let reason = error.isNoRoom ? "no room: \(error)" : "\(error)"
                // The failure itself is what the caller must hear of.
                _ = try? finish(reason: reason, nil, &writing)
                throw error
            }
            writing.cut.append(bytes)
            writing.digest.update(bytes)
            outbox.state.withLock { $0.storedBytes += Int64(bytes.count) }
        }
    }

    /// Makes what was appended durable and a chunk, in this order: the file is synced, its row
    /// committed, the uploader told. More than `chunkBytesMax` become several; nothing is nothing.
    ///
    /// - Parameter durationSeconds: how long the recording is by now, for whoever lists it.
    public func cutChunk(durationSeconds: Double? = nil) throws(OutboxError) {
        try writing.withLock { writing throws(OutboxError) in
            guard !writing.isFinished else { throw finished() }
            try cut(durationSeconds, &writing)
        }
    }

    /// Ends the recording: cuts the last chunk and hands the recording to the uploader.
    ///
    /// - Parameter reason: why it ended other than by a stop, for people.
    @discardableResult
    public func finish(
        reason: String? = nil, durationSeconds: Double? = nil
    ) throws(OutboxError) -> OutboxRecording {
        try writing.withLock { writing throws(OutboxError) in
            guard !writing.isFinished else { throw finished() }
            return try finish(reason: reason, durationSeconds, &writing)
        }
    }

    private func cut(_ durationSeconds: Double?, _ writing: inout Writing) throws(OutboxError) {
        // A copy: if the commit fails, the same bytes are cut again next time.
        var next = writing.cut
        let chunks = next.take()
        guard !chunks.isEmpty else { return }
        try file.sync()
        let recording = try outbox.journal.add(chunks, to: id, durationSeconds: durationSeconds)
        writing.cut = next
        outbox.tell(.grown(id: id, byteCount: recording.byteCount))
    }

    @discardableResult
    private func finish(
        reason: String?, _ durationSeconds: Double?, _ writing: inout Writing
    ) throws(OutboxError) -> OutboxRecording {
        try cut(durationSeconds, &writing)
        let digest = writing.digest.value
        let recording = try outbox.journal.update(id) { recording in
            recording.digest = digest
            recording.endReason = reason
            if let durationSeconds { recording.durationSeconds = durationSeconds }
            recording.state = recording.sendPolicy == .recordOnly ? .kept : .pending
        }
        writing.isFinished = true
        outbox.tell(.ended(id: id, reason: reason))
        outbox.tell(.changed(id: id, state: recording.state))
        return recording.located(in: outbox.folder)
    }

    /// Every 256 KiB are measured: a system call for each packet would be too much.
    private func makeRoom(for count: Int, _ writing: inout Writing) throws(OutboxError) {
        writing.unmeasuredBytes += Int64(count)
        guard writing.unmeasuredBytes >= 256 << 10 || writing.cut.end == 0 else { return }
        try outbox.makeRoom(forBytes: Int64(count))
        writing.unmeasuredBytes = 0
    }

    private func finished() -> OutboxError {
        .wrongState(id: id, state: .pending, wish: "written to")
    }
}
