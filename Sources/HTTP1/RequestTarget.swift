/// A request target in any of the forms an origin server is asked in (RFC 9112 §3.2): ranges of
/// the head's bytes.
struct RequestTarget: Sendable {
    /// What the path is.
    enum Path: Sendable {
        /// As sent; begins with "/".
        case written(Range<Int>)
        /// An absolute target without a path means "/" (RFC 9110 §4.2.3).
        case root
        /// "*", of OPTIONS only; also an absolute target without path and query (RFC 9112 §3.2.4).
        case asterisk
    }

    var path: Path
    var query: Range<Int>?
    /// Of an absolute target.
    var authority: Range<Int>?
    /// An absolute target with the scheme https.
    var namesHTTPS = false

    static func parse(
        _ bytes: Span<UInt8>, _ range: Range<Int>, isOptions: Bool
    ) throws(HTTPError) -> RequestTarget {
        guard let first = range.first else {
            throw .malformed("the request target is empty", offset: range.lowerBound)
        }
        if bytes[first] == Characters.slash {
            return try pathAndQuery(bytes, range)
        }
        if range.count == 1, bytes[first] == UInt8(ascii: "*") {
            guard isOptions else {
                throw .malformed("the target * belongs to OPTIONS", offset: first)
            }
            return RequestTarget(path: .asterisk)
        }
        return try absolute(bytes, range, isOptions: isOptions)
    }

    /// `http://host:port/path?query`.
    private static func absolute(
        _ bytes: Span<UInt8>, _ range: Range<Int>, isOptions: Bool
    ) throws(HTTPError) -> RequestTarget {
        guard let start = schemeEnd(bytes, range) else {
            throw .malformed(
                "the target is neither a path nor an http URI", offset: range.lowerBound)
        }
        var end = start
        while end < range.upperBound, bytes[end] != Characters.slash,
            bytes[end] != Characters.questionMark
        { end += 1 }
        guard start < end else {
            throw .malformed("the target's host is empty", offset: start)
        }
        try Authority.check(bytes, start..<end)
        var target = try pathAndQuery(bytes, end..<range.upperBound)
        if isOptions, end == range.upperBound { target.path = .asterisk }
        target.authority = start..<end
        target.namesHTTPS = start - range.lowerBound == "https://".utf8.count
        return target
    }

    /// Where the authority begins, behind `http://` or `https://` in any case.
    private static func schemeEnd(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Int? {
        for scheme in ["http://", "https://"] {
            guard range.count >= scheme.utf8.count else { continue }
            var index = range.lowerBound
            for byte in scheme.utf8 {
                guard Characters.lowercased(bytes[index]) == byte else { break }
                index += 1
            }
            if index - range.lowerBound == scheme.utf8.count { return index }
        }
        return nil
    }

    /// RFC 3986 §3.3 and §3.4, to the letter: anything else would be read in several ways.
    private static func pathAndQuery(
        _ bytes: Span<UInt8>, _ range: Range<Int>
    ) throws(HTTPError) -> RequestTarget {
        let pathEnd = try span(of: Characters.path, bytes, range)
        let isEmpty = pathEnd == range.lowerBound
        var target = RequestTarget(path: isEmpty ? .root : .written(range.lowerBound..<pathEnd))
        guard pathEnd < range.upperBound else { return target }
        guard bytes[pathEnd] == Characters.questionMark else {
            throw .malformed("the target holds a character that must be encoded", offset: pathEnd)
        }
        let queryEnd = try span(of: Characters.query, bytes, pathEnd + 1..<range.upperBound)
        guard queryEnd == range.upperBound else {
            throw .malformed("the target holds a character that must be encoded", offset: queryEnd)
        }
        target.query = pathEnd + 1..<queryEnd
        return target
    }

    /// The end of the run of bytes that are in `set` or percent-encoded.
    static func span(
        of set: ByteSet, _ bytes: Span<UInt8>, _ range: Range<Int>
    ) throws(HTTPError) -> Int {
        var index = range.lowerBound
        while index < range.upperBound {
            if set.contains(bytes[index]) {
                index += 1
            } else if bytes[index] == Characters.percent {
                guard index + 2 < range.upperBound, Characters.hexValue(bytes[index + 1]) != nil,
                    Characters.hexValue(bytes[index + 2]) != nil
                else { throw .malformed("% needs two hexadecimal digits", offset: index) }
                index += 3
            } else {
                break
            }
        }
        return index
    }
}
