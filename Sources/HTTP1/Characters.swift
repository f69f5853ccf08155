/// A set of ASCII bytes; asking costs a shift.
struct ByteSet: Sendable {
    private var low: UInt64 = 0
    private var high: UInt64 = 0

    /// Letters and digits, and the characters of `marks`.
    static func alphanumerics(and marks: String) -> ByteSet {
        var set = ByteSet()
        for byte in UInt8(0x30)...0x39 { set.insert(byte) }
        for byte in UInt8(0x41)...0x5A { set.insert(byte) }
        for byte in UInt8(0x61)...0x7A { set.insert(byte) }
        for byte in marks.utf8 { set.insert(byte) }
        return set
    }

    @inline(__always) func contains(_ byte: UInt8) -> Bool {
        let word = byte < 64 ? low : byte < 128 ? high : 0
        return word >> UInt64(byte & 63) & 1 == 1
    }

    private mutating func insert(_ byte: UInt8) {
        if byte < 64 { low |= 1 << UInt64(byte) } else { high |= 1 << UInt64(byte & 63) }
    }
}

extension ArraySlice<UInt8> {
    /// Without the spaces and tabs at both ends (OWS, RFC 9110 §5.6.3).
    var withoutBlanks: ArraySlice<UInt8> {
        var rest = self
        while let byte = rest.first, Characters.isBlank(byte) { rest = rest.dropFirst() }
        while let byte = rest.last, Characters.isBlank(byte) { rest = rest.dropLast() }
        return rest
    }
}

extension Int64 {
    /// The number that decimal digits write, the greatest if it is greater; nil if there are no
    /// digits, or something else. (`Int64(_:)` would take a sign.)
    static func saturating(_ digits: ArraySlice<UInt8>) -> Int64? {
        guard !digits.isEmpty else { return nil }
        var value: Int64 = 0
        for byte in digits {
            guard Characters.isDigit(byte) else { return nil }
            let (tens, tensOverflow) = value.multipliedReportingOverflow(by: 10)
            let (sum, sumOverflow) = tens.addingReportingOverflow(Int64(byte - 0x30))
            value = tensOverflow || sumOverflow ? .max : sum
        }
        return value
    }
}

/// Classes of bytes, and single ones by name.
enum Characters {
    /// RFC 9110 §5.6.2.
    static let token = ByteSet.alphanumerics(and: "!#$%&'*+-.^_`|~")
    /// A registered name: unreserved, sub-delims (RFC 3986 §3.2.2); "%" is asked for apart.
    static let hostName = ByteSet.alphanumerics(and: "-._~!$&'()*+,;=")
    /// pchar and "/" (RFC 3986 §3.3), "%" apart.
    static let path = ByteSet.alphanumerics(and: "-._~!$&'()*+,;=:@/")
    /// Query (RFC 3986 §3.4), "%" apart.
    static let query = ByteSet.alphanumerics(and: "-._~!$&'()*+,;=:@/?")

    static let tab = UInt8(ascii: "\t")
    static let lineFeed = UInt8(ascii: "\n")
    static let carriageReturn = UInt8(ascii: "\r")
    static let space = UInt8(ascii: " ")
    static let quote = UInt8(ascii: "\"")
    static let percent = UInt8(ascii: "%")
    static let comma = UInt8(ascii: ",")
    static let slash = UInt8(ascii: "/")
    static let colon = UInt8(ascii: ":")
    static let semicolon = UInt8(ascii: ";")
    static let equals = UInt8(ascii: "=")
    static let questionMark = UInt8(ascii: "?")
    static let backslash = UInt8(ascii: "\\")
    static let dash = UInt8(ascii: "-")

    /// An ASCII letter in lower case; any other byte as it is.
    @inline(__always) static func lowercased(_ byte: UInt8) -> UInt8 {
        byte &- 0x41 < 26 ? byte | 0x20 : byte
    }

    @inline(__always) static func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 }

    @inline(__always) static func isBlank(_ byte: UInt8) -> Bool { byte == space || byte == tab }

    /// What a field's value may hold: visible, obs-text, space, tab (RFC 9110 §5.5).
    @inline(__always) static func isFieldContent(_ byte: UInt8) -> Bool {
        byte >= 0x20 && byte != 0x7F || byte == tab
    }

    /// The value of a hexadecimal digit; nil for any other byte.
    @inline(__always) static func hexValue(_ byte: UInt8) -> UInt8? {
        if isDigit(byte) { return byte &- 0x30 }
        let letter = lowercased(byte) &- 0x61
        return letter < 6 ? letter &+ 10 : nil
    }
}
