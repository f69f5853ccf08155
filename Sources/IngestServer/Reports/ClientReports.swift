internal import Catalog
internal import Foundation
internal import Logging
internal import Reactor
internal import Recordings
internal import Telemetry
internal import Wire

/// What devices tell of themselves: taken in, kept, counted, and shown beside each recording.
///
/// Nothing that is promised of a recording depends on it.
actor ClientReports {
    let metrics: ReportMetrics
    let limits: Settings.Reports
    let clock: WallClock
    let logger: Logger
    private let thread: BlockingThread
    private let path: String
    private var opened: ClientEvents?
    private var isDeciding = false

    nonisolated var unownedExecutor: UnownedSerialExecutor {
        thread.asUnownedSerialExecutor()
    }

    /// - Parameter path: SQLite's file. It is opened with the first use.
    init(
        path: String, _ limits: Settings.Reports, _ registry: MetricsRegistry, _ logger: Logger,
        _ clock: WallClock
    ) {
        self.path = path
        self.limits = limits
        self.logger = logger
        self.clock = clock
        metrics = ReportMetrics(registry, arrivalSeconds: limits.arrivalSeconds)
        thread = BlockingThread(name: "reports")
    }

    deinit { thread.stop() }

    /// Takes in the body of `POST /telemetry`: all of it is durable when this returns.
    ///
    /// - Parameter isAllowed: whether the sender may tell of a recording.
    ///
    /// Errors: those of `TelemetryBatch.decode`, `event-invalid` also for what the sender may not
    /// tell; `insufficient-storage`, `overloaded`.
    func take(
        _ body: [UInt8], isAllowed: (RecordingID) async -> Bool = { _ in true }
    ) async throws(Problem) {
        var batch = try TelemetryBatch.decode(body)
        try await check(batch, isAllowed)
        let now = clock.milliseconds()
        let ahead = batch.sentAt.map { $0 - now } ?? 0
        for index in batch.events.indices { batch.events[index].at -= ahead }
        let events = Dictionary(batch.events.map { ($0.id, $0) }) { first, _ in first }
        let rows = batch.events.map { ClientEventRow($0, receivedAt: now) }
        let new: [ClientEventRow]
        do throws(CatalogError) {
            new = try store().add(
                rows, countMax: limits.telemetryEventsMax,
                oldestKept: now - Int64(limits.telemetryDaysMax) * 86_400_000
            ) { recording, before, rows in
                Self.fold(
                    recording, before, rows.compactMap { events[$0.id] }, now,
                    ahead: batch.sentAt == nil ? nil : ahead)
            }
        } catch { throw refusal(error) }
        metrics.stored.set(Double(opened?.count ?? 0))
        metrics.count(repeated: rows.count - new.count)
        for row in new { if let event = events[row.id] { metrics.count(event) } }
    }

    private func check(
        _ batch: TelemetryBatch, _ isAllowed: (RecordingID) async -> Bool
    ) async throws(Problem) {
        var allowed: Set<RecordingID> = []
        for (index, event) in batch.events.enumerated() {
            guard let id = event.recording, !allowed.contains(id) else { continue }
            guard await isAllowed(id) else {
                throw .eventInvalid(
                    index: index, event: event.id,
                    detail: "The recording is none that was created with this key.")
            }
            allowed.insert(id)
        }
    }

    /// What was told of a recording; nil: nothing, or it cannot be read now.
    func report(_ id: RecordingID) -> ClientReport? {
        // The device's side is an extra: without it the server's is still shown.
        do throws(CatalogError) {
            guard let row = try store().report(id.text), var report = row.decoded else {
                return nil
            }
            report.arrival = row.outcome
            return report
        } catch {
            failed(error)
            return nil
        }
    }

    func close() {
        do throws(CatalogError) { try opened?.close() } catch { failed(error) }
        opened = nil
    }

    // MARK: For the decisions

    func undecided(dueBefore time: Int64) throws(CatalogError) -> [ClientReportRow] {
        try store().undecided(dueBefore: time, limit: 1000)
    }

    func overdue() throws(CatalogError) -> [ClientReportRow] { try store().overdue(limit: 100) }

    func row(_ id: String) throws(CatalogError) -> ClientReportRow? { try store().report(id) }

    func save(_ decisions: [ArrivalDecision], at now: Int64) throws(CatalogError) {
        try store().decide(decisions, seenAt: now)
        metrics.overdue.set(Double(try store().overdueCount()))
        metrics.stored.set(Double(opened?.count ?? 0))
    }

    func failed(_ error: CatalogError) {
        metrics.failures.add()
        logger.warning("what clients told cannot be kept", metadata: ["error": "\(error)"])
    }

    /// One decides at a time. False: somebody does.
    func beginDeciding() -> Bool {
        defer { isDeciding = true }
        return !isDeciding
    }

    func endDeciding() { isDeciding = false }

    // MARK: Storage

    private func store() throws(CatalogError) -> ClientEvents {
        if let opened { return opened }
        let store: ClientEvents
        do throws(CatalogError) { store = try ClientEvents(path: path) } catch {
            guard error.needsRebuild else { throw error }
            try setAside(because: error)
            store = try ClientEvents(path: path)
        }
        opened = store
        return store
    }

    private func setAside(because error: CatalogError) throws(CatalogError) {
        let aside = "\(path).damaged-\(clock.milliseconds())"
        logger.error(
            "what clients told cannot be read and is set aside",
            metadata: ["file": "\(aside)", "error": "\(error)"])
        do {
            for ending in ["-wal", "-shm", ""]
            where FileManager.default.fileExists(atPath: path + ending) {
                try FileManager.default.moveItem(atPath: path + ending, toPath: aside + ending)
            }
        } catch { throw .failed(operation: "set aside", detail: "\(error)") }
    }

    private func refusal(_ error: CatalogError) -> Problem {
        failed(error)
        if case .full = error {
            return .insufficientStorage(
                retryAfterSeconds: 60,
                detail: "The server's disk is full. Keep the events and send them again later.")
        }
        return .overloaded(
            retryAfterSeconds: 60,
            detail: "The events could not be stored. Keep them and send them again later.")
    }

    private static func fold(
        _ recording: String, _ before: ClientReportRow?, _ events: [TelemetryEvent],
        _ now: Int64, ahead: Int64?
    ) -> ClientReportRow {
        var report = before?.decoded ?? ClientReport()
        for event in events { report.take(event) }
        report.lastSeenAt = Timestamp.text(milliseconds: now)
        if let ahead { report.clockAheadMilliseconds = ahead }
        var row =
            before
            ?? ClientReportRow(recording: recording, report: "", dueAt: nil, seenAt: now)
        row.report = String(decoding: WireJSON.encode(report), as: UTF8.self)
        row.seenAt = now
        row.dueAt = report.deletedAt == nil ? report.dueAt.flatMap(Timestamp.milliseconds) : nil
        return row
    }
}

extension ClientEventRow {
    init(_ event: TelemetryEvent, receivedAt: Int64) {
        self.init(
            id: event.id, kind: event.kind, at: event.at, receivedAt: receivedAt,
            recording: event.recording?.text,
            values: String(
                decoding: WireJSON.encode(JSONValue.object(event.values)), as: UTF8.self))
    }
}

extension ClientReportRow {
    var decoded: ClientReport? {
        // What this version cannot read is told anew by the next event.
        try? WireJSON.decode(ClientReport.self, from: Array(report.utf8))
    }
}
