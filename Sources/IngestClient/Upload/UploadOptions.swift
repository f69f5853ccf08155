public import Foundation

/// Where an outbox is sent, and how.
public struct UploadOptions: Sendable {
    /// The server's address; a path in front of the protocol's own is kept.
    public var server: URL
    /// The application's key, without which a closed server takes no new recording.
    public var applicationKey: String?
    /// So many requests are on their way at once, at least 2: one is always left for what is
    /// being recorded.
    public var inFlightMax = 4
    /// When and how often a recording is tried again before it is parked.
    public var retries = RetryPolicy()
    /// The longest wait between two looks whether a server that was gone is back.
    public var probeDelayMax: Duration = .seconds(60)
    /// What was parked because the server was gone goes on by itself for so long.
    public var resumeWindowSeconds: Int64 = 12 * 3600
    /// Without an acknowledged byte for so long, plus the time that the bytes on their way may
    /// take at `leastBytesPerSecond`, requests are taken for lost.
    public var stallTimeout: Duration = .seconds(30)
    /// The slowest line that is worth waiting for, in bytes per second.
    public var leastBytesPerSecond: Int64 = 16 << 10

    /// Defaults for everything but the server.
    public init(server: URL) { self.server = server }
}

/// What happens while an outbox is sent. Counts are bytes.
public enum UploadEvent: Sendable, Equatable {
    /// The server has so much of it from before.
    case started(id: String, acknowledgedBytes: Int64, byteCount: Int64)
    /// The server has acknowledged so much of what is recorded so far.
    case acknowledged(id: String, acknowledgedBytes: Int64, byteCount: Int64)
    /// Something did not get through and is tried again after a wait.
    case retrying(id: String, attempt: Int, reason: String, after: Duration)
    /// The server does not answer; it is looked after again after a wait.
    case serverGone(attempt: Int, reason: String, after: Duration)
    /// The server answers again.
    case serverBack
    /// Everything is acknowledged; the server makes the artifact.
    case finalizing(id: String)
    /// The server has confirmed every byte. `condition`: `complete` or `damaged`.
    case sent(id: String, condition: String?)
    /// Automatic retries are used up, or the user must decide.
    case parked(id: String, reason: String)
    /// It cannot be sent as it is.
    case failed(id: String, reason: String)
    /// The outbox itself does not work: a full disk, say. Sending goes on after a wait.
    case outboxTrouble(reason: String)
}
