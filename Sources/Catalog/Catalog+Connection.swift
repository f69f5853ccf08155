import GRDB

extension Catalog {
    /// A connection whose commits are on stable storage when they return.
    static func connect(path: String) throws -> DatabaseQueue {
        var configuration = Configuration()
        configuration.label = "catalog"
        configuration.journalMode = .wal
        configuration.busyMode = .timeout(5)
        let queue = try DatabaseQueue(path: path, configuration: configuration)
        try queue.inDatabase { database in
            // GRDB sets NORMAL with the journal mode, which loses the last commits in a power cut.
            try database.execute(sql: "PRAGMA synchronous = FULL")
            let synchronous = try Int.fetchOne(database, sql: "PRAGMA synchronous")
            let journal = try String.fetchOne(database, sql: "PRAGMA journal_mode")
            guard synchronous == 2, journal == "wal" else {
                throw CatalogError.failed(
                    operation: "open",
                    detail: "synchronous reads \(synchronous ?? -1), journal \(journal ?? "none")")
            }
        }
        return queue
    }

    /// Throws `CatalogError.unusable` unless the layout is this one and the file is sound.
    static func verify(_ database: Database) throws {
        let version = try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
        guard version == CatalogSchema.version else {
            throw CatalogError.unusable(detail: "Its layout is \(version).")
        }
        let check = try String.fetchOne(database, sql: "PRAGMA quick_check(1)") ?? "no answer"
        guard check == "ok" else { throw CatalogError.unusable(detail: check) }
    }
}
