/// Reads request heads, one after the other, from bytes that may come in any pieces.
///
/// Lines are judged in their order as each becomes whole, so the pieces change nothing: neither
/// what is read, nor what is refused and where.
package struct HeadParser: Sendable {
    private let limits: HTTPLimits
    /// Where the line begins that is not whole yet.
    private var lineStart = 0
    /// No line feed lies between `lineStart` and here.
    private var searched = 0
    private var requestLine: RequestLine?
    private var lines: [Fields.Line] = []

    /// A parser at the beginning of a connection.
    package init(limits: HTTPLimits = HTTPLimits()) {
        self.limits = limits
    }

    /// Something other than empty lines has come: a request is on its way, and the connection is
    /// not idle.
    package private(set) var hasBegun = false

    /// Reads a head at the start of `bytes`.
    ///
    /// `bytes` holds everything since the end of the message before: after nil, call again with
    /// the same bytes and more behind them. Each byte is looked at once, however they come.
    ///
    /// - Returns: the head and how many bytes it took, or nil if more bytes are needed.
    /// - Throws: the refusal; the parser is of no use afterwards.
    package mutating func parse(
        _ bytes: Span<UInt8>
    ) throws(HTTPError) -> (head: RequestHead, consumedBytes: Int)? {
        while let line = try nextLine(bytes) {
            guard let requestLine else {
                // Empty lines before a request are skipped (RFC 9112 §2.2).
                guard !line.isEmpty else { continue }
                requestLine = try RequestLine.parse(bytes, line, limits)
                lines.reserveCapacity(16)
                continue
            }
            if line.isEmpty {
                let head = try requestLine.head(copy(bytes, lineStart), lines, endOffset: lineStart)
                let consumedBytes = lineStart
                self = HeadParser(limits: limits)
                return (head, consumedBytes)
            }
            guard lines.count < limits.fieldCountMax else {
                throw .tooManyFields(limit: limits.fieldCountMax)
            }
            lines.append(try FieldLine.parse(bytes, line))
        }
        return nil
    }

    /// The next whole line without its CRLF; nil when it is not all here.
    private mutating func nextLine(_ bytes: Span<UInt8>) throws(HTTPError) -> Range<Int>? {
        if requestLine == nil { try checkBeginning(bytes) }
        let bound = requestLine == nil ? requestLineBound : limits.headBytesMax
        let end = min(bytes.count, bound)
        var index = searched
        while index < end, bytes[index] != Characters.lineFeed { index += 1 }
        guard index < end else {
            searched = index
            if index >= bound { try refuseOverlong(bytes) }
            return nil
        }
        guard index > lineStart, bytes[index - 1] == Characters.carriageReturn else {
            throw .malformed("a line ends in LF without CR", offset: index)
        }
        let line = lineStart..<index - 1
        lineStart = index + 1
        searched = lineStart
        return line
    }

    /// Refuses at once what can become no request, a TLS greeting say: its line may never end.
    private mutating func checkBeginning(_ bytes: Span<UInt8>) throws(HTTPError) {
        guard lineStart < bytes.count else { return }
        let first = bytes[lineStart]
        if first == Characters.carriageReturn {
            guard lineStart + 1 < bytes.count else { return }
            if bytes[lineStart + 1] == Characters.lineFeed { return }
        }
        hasBegun = true
        guard Characters.token.contains(first) else {
            throw RequestLine.notAMethod(lineStart)
        }
    }

    /// No request line may reach this offset.
    private var requestLineBound: Int {
        let spacesVersionAndEnd = 2 + 8 + 2
        let lineMax = limits.methodBytesMax + limits.targetBytesMax + spacesVersionAndEnd
        return min(lineStart + lineMax, limits.headBytesMax)
    }

    private func refuseOverlong(_ bytes: Span<UInt8>) throws(HTTPError) {
        guard requestLine == nil, hasBegun else {
            throw .headTooLarge(limitBytes: limits.headBytesMax)
        }
        _ = try RequestLine.methodEnd(bytes, lineStart..<searched, limits)
        throw .targetTooLong(limitBytes: limits.targetBytesMax)
    }

    private func copy(_ bytes: Span<UInt8>, _ count: Int) -> [UInt8] {
        var array: [UInt8] = []
        array.reserveCapacity(count)
        for index in 0..<count { array.append(bytes[index]) }
        return array
    }
}
