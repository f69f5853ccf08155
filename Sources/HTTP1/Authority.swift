/// `host [":" port]` of an absolute target or of `Host` (RFC 9110 §7.2, RFC 3986 §3.2.2).
enum Authority {
    /// Refuses an empty host, user information, and what is no host or port. Of an address in
    /// brackets only the characters are looked at.
    static func check(_ bytes: Span<UInt8>, _ range: Range<Int>) throws(HTTPError) {
        let hostEnd = try hostEnd(bytes, range)
        guard hostEnd > range.lowerBound else {
            throw .malformed("the host is empty", offset: range.lowerBound)
        }
        guard hostEnd < range.upperBound else { return }
        guard bytes[hostEnd] == Characters.colon else {
            throw .malformed("the host is not valid", offset: hostEnd)
        }
        var port = 0
        for index in hostEnd + 1..<range.upperBound {
            guard Characters.isDigit(bytes[index]) else {
                throw .malformed("the port is not a number", offset: index)
            }
            port = port * 10 + Int(bytes[index] - 0x30)
            guard port <= 65_535 else {
                throw .malformed("the port is above 65535", offset: index)
            }
        }
    }

    private static func hostEnd(
        _ bytes: Span<UInt8>, _ range: Range<Int>
    ) throws(HTTPError) -> Int {
        guard let first = range.first, bytes[first] == UInt8(ascii: "[") else {
            return try RequestTarget.span(of: Characters.hostName, bytes, range)
        }
        var index = first + 1
        var colons = 0
        while index < range.upperBound, bytes[index] != UInt8(ascii: "]") {
            if bytes[index] == Characters.colon {
                colons += 1
            } else if Characters.hexValue(bytes[index]) == nil, bytes[index] != UInt8(ascii: ".") {
                throw .malformed("the address in brackets is not valid", offset: index)
            }
            index += 1
        }
        guard index < range.upperBound, (2...7).contains(colons) else {
            throw .malformed("the address in brackets is not valid", offset: index)
        }
        return index + 1
    }
}
