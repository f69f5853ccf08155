/// Reads integers of fixed and variable width off the front of a byte string.
///
/// Every read answers nil, and consumes nothing, when the bytes left are too few.
package struct ByteReader: Sendable {
    private let bytes: [UInt8]
    /// How many bytes have been read.
    package private(set) var offset: Int

    package init(_ bytes: [UInt8], from offset: Int = 0) {
        precondition((0...bytes.count).contains(offset), "A reader starts inside its bytes")
        self.bytes = bytes
        self.offset = offset
    }

    package var remainingCount: Int { bytes.count - offset }

    package mutating func readUInt8() -> UInt8? {
        readBigEndian(byteCount: 1).map { UInt8(truncatingIfNeeded: $0) }
    }

    package mutating func readBigEndianUInt16() -> UInt16? {
        readBigEndian(byteCount: 2).map { UInt16(truncatingIfNeeded: $0) }
    }

    package mutating func readBigEndianUInt32() -> UInt32? {
        readBigEndian(byteCount: 4).map { UInt32(truncatingIfNeeded: $0) }
    }

    package mutating func readBigEndianUInt64() -> UInt64? {
        readBigEndian(byteCount: 8)
    }

    package mutating func readLittleEndianUInt16() -> UInt16? {
        readBigEndianUInt16().map(\.byteSwapped)
    }

    package mutating func readLittleEndianUInt32() -> UInt32? {
        readBigEndianUInt32().map(\.byteSwapped)
    }

    package mutating func readLittleEndianUInt64() -> UInt64? {
        readBigEndianUInt64().map(\.byteSwapped)
    }

    package mutating func readBytes(_ count: Int) -> [UInt8]? {
        guard count >= 0, count <= remainingCount else { return nil }
        defer { offset += count }
        return Array(bytes[offset..<offset + count])
    }

    /// Reads what `ByteWriter.appendVarint` wrote; nil also when it does not fit 64 bits.
    package mutating func readVarint() -> UInt64? {
        var value: UInt64 = 0
        for index in 0..<min(10, remainingCount) {
            let byte = bytes[offset + index]
            if index == 9, byte > 1 { return nil }
            value |= UInt64(byte & 0x7f) << UInt64(7 * index)
            if byte < 0x80 {
                offset += index + 1
                return value
            }
        }
        return nil
    }

    private mutating func readBigEndian(byteCount: Int) -> UInt64? {
        guard byteCount <= remainingCount else { return nil }
        var value: UInt64 = 0
        for index in offset..<offset + byteCount {
            value = value << 8 | UInt64(bytes[index])
        }
        offset += byteCount
        return value
    }
}
