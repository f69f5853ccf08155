/// A request line, read but not copied (RFC 9112 §3): ranges of the head's bytes.
struct RequestLine: Sendable {
    var method: Range<Int>
    var target: RequestTarget
    var version: HTTPVersion

    /// Reads `method SP target SP version`, with exactly one space between.
    ///
    /// - Parameter line: not empty, without its CRLF.
    static func parse(
        _ bytes: Span<UInt8>, _ line: Range<Int>, _ limits: HTTPLimits
    ) throws(HTTPError) -> RequestLine {
        let methodEnd = try methodEnd(bytes, line, limits)
        let targetStart = methodEnd + 1
        var targetEnd = targetStart
        while targetEnd < line.upperBound, bytes[targetEnd] != Characters.space { targetEnd += 1 }
        guard targetEnd - targetStart <= limits.targetBytesMax else {
            throw .targetTooLong(limitBytes: limits.targetBytesMax)
        }
        guard targetEnd < line.upperBound else {
            throw .malformed("a request line needs a target and a version", offset: targetEnd)
        }
        let version = try version(bytes, targetEnd + 1..<line.upperBound)
        let method = line.lowerBound..<methodEnd
        // A tunnel is no business of an origin server (RFC 9110 §9.3.6).
        if same(bytes, method, "CONNECT") { throw .unsupportedMethod }
        let target = try RequestTarget.parse(
            bytes, targetStart..<targetEnd, isOptions: same(bytes, method, "OPTIONS"))
        return RequestLine(method: method, target: target, version: version)
    }

    /// Where the method ends: at a space.
    static func methodEnd(
        _ bytes: Span<UInt8>, _ line: Range<Int>, _ limits: HTTPLimits
    ) throws(HTTPError) -> Int {
        let token = Characters.token
        var end = line.lowerBound
        while end < line.upperBound, token.contains(bytes[end]) { end += 1 }
        guard end - line.lowerBound <= limits.methodBytesMax else { throw .unsupportedMethod }
        guard end > line.lowerBound, end < line.upperBound, bytes[end] == Characters.space else {
            throw notAMethod(end)
        }
        return end
    }

    static func notAMethod(_ offset: Int) -> HTTPError {
        .malformed("a request begins with a method and a space", offset: offset)
    }

    /// `HTTP/` digit `.` digit, in capitals (RFC 9112 §2.3).
    private static func version(
        _ bytes: Span<UInt8>, _ range: Range<Int>
    ) throws(HTTPError) -> HTTPVersion {
        let start = range.lowerBound
        guard range.count == 8, same(bytes, start..<start + 5, "HTTP/"),
            Characters.isDigit(bytes[start + 5]), bytes[start + 6] == UInt8(ascii: "."),
            Characters.isDigit(bytes[start + 7])
        else { throw .malformed("a request line ends in HTTP/1.1", offset: start) }
        guard bytes[start + 5] == UInt8(ascii: "1") else { throw .unsupportedVersion }
        return bytes[start + 7] == UInt8(ascii: "0") ? .http10 : .http11
    }

    static func same(_ bytes: Span<UInt8>, _ range: Range<Int>, _ text: String) -> Bool {
        guard range.count == text.utf8.count else { return false }
        var index = range.lowerBound
        for byte in text.utf8 {
            if bytes[index] != byte { return false }
            index += 1
        }
        return true
    }
}
