public import Foundation

/// Where files go, and how.
public struct SendOptions: Sendable {
    /// The server's address; a path in front of the protocol's own is kept.
    public var server: URL
    /// The application's key, without which a closed server takes no new recording.
    public var applicationKey: String?
    /// At least 16 bytes that nobody else knows: a recording's token follows from them and its id,
    /// so that sending a file again goes on where it stopped. Without them recordings have no
    /// token, which only an open server takes.
    public var tokenSecret: [UInt8]?
    /// The media type of the recordings; nil tells it by the file's name.
    public var mediaType: String?
    /// The bytes of one chunk, at least 1. Sending a file again goes on where it stopped only if
    /// it is cut in the same way.
    public var chunkBytes: Int64 = 1 << 20
    /// So many chunks are on their way at once, at least 1.
    public var inFlightMax = 4
    /// When and how often a request is tried again.
    public var retries = RetryPolicy()

    /// Defaults for everything but the server.
    public init(server: URL) { self.server = server }
}

/// What happens while a file is being sent. Offsets and lengths are bytes.
public enum SendEvent: Sendable, Equatable {
    /// The recording is there; so much of it the server had before.
    case started(bytesAlreadyThere: Int64, byteCount: Int64)
    /// The server has acknowledged so much.
    case acknowledged(bytes: Int64, byteCount: Int64)
    /// A request failed and is sent again after a wait.
    case retrying(attempt: Int, reason: String, after: Duration)
    /// Everything is acknowledged; the server makes the artifact.
    case finalizing
}

/// A file that the server has, whole and finalized.
public struct SendResult: Sendable, Equatable {
    /// The file, as it was named.
    public let path: String
    /// The recording's id: a UUID, lower case.
    public let id: String
    /// The file's length in bytes.
    public let byteCount: Int64
    /// What was not there before.
    public let bytesSent: Int64
    /// The recording's status document on the server.
    public let status: URL
    /// The finished file on the server.
    public let media: URL
    /// `complete` or `damaged`.
    public let condition: String?
    /// SHA-256 of the bytes as the server has them, a structured field (RFC 9651 3.3.5).
    public let receivedDigest: String?
}
