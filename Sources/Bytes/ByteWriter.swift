/// Builds a byte string out of integers of fixed and variable width.
package struct ByteWriter: Sendable {
    package private(set) var bytes: [UInt8] = []

    package init(reservingBytes count: Int = 0) {
        bytes.reserveCapacity(count)
    }

    package var count: Int { bytes.count }

    package mutating func append(_ byte: UInt8) {
        bytes.append(byte)
    }

    package mutating func append(contentsOf more: [UInt8]) {
        bytes.append(contentsOf: more)
    }

    package mutating func appendBigEndian(_ value: UInt16) {
        append(UInt64(value).byteSwapped >> 48, byteCount: 2)
    }

    package mutating func appendBigEndian(_ value: UInt32) {
        append(UInt64(value).byteSwapped >> 32, byteCount: 4)
    }

    package mutating func appendBigEndian(_ value: UInt64) {
        append(value.byteSwapped, byteCount: 8)
    }

    package mutating func appendLittleEndian(_ value: UInt16) {
        append(UInt64(value), byteCount: 2)
    }

    package mutating func appendLittleEndian(_ value: UInt32) {
        append(UInt64(value), byteCount: 4)
    }

    package mutating func appendLittleEndian(_ value: UInt64) {
        append(value, byteCount: 8)
    }

    /// Appends `value` seven bits a byte, the lowest first, the high bit set on all but the last
    /// (LEB128): 1 to 10 bytes.
    package mutating func appendVarint(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(truncatingIfNeeded: rest))
    }

    /// Appends the lowest bytes of `value`, the lowest first.
    private mutating func append(_ value: UInt64, byteCount: Int) {
        for index in 0..<byteCount {
            bytes.append(UInt8(truncatingIfNeeded: value >> UInt64(8 * index)))
        }
    }
}
