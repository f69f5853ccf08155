internal import DurableLog
internal import Logging
internal import Posix
internal import Reactor
internal import Telemetry

/// What the chunk log reports, counted; what went wrong in it, logged as well.
final class LogMetrics: LogObserver {
    private let frames: Counter
    private let bytes: Counter
    private let syncs: Histogram
    private let writes: Histogram
    private let waits: Histogram
    private let framesPerCommit: Histogram
    private let failures: Counter
    private let damages: Counter
    private let chores: Counter
    private let logger: Logger

    init(_ registry: MetricsRegistry, _ logger: Logger) {
        self.logger = logger
        frames = registry.counter("holdfast_log_frames_total", "Frames made durable.")
        bytes = registry.counter(
            "holdfast_log_bytes_total", "Bytes made durable, headers and padding included.")
        syncs = registry.histogram(
            "holdfast_log_sync_seconds", "Time of one sync of the log.")
        writes = registry.histogram(
            "holdfast_log_write_seconds", "Time to write one batch before its sync.")
        waits = registry.histogram(
            "holdfast_log_pace_seconds",
            "Time that a batch waited because the log was nearly full.")
        framesPerCommit = registry.histogram(
            "holdfast_log_commit_frames", "Frames that one sync made durable.",
            buckets: [1, 2, 4, 8, 16, 32, 64, 128, 256, 1024])
        failures = registry.counter(
            "holdfast_log_failures_total", "Batches that could not be written or synced.")
        damages = registry.counter(
            "holdfast_log_damages_total", "Places found unreadable after having been synced.")
        chores = registry.counter(
            "holdfast_log_chore_failures_total", "Background work on segments that failed.")
    }

    /// Many connections hear of one commit: their loops are woken once.
    func complete(_ completions: () -> Void) { EventLoop.wakingTogether(completions) }

    func committed(_ batch: CommittedBatch) {
        frames.add(batch.frames)
        bytes.add(batch.bytes)
        if batch.wait > .zero { waits.observe(batch.wait) }
        syncs.observe(batch.sync)
        writes.observe(batch.write)
        framesPerCommit.observe(Double(batch.frames))
    }

    func failed(_ error: SystemError, frames: Int) {
        failures.add()
        logger.error(
            "the log could not be written", metadata: ["error": "\(error)", "frames": "\(frames)"])
    }

    func damaged(_ damage: LogDamage) {
        damages.add()
        logger.error(
            "the log is damaged",
            metadata: [
                "segment": "\(damage.segment)", "range": "\(damage.range)",
                "detail": "\(damage.detail)",
            ])
    }

    func choreFailed(_ error: SystemError) {
        chores.add()
        logger.warning("work on a log segment failed", metadata: ["error": "\(error)"])
    }
}
