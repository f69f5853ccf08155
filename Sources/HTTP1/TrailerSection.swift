/// The fields behind the last chunk (RFC 9112 §7.1.2): checked as a head's are, then dropped, so
/// none of them can change what the head said (RFC 9110 §6.5.1). Those that would frame or route
/// the message, were they merged by another reader, are refused.
struct TrailerSection: Sendable {
    private enum Place: Sendable {
        case lineStart
        case name
        case value
        case lineEnd
        case lastLineEnd
    }

    private var place = Place.lineStart
    private var byteCount = 0
    private var fieldCount = 0
    /// Of the line at hand, in lower case, as far as a forbidden name could be long.
    private var name: [UInt8] = []

    /// Takes the next byte.
    ///
    /// - Returns: true when it was the section's last.
    mutating func advance(
        _ byte: UInt8, _ limits: HTTPLimits, offset: Int
    ) throws(HTTPError) -> Bool {
        byteCount += 1
        guard byteCount <= limits.trailerBytesMax else {
            throw .headTooLarge(limitBytes: limits.trailerBytesMax)
        }
        switch place {
        case .lineStart:
            if byte == Characters.carriageReturn {
                place = .lastLineEnd
                return false
            }
            fieldCount += 1
            guard fieldCount <= limits.fieldCountMax else {
                throw .tooManyFields(limit: limits.fieldCountMax)
            }
            guard Characters.token.contains(byte) else { throw notAName(offset) }
            name = [Characters.lowercased(byte)]
            place = .name
        case .name:
            if byte == Characters.colon {
                if Self.forbidden.contains(name) {
                    throw .malformed("a trailer frames or routes the message", offset: offset)
                }
                place = .value
            } else if !Characters.token.contains(byte) {
                throw notAName(offset)
            } else if name.count <= Self.forbiddenBytesMax {
                name.append(Characters.lowercased(byte))
            }
        case .value:
            if byte == Characters.carriageReturn {
                place = .lineEnd
            } else if !Characters.isFieldContent(byte) {
                throw .malformed("a trailer's value holds a control character", offset: offset)
            }
        case .lineEnd, .lastLineEnd:
            guard byte == Characters.lineFeed else {
                throw .malformed("a trailer holds CR without LF", offset: offset)
            }
            if case .lastLineEnd = place { return true }
            place = .lineStart
        }
        return false
    }

    /// What says where a message ends, whom it is for, or how it goes on.
    private static let forbidden: [[UInt8]] = [
        "content-length", "transfer-encoding", "host", "connection", "te", "trailer", "upgrade",
        "expect", "authorization",
    ].map { Array($0.utf8) }
    private static let forbiddenBytesMax = 17

    private func notAName(_ offset: Int) -> HTTPError {
        .malformed("a trailer's name must be a token and a colon", offset: offset)
    }
}
