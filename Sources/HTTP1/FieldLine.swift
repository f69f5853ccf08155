/// One field line of a head (RFC 9112 §5).
enum FieldLine {
    /// Where name and value lie, blanks around the value left out.
    ///
    /// - Parameter line: not empty, without its CRLF.
    static func parse(
        _ bytes: Span<UInt8>, _ line: Range<Int>
    ) throws(HTTPError) -> Fields.Line {
        let start = line.lowerBound
        if Characters.isBlank(bytes[start]) {
            // obs-fold, or blanks after the request line (RFC 9112 §2.2, §5.2).
            throw .malformed("a field line begins with a blank", offset: start)
        }
        let token = Characters.token
        var colon = start
        while colon < line.upperBound, token.contains(bytes[colon]) { colon += 1 }
        guard colon > start, colon < line.upperBound, bytes[colon] == Characters.colon else {
            // Also a blank before the colon (RFC 9112 §5.1).
            throw .malformed("a field's name must be a token and a colon", offset: colon)
        }
        var index = colon + 1
        while index < line.upperBound {
            guard Characters.isFieldContent(bytes[index]) else {
                throw .malformed("a field's value holds a control character", offset: index)
            }
            index += 1
        }
        var valueStart = colon + 1
        var valueEnd = line.upperBound
        while valueStart < valueEnd, Characters.isBlank(bytes[valueStart]) { valueStart += 1 }
        while valueStart < valueEnd, Characters.isBlank(bytes[valueEnd - 1]) { valueEnd -= 1 }
        return Fields.Line(name: start..<colon, value: valueStart..<valueEnd)
    }
}
