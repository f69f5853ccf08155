/// Everything that a request can be refused for: one case for each row of the protocol's table.
///
/// The single map from an error to status, type, text and the members that let a client go on
/// (RFC 9457).
package enum Problem: Error, Sendable, Equatable {
    // What is stored contradicts what is sent.
    case chunkConflict(start: Int64, end: Int64, storedDigest: String, receivedDigest: String)
    case sequenceMismatch(expectedOffset: Int64?, expectedSequence: Int64?)
    case gaps(missing: [Range<Int64>], missingSequences: [Range<Int64>])
    /// `artifact` is the link to it.
    case alreadyFinalized(artifact: String)
    case finalizeConflict(stored: FinalizeRequest)
    case recordingDigestMismatch(computed: String)
    case creationConflict
    /// `end` is the end of the stored bytes.
    case lengthExceeded(length: Int64, end: Int64)
    case tooFarAhead(windowBytes: Int64, prefix: Int64)

    // The chunk itself is wrong.
    case chunkEmpty
    case digestMismatch(computed: String)
    case digestInvalid(detail: String)
    case digestUnsupported(supported: [String])
    case chunkTooLarge(limitBytes: Int64)
    case recordingTooLarge(limitBytes: Int64)

    // The request is wrong.
    case badRequest(detail: String)
    /// `index` in the batch; `event` is its id, if it can be read.
    case eventInvalid(index: Int, event: String?, detail: String)
    case batchTooLarge(limitEvents: Int, limitBytes: Int)
    case unauthorized(Lack)
    case forbidden
    case notFound
    /// The recording has no waveform; with `retryAfterSeconds`, not yet.
    case noWaveform(retryAfterSeconds: Int?, detail: String)
    case methodNotAllowed(allow: [String])
    case gone(reason: GoneReason)
    case lengthRequired
    case unsupportedMediaType
    /// `byteCount` is how long the artifact is.
    case rangeNotSatisfiable(byteCount: Int64)

    // The server cannot now.
    case tooManyRequests(retryAfterSeconds: Int)
    case overloaded(retryAfterSeconds: Int, detail: String)
    case insufficientStorage(retryAfterSeconds: Int, detail: String)
    case internalError(detail: String)

    /// What a request lacks that nobody may be allowed.
    package enum Lack: String, Sendable, CaseIterable {
        /// It shows no credential at all.
        case credential
        /// What it shows is unknown here, was revoked, or has expired.
        case validCredential = "valid-credential"
        /// A creation names no token for the recording.
        case token
        /// A creation shows no application key.
        case applicationKey = "application-key"
        /// The application key is unknown here, was revoked, or has expired.
        case validApplicationKey = "valid-application-key"
    }

    /// Why a recording is gone for good.
    package enum GoneReason: String, Sendable, Codable, CaseIterable {
        /// By request: the client asks its user.
        case deleted
        /// By retention: the client creates a new recording that `replaces` this one.
        case expired
    }

    /// A chunk without a digest, where the server wants one.
    package static let digestRequired = Problem.digestInvalid(
        detail: "The chunk carries no digest: send Content-Digest with sha-256 or crc32c.")
}
