package import Foundation
internal import Digests
internal import Wire

/// What the uploader asks and says.
extension Outbox {
    /// What can be sent now: what is live first, then the oldest, at most `limit`.
    func sendable(limit: Int) throws(OutboxError) -> [OutboxRecording] {
        try journal.sendable(at: OutboxRecording.milliseconds(now()), limit: limit)
            .map { $0.located(in: folder) }
    }

    /// How long until the next recording is due that waits for a time; nil: none waits.
    func nextSendDelay() throws(OutboxError) -> Duration? {
        let now = OutboxRecording.milliseconds(now())
        return try journal.nextSendAt(after: now).map { .milliseconds($0 - now) }
    }

    /// The chunks of a recording in order, from `sequence` on.
    package func chunks(of id: String, from sequence: Int64 = 0) throws(OutboxError)
        -> [OutboxChunk]
    { try journal.chunks(of: id, from: sequence) }

    /// The chunks that did not get through at once.
    package func chunkTrouble(of id: String) throws(OutboxError) -> [OutboxChunkTrouble] {
        try journal.chunkTrouble(of: id)
    }

    /// A chunk's bytes, as they were recorded. Errors: they are not what they were.
    package func bytes(
        of chunk: OutboxChunk, _ recording: OutboxRecording
    ) throws(OutboxError) -> Data {
        let bytes = try MediaFile(recording.mediaPath, .read).read(chunk.range)
        guard Checksums.crc32c(bytes) == chunk.crc32c else {
            throw .failed(
                operation: "read \(recording.mediaPath)",
                reason: "bytes \(chunk.range) are not those that were recorded")
        }
        return bytes
    }

    /// SHA-256 of a recording that has ended. Reads the file if nobody has done so yet.
    package func digest(of id: String) throws(OutboxError) -> [UInt8] {
        let recording = try recording(id)
        if let digest = recording.digest { return digest }
        let file = try MediaFile(recording.mediaPath, .read)
        var digest = SHA256Digest()
        var offset: Int64 = 0
        while offset < recording.byteCount {
            let piece = offset..<min(recording.byteCount, offset + 1 << 20)
            try file.read(piece).withUnsafeBytes { digest.update($0) }
            offset = piece.upperBound
        }
        let value = digest.value
        _ = try journal.update(id) { if $0.state != .recording { $0.digest = value } }
        return value
    }

    /// The server has all of it. The local copy goes after the time of grace.
    ///
    /// - Parameters:
    ///   - receivedDigest: SHA-256 of what the server has; the copy is only let go of if it is
    ///     that of the recording.
    ///   - condition: as the server found it.
    package func markSent(
        _ id: String, receivedDigest: [UInt8], _ condition: String?
    ) throws(OutboxError) {
        try markSent(id, receivedDigest: receivedDigest, condition, nil)
    }

    func markSent(
        _ id: String, receivedDigest: [UInt8], _ condition: String?, _ tally: OutboxTally?
    ) throws(OutboxError) {
        guard receivedDigest == (try digest(of: id)) else {
            throw .failed(operation: "let go of \(id)", reason: "the server has other bytes")
        }
        let time = now()
        try note(id, tally) { recording in
            recording.forgetTrouble()
            recording.state = .sent
            recording.sentAt = time
            recording.condition = condition
            recording.acknowledgedBytes = recording.byteCount
        }
    }

    /// Automatic retries are used up, or someone must decide.
    func park(
        _ id: String, reason: String, needsUser: Bool, _ tally: OutboxTally? = nil
    ) throws(OutboxError) {
        let time = now()
        try note(id, tally) { recording in
            guard recording.state != .recording else { return }
            (recording.state, recording.reason) = (.parked, reason)
            (recording.needsUser, recording.parkedAt) = (needsUser, time)
        }
    }

    /// What was parked because the server did not answer goes on.
    ///
    /// - Parameter seconds: only what was parked within the last so many; nil: whenever it was.
    package func resumeParked(withinSeconds seconds: Int64?) throws(OutboxError) {
        let now = OutboxRecording.milliseconds(now())
        let since = seconds.map { now - $0 * 1000 } ?? .min
        for recording in try journal.resumable(parkedAfter: since) {
            try note(recording.id) { recording in
                recording.forgetTrouble()
                recording.state = .pending
            }
        }
    }

    /// Whether something parked waits for the server to come back.
    func hasResumable(withinSeconds seconds: Int64) throws(OutboxError) -> Bool {
        let since = OutboxRecording.milliseconds(now()) - seconds * 1000
        return try !journal.resumable(parkedAfter: since).isEmpty
    }

    /// It is to be sent as a new recording: the server let go of the old one.
    func renew(_ id: String, replacesOld: Bool) throws(OutboxError) {
        let time = now()
        try note(id) { recording in
            recording.replaces = replacesOld ? recording.serverID : nil
            recording.serverID = Identity.newID(time)
            recording.acknowledgedBytes = 0
        }
    }

    /// Writes down how sending goes; tells whoever listens of another state.
    func note(
        _ id: String, _ tally: OutboxTally? = nil,
        _ change: (inout OutboxRecording) -> Void
    ) throws(OutboxError) {
        var before = OutboxState.recording
        let recording = try journal.update(id, tally) { recording in
            before = recording.state
            change(&recording)
        }
        if recording.state != before { tell(.changed(id: id, state: recording.state)) }
    }

    func chunkFailed(_ sequence: Int64, of id: String, _ error: String) throws(OutboxError) {
        try journal.chunkFailed(sequence, of: id, error)
    }
}
