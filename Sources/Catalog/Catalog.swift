import Foundation
import GRDB
package import Recordings

/// The list of all recordings, in SQLite: an index of log and manifests, which can always be built
/// again from them.
///
/// Every commit is durable (`synchronous = FULL`).
///
/// Blocks: every method, on disk. Runs on: one thread at a time.
package final class Catalog: Sendable {
    private let queue: DatabaseQueue

    /// Opens what is there, and checks it. O(bytes of the file).
    ///
    /// - Throws: a `CatalogError` that says whether `rebuild` is the way out.
    package static func open(path: String) throws(CatalogError) -> Catalog {
        guard FileManager.default.fileExists(atPath: path) else { throw .missing(path: path) }
        return try attempt("open") {
            let catalog = Catalog(queue: try connect(path: path))
            try catalog.queue.read(verify)
            return catalog
        }
    }

    /// Deletes what is at `path` and makes a catalog of `rows`, in one transaction: a catalog whose
    /// making was cut short is unusable when it is opened.
    package static func rebuild(
        path: String, rows: some Sequence<CatalogRow>
    ) throws(CatalogError) -> Catalog {
        try attempt("rebuild") {
            // The database first: without it, what is left of the others means nothing.
            for file in [path, path + "-wal", path + "-shm", path + "-journal"]
            where FileManager.default.fileExists(atPath: file) {
                try FileManager.default.removeItem(atPath: file)
            }
            let catalog = Catalog(queue: try connect(path: path))
            try catalog.queue.write { database in
                try database.execute(sql: CatalogSchema.create)
                try upsert(rows, in: database)
                try database.execute(sql: "PRAGMA user_version = \(CatalogSchema.version)")
            }
            return catalog
        }
    }

    private init(queue: DatabaseQueue) {
        self.queue = queue
    }

    /// Adds rows, or replaces those of the same id: all of them in one transaction, or none.
    package func upsert(_ rows: some Sequence<CatalogRow>) throws(CatalogError) {
        try Self.attempt("write") {
            try queue.write { try Self.upsert(rows, in: $0) }
        }
    }

    /// Marks recordings whose bytes are gone, in one transaction. Unknown ids are ignored.
    ///
    /// - Parameters:
    ///   - state: `deleted` or `expired`.
    ///   - time: RFC 3339 text.
    package func mark(
        _ ids: some Sequence<RecordingID>, as state: RecordingState, at time: String
    ) throws(CatalogError) {
        precondition(!state.hasBytes, "Only what is gone is marked")
        try Self.attempt("mark") {
            try queue.write { database in
                let statement = try database.cachedStatement(sql: CatalogSchema.mark)
                for id in ids { try statement.execute(arguments: [state.rawValue, time, id.text]) }
            }
        }
    }

    /// Forgets recordings, in one transaction. Unknown ids are ignored.
    package func remove(_ ids: some Sequence<RecordingID>) throws(CatalogError) {
        try Self.attempt("remove") {
            try queue.write { database in
                let statement = try database.cachedStatement(sql: CatalogSchema.remove)
                for id in ids { try statement.execute(arguments: [id.text]) }
            }
        }
    }

    package func row(_ id: RecordingID) throws(CatalogError) -> CatalogRow? {
        try rows(CatalogSchema.row, [id.text]).first
    }

    /// A page of the list, newest first.
    ///
    /// - Parameters:
    ///   - state: only these; nil: all whose bytes are kept.
    ///   - after: the last id of the page before.
    package func page(
        state: RecordingState? = nil, after: RecordingID? = nil, limit: Int
    ) throws(CatalogError) -> [CatalogRow] {
        let start = after?.text ?? CatalogSchema.newest
        if let state {
            return try rows(CatalogSchema.pageOfState, [state.rawValue, start, limit])
        }
        return try rows(CatalogSchema.page, [start, limit])
    }

    /// The recordings that are not finished, oldest first.
    package func active() throws(CatalogError) -> [CatalogRow] {
        try rows(CatalogSchema.active, [])
    }

    /// Recordings in a state that have not changed since `time` (RFC 3339 text), the oldest change
    /// first; `after`: the last of the page before. O(log recordings + limit).
    package func unchanged(
        _ state: RecordingState, since time: String, after: CatalogRow? = nil, limit: Int
    ) throws(CatalogError) -> [CatalogRow] {
        try rows(
            CatalogSchema.old,
            [state.rawValue, time, after?.updatedAt ?? "", after?.id.text ?? "", limit])
    }

    /// How many recordings there are in each state that has any. O(recordings).
    package func counts() throws(CatalogError) -> [RecordingState: Int] {
        try Self.attempt("read") {
            try queue.read { database in
                var counts: [RecordingState: Int] = [:]
                for row in try Row.fetchAll(database, sql: CatalogSchema.counts) {
                    if let state = RecordingState(rawValue: row["state"]) {
                        counts[state] = row["count"]
                    }
                }
                return counts
            }
        }
    }

    /// Moves the write-ahead log into the database and closes the file. Nothing works afterwards.
    package func close() throws(CatalogError) {
        try Self.attempt("close") { try queue.close() }
    }

    private func rows(
        _ sql: String, _ arguments: StatementArguments
    ) throws(CatalogError) -> [CatalogRow] {
        try Self.attempt("read") {
            try queue.read { database in
                let statement = try database.cachedStatement(sql: sql)
                return try Row.fetchAll(statement, arguments: arguments).map(CatalogRow.init)
            }
        }
    }

    private static func upsert(
        _ rows: some Sequence<CatalogRow>, in database: Database
    ) throws {
        let statement = try database.cachedStatement(sql: CatalogSchema.upsert)
        for row in rows { try statement.execute(arguments: row.arguments) }
    }

    private static func attempt<Value>(
        _ operation: String, _ body: () throws -> Value
    ) throws(CatalogError) -> Value {
        do {
            return try body()
        } catch {
            throw CatalogError(error, during: operation)
        }
    }
}
