/// The journal's tables, and the statements on them. Times are milliseconds since 1970.
enum JournalSchema {
    /// In the file's `user_version`. A later one is refused: it may know what this one does not.
    static let version = 1

    static let create = """
        CREATE TABLE recordings (
            id TEXT NOT NULL PRIMARY KEY,
            state TEXT NOT NULL,
            mediaType TEXT NOT NULL,
            title TEXT,
            device TEXT,
            startedAt INTEGER NOT NULL,
            policy TEXT NOT NULL,
            sendAt INTEGER,
            editOf TEXT,
            fileName TEXT NOT NULL,
            hasLocalCopy INTEGER NOT NULL,
            isCutAtOggPages INTEGER NOT NULL,
            bytes INTEGER NOT NULL,
            chunks INTEGER NOT NULL,
            durationSeconds REAL,
            digest BLOB,
            endReason TEXT,
            token TEXT NOT NULL,
            serverID TEXT NOT NULL,
            replaces TEXT,
            acknowledgedBytes INTEGER NOT NULL,
            attempts INTEGER NOT NULL,
            lastError TEXT,
            reason TEXT,
            needsUser INTEGER NOT NULL,
            parkedAt INTEGER,
            sentAt INTEGER,
            condition TEXT,
            isDeleting INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX recordingsByState ON recordings (state, id);
        CREATE TABLE chunks (
            recording TEXT NOT NULL REFERENCES recordings (id) ON DELETE CASCADE,
            sequence INTEGER NOT NULL,
            offset INTEGER NOT NULL,
            bytes INTEGER NOT NULL,
            crc32c INTEGER NOT NULL,
            attempts INTEGER NOT NULL DEFAULT 0,
            lastError TEXT,
            PRIMARY KEY (recording, sequence)
        ) STRICT, WITHOUT ROWID;
        """

    static let columns = [
        "id", "state", "mediaType", "title", "device", "startedAt", "policy", "sendAt", "editOf",
        "fileName", "hasLocalCopy", "isCutAtOggPages", "bytes", "chunks", "durationSeconds",
        "digest", "endReason", "token", "serverID", "replaces", "acknowledgedBytes", "attempts",
        "lastError", "reason", "needsUser", "parkedAt", "sentAt", "condition", "isDeleting",
    ]

    /// Adds a recording, or replaces all that can change of it. A replaced row keeps its chunks.
    static let save = """
        INSERT INTO recordings (\(columns.joined(separator: ", ")))
        VALUES (\(columns.map { ":" + $0 }.joined(separator: ", ")))
        ON CONFLICT (id) DO UPDATE SET
        \(columns.dropFirst().map { "\($0) = excluded.\($0)" }.joined(separator: ", "))
        """

    static let recording = "SELECT * FROM recordings WHERE id = ?"
    /// Ids of version 7 sort by the time they were made.
    static let recordings = "SELECT * FROM recordings ORDER BY id"
    static let remove = "DELETE FROM recordings WHERE id = ?"

    /// What can be sent now: what is live, then the backlog, oldest first.
    static let sendable = """
        SELECT * FROM recordings
        WHERE (state IN ('recording', 'pending', 'uploading') AND NOT isDeleting)
            AND (policy = 'now' OR policy = 'sendAt' AND sendAt <= ?)
        ORDER BY state = 'recording' DESC, id LIMIT ?
        """
    static let nextSendAt = """
        SELECT min(sendAt) FROM recordings
        WHERE state = 'pending' AND policy = 'sendAt' AND sendAt > ?
        """
    static let resumable = """
        SELECT * FROM recordings
        WHERE state = 'parked' AND NOT needsUser AND parkedAt > ? ORDER BY id
        """
    static let copiesToRemove = """
        SELECT * FROM recordings
        WHERE state = 'sent' AND hasLocalCopy AND sentAt <= ? ORDER BY sentAt
        """
    static let storedBytes = "SELECT total(bytes) FROM recordings WHERE hasLocalCopy"

    static let addChunk = """
        INSERT INTO chunks (recording, sequence, offset, bytes, crc32c) VALUES (?, ?, ?, ?, ?)
        """
    static let chunks = """
        SELECT sequence, offset, bytes, crc32c FROM chunks
        WHERE recording = ? AND sequence >= ? ORDER BY sequence
        """
    static let chunkFailed = """
        UPDATE chunks SET attempts = attempts + 1, lastError = ?
        WHERE recording = ? AND sequence = ?
        """
    static let removeChunks = "DELETE FROM chunks WHERE recording = ?"
    static let chunkTrouble = """
        SELECT sequence, attempts, lastError FROM chunks
        WHERE recording = ? AND attempts > 0 ORDER BY sequence
        """
}
