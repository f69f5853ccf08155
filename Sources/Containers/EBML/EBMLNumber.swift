/// The variable-length integers of EBML: a marker bit says how many bytes (RFC 8794 §4).
package enum EBMLNumber {
    /// The most bytes that an element's ID or its length may take (RFC 8794 §5, §6.1).
    package static let idBytesMax = 4
    package static let lengthBytesMax = 8

    /// How many bytes a number takes that begins with `first`; 9 when there is no marker.
    package static func byteCount(first: UInt8) -> Int {
        first.leadingZeroBitCount + 1
    }

    /// The largest length that a field of `width` bytes can say; all ones means unknown.
    package static func valueMax(width: Int) -> Int64 {
        (1 << (7 * Int64(width))) - 2
    }

    /// The fewest bytes that can say `value`.
    package static func width(of value: Int64) -> Int {
        (1...lengthBytesMax).first { value <= valueMax(width: $0) } ?? lengthBytesMax
    }

    /// `value` in exactly `width` bytes; nil when it does not fit.
    package static func encode(_ value: Int64, width: Int) -> [UInt8]? {
        guard let marked = mark(value, width: width) else { return nil }
        return (0..<width).map { UInt8(truncatingIfNeeded: marked >> UInt64(8 * (width - 1 - $0))) }
    }

    /// `value` with the marker of a number of `width` bytes; nil when it does not fit.
    package static func mark(_ value: Int64, width: Int) -> UInt64? {
        guard (1...lengthBytesMax).contains(width), (0...valueMax(width: width)).contains(value)
        else { return nil }
        return UInt64(value) | 1 << UInt64(7 * width)
    }

    /// The value of a whole number without its marker; nil when it says "unknown".
    package static func decode(_ bytes: ArraySlice<UInt8>) -> Int64? {
        guard let first = bytes.first else { return nil }
        let width = bytes.count
        var value = Int64(first) & ((1 << Int64(8 - width)) - 1)
        for byte in bytes.dropFirst() { value = value << 8 | Int64(byte) }
        return value > valueMax(width: width) ? nil : value
    }

    /// A payload of up to 8 bytes as an unsigned integer, no more than `Int64.max`
    /// (RFC 8794 §7.2).
    package static func unsigned(_ payload: some Sequence<UInt8>) -> Int64 {
        var value: UInt64 = 0
        for byte in payload { value = value << 8 | UInt64(byte) }
        return Int64(clamping: value)
    }

    /// A payload of 4 or 8 bytes as a number; zero when empty, nil else (RFC 8794 §7.3).
    package static func float(_ payload: some Collection<UInt8>) -> Double? {
        var bits: UInt64 = 0
        switch payload.count {
        case 0: return 0
        case 4:
            for byte in payload { bits = bits << 8 | UInt64(byte) }
            return Double(Float(bitPattern: UInt32(bits)))
        case 8:
            for byte in payload { bits = bits << 8 | UInt64(byte) }
            return Double(bitPattern: bits)
        default: return nil
        }
    }
}
