package import Posix

/// A snapshot of the log.
package struct LogState: Sendable, Equatable {
    /// Segments with live frames, the current one among them.
    package var segmentsLive: Int
    /// Segments ready to be overwritten.
    package var segmentsFree: Int
    /// Payload bytes of live frames.
    package var bytesLive: Int
    /// What `logBytesMax` comes to in whole segments.
    package var bytesMax: Int
    /// Bytes that regular frames can still take; the reserve is not counted. Never below 0.
    package var bytesRoom: Int
    /// Payload bytes appended and not yet committed.
    package var bytesQueued: Int
    /// The lowest LSN that a recovery now could replay; a tombstone whose frames are all below
    /// may go. 0 as long as there is a segment that could not be read.
    package var oldestReplayableLSN: UInt64
    /// The oldest segment that holds live frames and takes no more: checkpoint this one first.
    package var oldestSegment: SegmentReference?
    /// The highest LSN on stable storage.
    package var lastLSN: UInt64
    /// The last batch went through.
    package var isHealthy: Bool
    /// The last failure, healthy or not.
    package var lastFailure: SystemError?
}
