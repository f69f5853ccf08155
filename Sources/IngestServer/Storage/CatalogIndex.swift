internal import Catalog
internal import DurableLog
internal import Posix
internal import Recordings
internal import Wire

/// The catalog behind the assembler: rows are collected and written many at a time, and frames
/// whose last proof is the log are let go of only when the rows are durable.
///
/// Runs on: the assembler's thread, but for `page` and `active`.
final class CatalogIndex: Sendable {
    typealias Row = CatalogRow

    private struct Waiting {
        /// The latest of each recording.
        var rows: [RecordingID: Row] = [:]
        var frames: [FrameLocation] = []
        var hasFailed = false
    }

    let catalog: Catalog
    private let waiting = Lock(Waiting())
    private let log: ChunkLog

    init(_ catalog: Catalog, _ log: ChunkLog) {
        self.catalog = catalog
        self.log = log
    }

    /// Rows that the catalog does not have yet.
    var waitingRows: [Row] { waiting.withLock { Array($0.rows.values) } }

    /// A page of the list, newest first. Blocks.
    func page(
        state: RecordingState?, after: RecordingID?, limit: Int
    ) throws(Problem) -> [Row] {
        do throws(CatalogError) {
            return try catalog.page(state: state, after: after, limit: limit)
        } catch {
            throw .internalError(detail: "The catalog could not be read: \(error)")
        }
    }

    /// See `Catalog.unchanged`. Blocks.
    func unchanged(
        _ state: RecordingState, since milliseconds: Int64, after: Row?, limit: Int
    ) throws(SystemError) -> [Row] {
        do throws(CatalogError) {
            return try catalog.unchanged(
                state, since: Timestamp.text(milliseconds: milliseconds), after: after,
                limit: limit)
        } catch {
            throw SystemError("read (\(error))", "the catalog", 5)
        }
    }

    /// Forgets recordings for good. Blocks: one transaction.
    func forget(_ ids: [RecordingID]) throws(SystemError) {
        do throws(CatalogError) { try catalog.remove(ids) } catch {
            throw SystemError("write (\(error))", "the catalog", 5)
        }
    }

    private static let rowsMax = 256

    /// Writes `row` with the next flush, then lets go of `frames`.
    func note(_ row: Row, then frames: [FrameLocation]) {
        waiting.withLock { waiting in
            waiting.rows[row.id] = row
            waiting.frames += frames
        }
    }

    /// The last attempt to write rows failed; they wait.
    var hasFailed: Bool { waiting.withLock { $0.hasFailed } }

    /// Blocks: one transaction. `force`: even if there are only a few rows. False: it did nothing.
    func flush(force: Bool) throws(SystemError) -> Bool {
        let batch = waiting.withLock { waiting -> Waiting? in
            let isDue = waiting.rows.count >= Self.rowsMax && !waiting.hasFailed
            guard !waiting.rows.isEmpty, force || isDue else { return nil }
            defer { waiting = Waiting() }
            return waiting
        }
        guard let batch else { return false }
        do throws(CatalogError) {
            try catalog.upsert(batch.rows.values)
        } catch {
            waiting.withLock { waiting in
                waiting.rows.merge(batch.rows) { newer, _ in newer }
                waiting.frames += batch.frames
                waiting.hasFailed = true
            }
            var isFull = false
            if case .full = error { isFull = true }
            throw SystemError("write (\(error))", "the catalog", isFull ? 28 : 5)
        }
        log.release(batch.frames)
        return true
    }
}

extension CatalogRow {
    func summary(_ retention: RetentionRules) -> RecordingSummary {
        var summary = RecordingSummary(
            id: id, state: state, mediaType: mediaType,
            createdAt: createdAt)
        summary.updatedAt = updatedAt
        summary.condition = condition
        summary.title = title
        summary.startedAt = startedAt
        summary.bytes = bytes
        summary.durationSeconds = durationSeconds
        if state == .finalized, let life = retention.finalizedFor {
            summary.expiresAt = Timestamp.milliseconds(updatedAt).map {
                Timestamp.text(milliseconds: $0 + life)
            }
        }
        return summary
    }
}
