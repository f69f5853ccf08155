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
        var rows: [Row] = []
        var frames: [FrameLocation] = []
    }

    let catalog: Catalog
    private let waiting = Lock(Waiting())
    private let log: ChunkLog

    init(_ catalog: Catalog, _ log: ChunkLog) {
        self.catalog = catalog
        self.log = log
    }

    /// Rows that the catalog does not have yet, in the order in which they came.
    var waitingRows: [Row] { waiting.withLock { $0.rows } }

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

    private static let rowsMax = 256

    /// Writes `row` with the next flush, then lets go of `frames`.
    func note(_ row: Row, then frames: [FrameLocation]) {
        waiting.withLock { waiting in
            waiting.rows.append(row)
            waiting.frames += frames
        }
    }

    /// Blocks: one transaction. `force`: even if there are only a few rows.
    func flush(force: Bool) throws(SystemError) {
        let batch = waiting.withLock { waiting -> Waiting? in
            guard !waiting.rows.isEmpty, force || waiting.rows.count >= Self.rowsMax else {
                return nil
            }
            defer { waiting = Waiting() }
            return waiting
        }
        guard let batch else { return }
        do throws(CatalogError) {
            try catalog.upsert(batch.rows)
        } catch {
            waiting.withLock { waiting in
                waiting.rows = batch.rows + waiting.rows
                waiting.frames += batch.frames
            }
            var isFull = false
            if case .full = error { isFull = true }
            throw SystemError("write (\(error))", "the catalog", isFull ? 28 : 5)
        }
        log.release(batch.frames)
    }
}

extension CatalogRow {
    var summary: RecordingSummary {
        var summary = RecordingSummary(
            id: id, state: state, mediaType: mediaType,
            createdAt: createdAt)
        summary.updatedAt = updatedAt
        summary.condition = condition
        summary.title = title
        summary.startedAt = startedAt
        summary.bytes = bytes
        summary.durationSeconds = durationSeconds
        return summary
    }
}
