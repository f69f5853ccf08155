package import Posix

package enum LogError: Error, Equatable, Sendable {
    /// No room under `logBytesMax` or on the disk. Nothing was written; try again later.
    case full
    /// A write or a sync failed, and with it its whole batch. Nothing of it counts.
    case failed(SystemError)
    /// The log is closed, or closing.
    case closed
}
