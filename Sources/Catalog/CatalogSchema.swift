import GRDB

/// The catalog's one table, and the statements on it.
enum CatalogSchema {
    /// In the file's `user_version`; another number means another layout, which is rebuilt.
    static let version = 2

    /// Ids of version 7 sort by time, so that the primary key is also the order of lists.
    static let create = """
        CREATE TABLE recordings (
            id TEXT NOT NULL PRIMARY KEY,
            state TEXT NOT NULL,
            condition TEXT,
            mediaType TEXT NOT NULL,
            title TEXT,
            startedAt TEXT,
            createdAt TEXT NOT NULL,
            updatedAt TEXT NOT NULL,
            bytes INTEGER NOT NULL,
            durationSeconds REAL
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX recordingsByState ON recordings (state, id);
        CREATE INDEX recordingsByAge ON recordings (state, updatedAt, id);
        """

    static let upsert = """
        INSERT INTO recordings
            (id, state, condition, mediaType, title, startedAt, createdAt, updatedAt, bytes,
             durationSeconds)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (id) DO UPDATE SET
            state = excluded.state, condition = excluded.condition,
            mediaType = excluded.mediaType, title = excluded.title,
            startedAt = excluded.startedAt, createdAt = excluded.createdAt,
            updatedAt = excluded.updatedAt, bytes = excluded.bytes,
            durationSeconds = excluded.durationSeconds
        """

    static let mark = "UPDATE recordings SET state = ?, bytes = 0, updatedAt = ? WHERE id = ?"
    static let remove = "DELETE FROM recordings WHERE id = ?"
    static let row = "SELECT * FROM recordings WHERE id = ?"

    /// Ids are never above `~`, so that it stands for "from the newest on".
    static let newest = "~"
    static let pageOfState = """
        SELECT * FROM recordings WHERE state = ? AND id < ? ORDER BY id DESC LIMIT ?
        """
    static let page = """
        SELECT * FROM recordings
        WHERE id < ? AND state NOT IN ('deleted', 'expired') ORDER BY id DESC LIMIT ?
        """

    static let active = """
        SELECT * FROM recordings WHERE state IN ('recording', 'finalizing') ORDER BY id
        """
    static let old = """
        SELECT * FROM recordings
        WHERE state = ? AND updatedAt <= ? AND (updatedAt, id) > (?, ?)
        ORDER BY updatedAt, id LIMIT ?
        """
    static let counts = "SELECT state, COUNT(*) AS count FROM recordings GROUP BY state"
}
