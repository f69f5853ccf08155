internal import GRDB

/// The questions and orders that the outbox has for its journal.
extension Journal {
    /// All of them, oldest first.
    func recordings() throws(OutboxError) -> [OutboxRecording] {
        try recordings(JournalSchema.recordings)
    }

    func recording(_ id: String) throws(OutboxError) -> OutboxRecording? {
        try recordings(JournalSchema.recording, [id]).first
    }

    /// What can be sent at `milliseconds`: what is live first, then the oldest, at most `limit`.
    func sendable(
        at milliseconds: Int64, limit: Int
    ) throws(OutboxError) -> [OutboxRecording] {
        try recordings(JournalSchema.sendable, [milliseconds, limit])
    }

    /// When the next recording is due that waits for a time; in milliseconds since 1970.
    func nextSendAt(after milliseconds: Int64) throws(OutboxError) -> Int64? {
        try number(JournalSchema.nextSendAt, [milliseconds])
    }

    /// What was parked after `milliseconds` and goes on without its user.
    func resumable(parkedAfter milliseconds: Int64) throws(OutboxError) -> [OutboxRecording] {
        try recordings(JournalSchema.resumable, [milliseconds])
    }

    /// The recordings whose local copy is left and was sent before `milliseconds`.
    func copies(sentBefore milliseconds: Int64) throws(OutboxError) -> [OutboxRecording] {
        try recordings(JournalSchema.copiesToRemove, [milliseconds])
    }

    /// The bytes of all media files.
    func storedBytes() throws(OutboxError) -> Int64 {
        try number(JournalSchema.storedBytes) ?? 0
    }

    /// The chunks of a recording in order, from `sequence` on.
    func chunks(of id: String, from sequence: Int64 = 0) throws(OutboxError) -> [OutboxChunk] {
        try read("read") { database in
            let statement = try database.cachedStatement(sql: JournalSchema.chunks)
            return try Row.fetchAll(statement, arguments: [id, sequence]).map { row in
                OutboxChunk(
                    sequence: row["sequence"], offset: row["offset"], byteCount: row["bytes"],
                    crc32c: row["crc32c"])
            }
        }
    }

    /// The chunks that did not get through at once.
    func chunkTrouble(of id: String) throws(OutboxError) -> [OutboxChunkTrouble] {
        try read("read") { database in
            try Row.fetchAll(database, sql: JournalSchema.chunkTrouble, arguments: [id]).map {
                OutboxChunkTrouble(
                    sequence: $0["sequence"], attempts: $0["attempts"], lastError: $0["lastError"])
            }
        }
    }

    /// Notes why a chunk did not get through.
    func chunkFailed(_ sequence: Int64, of id: String, _ error: String) throws(OutboxError) {
        try execute(JournalSchema.chunkFailed, [error, id, sequence])
    }

    /// Forgets a recording and its chunks.
    func remove(_ id: String) throws(OutboxError) { try execute(JournalSchema.remove, [id]) }

    func removeChunks(of id: String) throws(OutboxError) {
        try execute(JournalSchema.removeChunks, [id])
    }
}

/// A chunk that did not get through at once.
package struct OutboxChunkTrouble: Sendable, Equatable {
    package let sequence: Int64
    package let attempts: Int
    package let lastError: String?
}
