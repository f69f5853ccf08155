package import Posix

package enum LogError: Error, Equatable, Sendable {
    /// No room under `logBytesMax` or on the disk. Nothing was written; try again later.
    case full
    /// A write or a sync failed, and with it its whole batch. Nothing of it counts.
    case failed(SystemError)
    /// A segment says that 2^61 frames or more were written, or as many segments: what followed
    /// would soon not be read again, so the log is not opened.
    case usedUp
    /// The log is closed, or closing.
    case closed
}
