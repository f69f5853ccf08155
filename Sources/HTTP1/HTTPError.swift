/// Why a message is refused. The connection is closed after the answer: what follows on it cannot
/// be read with certainty any more.
///
/// Offsets are bytes from the first byte of the head, or of the chunked body.
package enum HTTPError: Error, Sendable, Equatable {
    /// The bytes break the grammar, or could be read in two ways.
    case malformed(String, offset: Int)
    /// The request target is longer than `limitBytes` (RFC 9112 §3).
    case targetTooLong(limitBytes: Int)
    /// The head or the trailer section is longer than `limitBytes` (RFC 6585 §5).
    case headTooLarge(limitBytes: Int)
    /// More than `limit` field lines (RFC 6585 §5).
    case tooManyFields(limit: Int)
    /// A length above `HTTPLimits.lengthMax` (RFC 9110 §8.6, RFC 9112 §7.1).
    case contentTooLarge
    /// An expectation other than `100-continue` (RFC 9110 §10.1.1).
    case unsupportedExpectation
    /// A transfer coding other than chunked (RFC 9112 §6.1).
    case unsupportedCoding
    /// CONNECT, or a method longer than any known one (RFC 9110 §9.3.6, RFC 9112 §3).
    case unsupportedMethod
    /// A major version other than 1 (RFC 9110 §15.6.6).
    case unsupportedVersion

    /// The status code that answers the request.
    package var status: Int {
        switch self {
        case .malformed: 400
        case .contentTooLarge: 413
        case .targetTooLong: 414
        case .unsupportedExpectation: 417
        case .headTooLarge, .tooManyFields: 431
        case .unsupportedCoding, .unsupportedMethod: 501
        case .unsupportedVersion: 505
        }
    }

    /// What was wrong, for the answer's body and the log.
    package var reason: String {
        switch self {
        case .malformed(let detail, let offset): "\(detail) (byte \(offset))"
        case .contentTooLarge: "the length is no length of anything"
        case .targetTooLong(let limitBytes): "the target is longer than \(limitBytes) bytes"
        case .unsupportedExpectation: "the only expectation known is 100-continue"
        case .headTooLarge(let limitBytes): "the fields are longer than \(limitBytes) bytes"
        case .tooManyFields(let limit): "there are more than \(limit) fields"
        case .unsupportedCoding: "the only transfer coding known is chunked"
        case .unsupportedMethod: "the method is not implemented"
        case .unsupportedVersion: "the version is not HTTP/1.1 or HTTP/1.0"
        }
    }
}
