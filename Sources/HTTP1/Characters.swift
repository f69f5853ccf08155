/// A set of ASCII bytes, a bit for each: asking costs a shift, and no set is made at run time. A
/// test asks each set for each byte.
struct ByteSet: Sendable {
    /// Bytes 0–63.
    var low: UInt64
    /// Bytes 64–127.
    var high: UInt64

    @inline(__always) func contains(_ byte: UInt8) -> Bool {
        let word = byte < 64 ? low : byte < 128 ? high : 0
        return word >> UInt64(byte & 63) & 1 == 1
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
    /// Letters, digits, !#$%&'*+-.^_`|~ (RFC 9110 §5.6.2).
    static var token: ByteSet {
        ByteSet(low: 0x03FF_6CFA_0000_0000, high: 0x57FF_FFFF_C7FF_FFFE)
    }
    /// A registered name: letters, digits, -._~!$&'()*+,;= (RFC 3986 §3.2.2); "%" apart.
    static var hostName: ByteSet {
        ByteSet(low: 0x2BFF_7FD2_0000_0000, high: 0x47FF_FFFE_87FF_FFFE)
    }
    /// Also : @ / (pchar and slash, RFC 3986 §3.3).
    static var path: ByteSet {
        ByteSet(low: 0x2FFF_FFD2_0000_0000, high: 0x47FF_FFFE_87FF_FFFF)
    }
    /// Also ? (RFC 3986 §3.4).
    static var query: ByteSet {
        ByteSet(low: 0xAFFF_FFD2_0000_0000, high: 0x47FF_FFFE_87FF_FFFF)
    }

    static var tab: UInt8 { UInt8(ascii: "\t") }
    static var lineFeed: UInt8 { UInt8(ascii: "\n") }
    static var carriageReturn: UInt8 { UInt8(ascii: "\r") }
    static var space: UInt8 { UInt8(ascii: " ") }
    static var quote: UInt8 { UInt8(ascii: "\"") }
    static var percent: UInt8 { UInt8(ascii: "%") }
    static var comma: UInt8 { UInt8(ascii: ",") }
    static var slash: UInt8 { UInt8(ascii: "/") }
    static var colon: UInt8 { UInt8(ascii: ":") }
    static var semicolon: UInt8 { UInt8(ascii: ";") }
    static var equals: UInt8 { UInt8(ascii: "=") }
    static var questionMark: UInt8 { UInt8(ascii: "?") }
    static var backslash: UInt8 { UInt8(ascii: "\\") }
    static var dash: UInt8 { UInt8(ascii: "-") }

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
