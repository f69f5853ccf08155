internal import Foundation
internal import GRDB

/// The outbox's tables in SQLite. Every commit is on stable storage when it returns.
///
/// Blocks: every method, on disk.
struct Journal: Sendable {
    private let queue: DatabaseQueue
    /// How events are noted; nil: they are not.
    let rules: ReportRules?

    /// Opens what is there, or begins a new one.
    ///
    /// - Parameter rules: how events are noted for the server; nil notes none and forgets those
    ///   that are there.
    ///
    /// Errors: `damaged`; `unusable` if it is of a later version, or may not be opened.
    init(
        path: String, isReadOnly: Bool = false, rules: ReportRules? = nil
    ) throws(OutboxError) {
        self.rules = rules
        let folder = (path as NSString).deletingLastPathComponent
        do {
            queue =
                try isReadOnly
                ? Self.connectReadOnly(path) : Self.connect(path, isReporting: rules != nil)
        } catch let error as DatabaseError
            where [.SQLITE_CORRUPT, .SQLITE_NOTADB].contains(error.resultCode)
        {
            throw .damaged(folder: folder, reason: error.message ?? "\(error)")
        } catch {
            throw .unusable(folder: folder, reason: "its journal: \(error)")
        }
    }

    private static func connect(
        _ path: String, isReporting: Bool
    ) throws -> DatabaseQueue {
        var configuration = Configuration()
        configuration.label = "outbox"
        configuration.journalMode = .wal
        configuration.busyMode = .timeout(5)
        let queue = try DatabaseQueue(path: path, configuration: configuration)
        try queue.inDatabase { database in
            // GRDB sets NORMAL with the journal mode, which loses the last commits in a power cut.
            try database.execute(sql: "PRAGMA synchronous = FULL")
            let synchronous = try Int.fetchOne(database, sql: "PRAGMA synchronous")
            let mode = try String.fetchOne(database, sql: "PRAGMA journal_mode")
            guard synchronous == 2, mode == "wal" else {
                throw DatabaseError(message: "it does not sync its commits")
            }
        }
        try queue.write { database in
            let version = try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
            if version == 0 {
                try database.execute(sql: JournalSchema.create)
                try database.execute(sql: "PRAGMA user_version = \(JournalSchema.version)")
            }
            try check(database)
            // It changes nothing of what a program without it knows: no other version.
            try database.execute(sql: ReportSchema.create)
            if !isReporting { try database.execute(sql: ReportSchema.removeAll) }
        }
        return queue
    }

    private static func connectReadOnly(_ path: String) throws -> DatabaseQueue {
        do { return try readOnly(path) } catch let error as DatabaseError
            where [.SQLITE_CANTOPEN, .SQLITE_READONLY].contains(error.resultCode)
        {
            return try copied(path)
        }
    }

