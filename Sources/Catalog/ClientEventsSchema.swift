/// The tables of what clients told, and the statements on them.
enum ClientEventsSchema {
    /// In the file's `user_version`; a file of another layout is set aside.
    static let version = 1

    static let create = """
        CREATE TABLE events (
            id TEXT NOT NULL PRIMARY KEY,
            kind TEXT NOT NULL,
            at INTEGER NOT NULL,
            receivedAt INTEGER NOT NULL,
            recording TEXT,
            "values" TEXT NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX eventsByArrival ON events (receivedAt, id);
        CREATE INDEX eventsByRecording ON events (recording, at) WHERE recording IS NOT NULL;
        CREATE TABLE reports (
            recording TEXT NOT NULL PRIMARY KEY,
            report TEXT NOT NULL,
            dueAt INTEGER,
            seenAt INTEGER NOT NULL,
            outcome TEXT,
            arrivedAt INTEGER
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX reportsDue ON reports (outcome, dueAt) WHERE dueAt IS NOT NULL;
        CREATE INDEX reportsBySeen ON reports (seenAt);
        """

    static let add = """
        INSERT INTO events (id, kind, at, receivedAt, recording, "values")
        VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING
        """
    static let count = "SELECT count(*) FROM events"
    static let events = "SELECT * FROM events WHERE recording = ? ORDER BY at, id LIMIT ?"
    static let dropOldest = """
        DELETE FROM events WHERE id IN
            (SELECT id FROM events ORDER BY receivedAt, id LIMIT ?)
        """
    static let dropBefore = "DELETE FROM events WHERE receivedAt < ?"
    /// Of recordings whose events have all gone.
    static let dropReportsWithoutEvents = """
        DELETE FROM reports WHERE seenAt < (SELECT min(receivedAt) FROM events)
        """
    static let dropReportsBefore = "DELETE FROM reports WHERE seenAt < ?"

    static let report = "SELECT * FROM reports WHERE recording = ?"
    static let saveReport = """
        INSERT INTO reports (recording, report, dueAt, seenAt, outcome, arrivedAt)
        VALUES (?, ?, ?, ?, ?, ?)
        ON CONFLICT (recording) DO UPDATE SET report = excluded.report, dueAt = excluded.dueAt,
            seenAt = excluded.seenAt, outcome = excluded.outcome, arrivedAt = excluded.arrivedAt
        """
    static let decide = """
        INSERT INTO reports (recording, report, seenAt, outcome, arrivedAt)
        VALUES (?, '', ?, ?, ?)
        ON CONFLICT (recording) DO UPDATE SET
            outcome = excluded.outcome, arrivedAt = excluded.arrivedAt
        """
    static let undecided = """
        SELECT * FROM reports WHERE outcome IS NULL AND dueAt IS NOT NULL AND dueAt <= ?
        ORDER BY dueAt LIMIT ?
        """
    static let overdue = """
        SELECT * FROM reports
        WHERE outcome = 'late' AND dueAt IS NOT NULL AND arrivedAt IS NULL
        ORDER BY dueAt DESC LIMIT ?
        """
    static let overdueCount = """
        SELECT count(*) FROM reports
        WHERE outcome = 'late' AND dueAt IS NOT NULL AND arrivedAt IS NULL
        """
}
