internal import Foundation
internal import GRDB

/// What clients told, in SQLite: every event once, and what the events of a recording come to.
///
/// A file of its own: the catalog is an index that may be rebuilt at any time, this cannot be.
/// SQLite, because an event must be found by its id to be counted once, and is dropped by age.
/// Every commit is durable (`synchronous = FULL`).
///
/// Blocks: every method, on disk. Runs on: one thread at a time.
package final class ClientEvents {
    private let queue: DatabaseQueue
    /// How many events there are.
    package private(set) var count: Int

    /// Opens what is there, or begins anew.
    ///
    /// Errors: `unusable` for a file that is damaged or of another layout.
    package init(path: String) throws(CatalogError) {
        (queue, count) = try Self.attempt("open") {
            let queue = try Catalog.connect(path: path)
            let count = try queue.write { database in
                let version = try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
                if version == 0 {
                    try database.execute(sql: ClientEventsSchema.create)
                    try database.execute(
                        sql: "PRAGMA user_version = \(ClientEventsSchema.version)")
                } else if version != ClientEventsSchema.version {
                    throw CatalogError.unusable(detail: "Its layout is \(version).")
                }
                return try Int.fetchOne(database, sql: ClientEventsSchema.count) ?? 0
            }
            return (queue, count)
        }
    }

    /// Keeps those events that are not here yet, in one transaction, and returns them.
    ///
    /// - Parameters:
    ///   - countMax: beyond it the oldest go, and the reports that are as old.
    ///   - oldestKept: what came or was last heard of before this goes; milliseconds since 1970.
    ///   - fold: from the report that is there and the recording's new events makes the next.
    package func add(
        _ events: [ClientEventRow], countMax: Int, oldestKept: Int64,
        fold: (String, ClientReportRow?, [ClientEventRow]) -> ClientReportRow
    ) throws(CatalogError) -> [ClientEventRow] {
        let (new, left) = try Self.attempt("write") {
            try queue.write { database in
                let new = try Self.insert(events, database)
                let byRecording = Dictionary(
                    grouping: new.filter { $0.recording != nil }
                ) { $0.recording ?? "" }
                for (recording, events) in byRecording {
                    let before = try Self.report(recording, database)
                    try Self.save(fold(recording, before, events), database)
                }
                let dropped = try Self.drop(
                    count + new.count - countMax, oldestKept: oldestKept, database)
                return (new, count + new.count - dropped)
            }
        }
        count = left
        return new
    }

    /// What the events of `recording` come to; nil: there are none.
    package func report(_ recording: String) throws(CatalogError) -> ClientReportRow? {
        try read { try Self.report(recording, $0) }
    }

    /// The events of `recording` in the order in which they happened.
    package func events(
        of recording: String, limit: Int = 10_000
    ) throws(CatalogError) -> [ClientEventRow] {
        try read { database in
            try Row.fetchAll(
                database, sql: ClientEventsSchema.events, arguments: [recording, limit]
            ).map(ClientEventRow.init)
        }
    }

    /// Those that are due since `time`, or longer, and of which it is not decided whether they
    /// arrived in time.
    package func undecided(
        dueBefore time: Int64, limit: Int
    ) throws(CatalogError) -> [ClientReportRow] {
        try reports(ClientEventsSchema.undecided, [time, limit])
    }

    /// Those that are late and have not arrived, the newest first.
    package func overdue(limit: Int) throws(CatalogError) -> [ClientReportRow] {
        try reports(ClientEventsSchema.overdue, [limit])
    }

    package func overdueCount() throws(CatalogError) -> Int {
        try read { try Int.fetchOne($0, sql: ClientEventsSchema.overdueCount) ?? 0 }
    }

    /// Writes decisions down, in one transaction; also of recordings that nobody told of.
    package func decide(
        _ decisions: [ArrivalDecision], seenAt: Int64
    ) throws(CatalogError) {
        guard !decisions.isEmpty else { return }
        try Self.attempt("write") {
            try queue.write { database in
                let statement = try database.cachedStatement(sql: ClientEventsSchema.decide)
                for decision in decisions {
                    try statement.execute(arguments: [
                        decision.recording, seenAt, decision.outcome, decision.arrivedAt,
                    ])
                }
            }
        }
    }

    /// Moves the write-ahead log into the database and closes the file.
    package func close() throws(CatalogError) { try Self.attempt("close") { try queue.close() } }

    // MARK: Statements

    private static func insert(
        _ events: [ClientEventRow], _ database: Database
    ) throws -> [ClientEventRow] {
        let statement = try database.cachedStatement(sql: ClientEventsSchema.add)
        return try events.filter { event in
            try statement.execute(arguments: [
                event.id, event.kind, event.at, event.receivedAt, event.recording, event.values,
            ])
            return database.changesCount > 0
        }
    }

    /// Returns how many events went.
    private static func drop(
        _ excess: Int, oldestKept: Int64, _ database: Database
    ) throws -> Int {
        try database.execute(sql: ClientEventsSchema.dropBefore, arguments: [oldestKept])
        var dropped = database.changesCount
        if excess > dropped {
            try database.execute(
                sql: ClientEventsSchema.dropOldest, arguments: [excess - dropped])
            dropped += database.changesCount
            try database.execute(sql: ClientEventsSchema.dropReportsWithoutEvents)
        }
        try database.execute(
            sql: ClientEventsSchema.dropReportsBefore, arguments: [oldestKept])
        return dropped
    }

    private static func report(
        _ recording: String, _ database: Database
    ) throws -> ClientReportRow? {
        let statement = try database.cachedStatement(sql: ClientEventsSchema.report)
        return try Row.fetchOne(statement, arguments: [recording]).map(ClientReportRow.init)
    }

    private static func save(_ report: ClientReportRow, _ database: Database) throws {
        try database.cachedStatement(sql: ClientEventsSchema.saveReport)
            .execute(arguments: report.arguments)
    }

    private func reports(
        _ sql: String, _ arguments: StatementArguments
    ) throws(CatalogError) -> [ClientReportRow] {
        try read { database in
            try Row.fetchAll(database, sql: sql, arguments: arguments).map(ClientReportRow.init)
        }
    }

    private func read<Value>(_ body: (Database) throws -> Value) throws(CatalogError) -> Value {
        try Self.attempt("read") { try queue.read(body) }
    }

    private static func attempt<Value>(
        _ operation: String, _ body: () throws -> Value
    ) throws(CatalogError) -> Value {
        do { return try body() } catch { throw CatalogError(error, during: operation) }
    }
}