    /// What is read where nothing can be written: SQLite wants a file of its own beside a journal.
    /// Into memory, by way of a copy that is gone afterwards.
    private static func copied(_ path: String) throws -> DatabaseQueue {
        let files = FileManager.default
        let folder = files.temporaryDirectory.appending(path: "holdfast-\(UUID().uuidString)").path
        try files.createDirectory(
            atPath: folder, withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700])
        // What is left of it the system clears in time.
        defer { try? files.removeItem(atPath: folder) }
        let copy = folder + "/outbox.sqlite"
        for ending in ["", "-wal"] where files.fileExists(atPath: path + ending) {
            try files.copyItem(atPath: path + ending, toPath: copy + ending)
        }
        let memory = try DatabaseQueue()
        try readOnly(copy).backup(to: memory)
        return memory
    }

    private static func readOnly(_ path: String) throws -> DatabaseQueue {
        var configuration = Configuration()
        configuration.label = "outbox list"
        configuration.readonly = true
        configuration.busyMode = .timeout(5)
        let queue = try DatabaseQueue(path: path, configuration: configuration)
        try queue.read(check)
        return queue
    }

    private static func check(_ database: Database) throws {
        let version = try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
        guard version == JournalSchema.version else {
            throw DatabaseError(
                message: "its layout is \(version), this program knows \(JournalSchema.version)")
        }
    }

    /// What SQLite finds wrong with the file; nil: nothing. O(bytes of the journal).
    func damage() throws(OutboxError) -> String? {
        let found = try read("check") { database in
            try String.fetchOne(database, sql: "PRAGMA quick_check(1)") ?? "no answer"
        }
        return found == "ok" ? nil : found
    }

    // MARK: Reading

    func recordings(
        _ sql: String, _ arguments: StatementArguments = []
    ) throws(OutboxError) -> [OutboxRecording] {
        try read("read") { database in
            let statement = try database.cachedStatement(sql: sql)
            return try Row.fetchAll(statement, arguments: arguments).map(OutboxRecording.init)
        }
    }

    func number(
        _ sql: String, _ arguments: StatementArguments = []
    ) throws(OutboxError) -> Int64? {
        try read("read") { try Int64.fetchOne($0, sql: sql, arguments: arguments) }
    }

    // MARK: Writing, each in one transaction

    func save(_ recording: OutboxRecording) throws(OutboxError) {
        try write("write") { database in
            try Self.save(recording, database)
            try report(OutboxHappening.between(nil, recording), database)
        }
    }

    /// Changes what is there. Returns it as it is now. What the change tells a server is noted
    /// in the same transaction.
    ///
    /// - Parameter tally: what happened beside it.
    func update(
        _ id: String, _ tally: OutboxTally? = nil,
        _ change: (inout OutboxRecording) throws -> Void
    ) throws(OutboxError) -> OutboxRecording {
        try write("write") { database in
            let statement = try database.cachedStatement(sql: JournalSchema.recording)
            guard let row = try Row.fetchOne(statement, arguments: [id]) else {
                throw OutboxError.unknown(id: id)
            }
            let before = try OutboxRecording(row)
            var recording = before
            try change(&recording)
            if recording != before { try Self.save(recording, database) }
            try report(OutboxHappening.between(before, recording), database)
            if let tally { try add(tally, to: recording.serverID, database) }
            return recording
        }
    }

    /// Adds chunks behind the last one. Returns the recording as it is now.
    func add(
        _ chunks: [OutboxChunk], to id: String, durationSeconds: Double? = nil
    ) throws(OutboxError) -> OutboxRecording {
        try write("write") { database in
            let read = try database.cachedStatement(sql: JournalSchema.recording)
            guard let row = try Row.fetchOne(read, arguments: [id]) else {
                throw OutboxError.unknown(id: id)
            }
            var recording = try OutboxRecording(row)
            let add = try database.cachedStatement(sql: JournalSchema.addChunk)
            for chunk in chunks {
                precondition(
                    chunk.offset == recording.byteCount && chunk.sequence == recording.chunkCount,
                    "A chunk follows the one before")
                try add.execute(arguments: [
                    id, chunk.sequence, chunk.offset, chunk.byteCount, chunk.crc32c,
                ])
                recording.byteCount += chunk.byteCount
                recording.chunkCount += 1
            }
            if let durationSeconds { recording.durationSeconds = durationSeconds }
            try Self.save(recording, database)
            return recording
        }
    }

    func execute(_ sql: String, _ arguments: StatementArguments) throws(OutboxError) {
        try write("write") { try $0.execute(sql: sql, arguments: arguments) }
    }

    /// Moves the write-ahead log into the database and closes the file.
    func close() throws(OutboxError) {
        do { try queue.close() } catch { throw .wrapping(error, "close its journal") }
    }

    private static func save(_ recording: OutboxRecording, _ database: Database) throws {
        try database.cachedStatement(sql: JournalSchema.save)
            .execute(arguments: recording.arguments)
    }

    func read<Value>(
        _ operation: String, _ body: (Database) throws -> Value
    ) throws(OutboxError) -> Value {
        do { return try queue.read(body) } catch {
            throw .wrapping(error, "\(operation) its journal")
        }
    }

    func write<Value>(
        _ operation: String, _ body: (Database) throws -> Value
    ) throws(OutboxError) -> Value {
        do { return try queue.write(body) } catch {
            throw .wrapping(error, "\(operation) its journal")
        }
    }
}
