/// The journal's table of events for the server, and the statements on it.
enum ReportSchema {
    /// `isOpen`: it was never sent, and counts may still be added. `isRefused`: the server will
    /// not have it; it stays until its room is needed.
    static let create = """
        CREATE TABLE IF NOT EXISTS reports (
            id TEXT NOT NULL PRIMARY KEY,
            kind TEXT NOT NULL,
            at INTEGER NOT NULL,
            recording TEXT,
            "values" TEXT NOT NULL,
            isOpen INTEGER NOT NULL,
            isRefused INTEGER NOT NULL DEFAULT 0
        ) STRICT, WITHOUT ROWID;
        """
    static let removeAll = "DELETE FROM reports"
    static let add = """
        INSERT INTO reports (id, kind, at, recording, "values", isOpen) VALUES (?, ?, ?, ?, ?, ?)
        """
    static let open = """
        SELECT id, "values" FROM reports WHERE kind = ? AND recording IS ? AND isOpen
        """
    static let change = #"UPDATE reports SET "values" = ? WHERE id = ?"#
    static let count = "SELECT count(*) FROM reports"
    /// What was dropped is told to the last.
    static let dropOldest = """
        DELETE FROM reports WHERE id IN
            (SELECT id FROM reports WHERE kind != 'events-lost' ORDER BY id LIMIT ?)
        """
    /// A look at the queue is worth sending only beside something that happened.
    static let waiting = """
        SELECT EXISTS (SELECT 1 FROM reports WHERE NOT isRefused AND kind != 'queue')
        """
    static let waitingCount = "SELECT count(*) FROM reports WHERE NOT isRefused"
    static let isThere = """
        SELECT EXISTS (SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'reports')
        """
    static let removeQueue = "DELETE FROM reports WHERE kind = 'queue'"
    static let oldest = "SELECT * FROM reports WHERE NOT isRefused ORDER BY id LIMIT ?"
    static let close = "UPDATE reports SET isOpen = 0 WHERE id = ?"
    static let remove = "DELETE FROM reports WHERE id = ?"
    static let refuse = "UPDATE reports SET isRefused = 1 WHERE id = ?"

    /// What waits to be sent: how many recordings, their unsent bytes, when the oldest began.
    static let queue = """
        SELECT count(*) AS recordings, total(bytes - min(bytes, acknowledgedBytes)) AS bytes,
            min(startedAt) AS oldest
        FROM recordings WHERE state != 'sent' AND NOT isDeleting
        """
}
