package import Posix

/// Hears what goes on in the log. Every call must return quickly and must not call the log.
package protocol LogObserver: Sendable {
    /// Runs the completions of a batch: `completions`, once, before it returns. Whoever they
    /// wake can be woken together. Runs on: the log's thread.
    func complete(_ completions: () -> Void)
    /// A batch is on stable storage and its completions have run. Runs on: the log's thread.
    func committed(_ batch: CommittedBatch)
    /// A batch failed and its completions have run. Runs on: the log's thread.
    func failed(_ error: SystemError, frames: Int)
    /// Something stored is unreadable. Runs on: the caller of `open`.
    func damaged(_ damage: LogDamage)
    /// Work on a segment in the background failed (growing, sealing, marking it free); the log
    /// goes on without. Runs on: the log's threads, or the caller of `open`.
    func choreFailed(_ error: SystemError)
}

extension LogObserver {
    package func complete(_ completions: () -> Void) { completions() }
}

/// Figures of one commit.
package struct CommittedBatch: Sendable {
    package let frames: Int
    /// With headers and padding.
    package let bytes: Int
    /// Before it was written, because the log was nearly full.
    package let wait: Duration
    package let write: Duration
    package let sync: Duration
    package let lastLSN: UInt64
}

/// A place in the log that recovery could not read although it had been synced.
package struct LogDamage: Sendable, Equatable {
    package let segment: UInt32
    /// Zero-based bytes in the segment's file.
    package let range: Range<Int64>
    /// The frame whose payload is hit; nil when the frames in `range` are not known.
    package let frame: Frame?
    /// Of that frame's payload; 0 when it is not known.
    package let payloadBytes: Int
    package let detail: String

    package init(
        segment: UInt32, range: Range<Int64>, frame: Frame? = nil, payloadBytes: Int = 0,
        detail: String
    ) {
        self.segment = segment
        self.range = range
        self.frame = frame
        self.payloadBytes = payloadBytes
        self.detail = detail
    }
}
