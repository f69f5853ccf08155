internal import Foundation
internal import GRDB
internal import Recordings
internal import Wire

/// Events for the server: noted like chunks, in the transaction of what they tell of.
extension Journal {
    /// Notes what happened. Called within a transaction.
    func report(_ happenings: [OutboxHappening], _ database: Database) throws {
        for happening in happenings {
            try add(happening, isOpen: false, database)
        }
    }

    /// Notes what happened beside any change of a recording.
    func report(_ happening: OutboxHappening) throws(OutboxError) {
        guard rules != nil else { return }
        try write("write") { try report([happening], $0) }
    }

    /// Adds to the event of its kind that was not sent yet. Called within a transaction.
    func add(_ tally: OutboxTally, to recording: String?, _ database: Database) throws {
        guard rules != nil else { return }
        let open = try Row.fetchOne(
            database, sql: ReportSchema.open, arguments: [tally.kind.rawValue, recording])
        guard let open else {
            let happening = OutboxHappening(
                kind: tally.kind, recording: recording, values: tally.added(to: [:]))
            return try add(happening, isOpen: true, database)
        }
        let values = tally.added(to: Self.values(open["values"]))
        try database.execute(
            sql: ReportSchema.change, arguments: [Self.text(values), open["id"] as String])
    }

    private func add(
        _ happening: OutboxHappening, isOpen: Bool, _ database: Database
    ) throws {
        guard let rules else { return }
        let now = rules.now()
        try database.cachedStatement(sql: ReportSchema.add).execute(arguments: [
            Identity.newID(now), happening.kind.rawValue, OutboxRecording.milliseconds(now),
            happening.recording, Self.text(happening.values), isOpen,
        ])
        let count = try Int.fetchOne(database, sql: ReportSchema.count) ?? 0
        guard count > rules.eventsMax else { return }
        try database.execute(
            sql: ReportSchema.dropOldest, arguments: [count - rules.eventsMax])
        let dropped = database.changesCount
        // The event that tells it may be one too many itself; it is dropped for no other.
        if dropped > 0 { try add(.lost(dropped), to: nil, database) }
    }

    // MARK: Sending

    /// Whether something waits to be told.
    func hasReports() throws(OutboxError) -> Bool {
        try number(ReportSchema.waiting) == 1
    }

    /// How many events wait; of a journal from before there were any, none.
    func reportCount() throws(OutboxError) -> Int64 {
        guard try number(ReportSchema.isThere) == 1 else { return 0 }
        return try number(ReportSchema.waitingCount) ?? 0
    }

    /// The oldest events, and how the queue is now; nil: nothing waits. From here on nothing is
    /// added to them, so that whatever comes of sending them they can be sent again.
    func takeReport(freeBytes: Int64) throws(OutboxError) -> OutboxReport? {
        guard rules != nil, try hasReports() else { return nil }
        return try write("write") { database in
            try lookAtQueue(freeBytes: freeBytes, database)
            let rows = try Row.fetchAll(
                database, sql: ReportSchema.oldest, arguments: [OutboxReport.eventsMax])
            var report = OutboxReport()
            for row in rows {
                let event = Self.event(row)
                guard report.add(event) else { break }
                try database.execute(sql: ReportSchema.close, arguments: [event.id])
            }
            return report.events.isEmpty ? nil : report
        }
    }

    /// Only the last look is kept.
    private func lookAtQueue(freeBytes: Int64, _ database: Database) throws {
        guard let rules, let row = try Row.fetchOne(database, sql: ReportSchema.queue) else {
            return
        }
        try database.execute(sql: ReportSchema.removeQueue)
        let now = OutboxRecording.milliseconds(rules.now())
        let oldest: Int64? = row["oldest"]
        let values: [String: JSONValue] = [
            "recordings": .integer(row["recordings"]),
            "bytes": .integer(Int64(row["bytes"] as Double)),
            "oldestSeconds": .integer(max(0, oldest.map { (now - $0) / 1000 } ?? 0)),
            "diskFreeBytes": .integer(max(0, freeBytes)),
        ]
        try add(
            OutboxHappening(kind: .queue, recording: nil, values: values), isOpen: false,
            database)
    }

    /// The server has them.
    func removeReports(_ ids: [String]) throws(OutboxError) {
        try write("write") { database in
            let statement = try database.cachedStatement(sql: ReportSchema.remove)
            for id in ids { try statement.execute(arguments: [id]) }
        }
    }

    /// The server will never have it.
    func refuseReport(_ id: String) throws(OutboxError) {
        try execute(ReportSchema.refuse, [id])
    }

    private static func event(_ row: Row) -> TelemetryEvent {
        TelemetryEvent(
            id: row["id"], kind: row["kind"], at: row["at"],
            recording: (row["recording"] as String?).flatMap { RecordingID($0) },
            values: values(row["values"]))
    }

    private static func values(_ text: String) -> [String: JSONValue] {
        // What cannot be read was not written here; the event is worth telling without.
        let value = try? WireJSON.decode(JSONValue.self, from: Array(text.utf8))
        return value?.members ?? [:]
    }

    private static func text(_ values: [String: JSONValue]) -> String {
        String(decoding: WireJSON.encode(JSONValue.object(values)), as: UTF8.self)
    }
}
