/// The CRC-32 of an Ogg page: polynomial 0x04C11DB7, most significant bit first, nothing
/// inverted at either end (RFC 3533 §6, field 7).
package struct OggChecksum: Equatable, Sendable {
    /// The checksum of the bytes added so far.
    package private(set) var value: UInt32 = 0

    package init() {}

    package mutating func add(_ byte: UInt8) {
        value = value << 8 ^ Self.tables[Int(UInt8(value >> 24) ^ byte)]
    }

    /// Adds bytes eight at a time: a long recording is checked as fast as it is read.
    package mutating func add(_ bytes: Span<UInt8>) {
        let tables = Self.tables.span
        var crc = value
        var index = 0
        while index + 8 <= bytes.count {
            var next: UInt32 = 0
            for step in 0..<4 {
                let byte = UInt8(truncatingIfNeeded: crc >> UInt32(24 - 8 * step))
                next ^= tables[(7 - step) << 8 | Int(byte ^ bytes[index + step])]
            }
            for step in 4..<8 { next ^= tables[(7 - step) << 8 | Int(bytes[index + step])] }
            crc = next
            index += 8
        }
        while index < bytes.count {
            crc = crc << 8 ^ tables[Int(UInt8(crc >> 24) ^ bytes[index])]
            index += 1
        }
        value = crc
    }

    /// Adds `count` bytes of zero.
    package mutating func addZeros(_ count: Int) {
        for _ in 0..<count { add(0) }
    }

    /// Eight tables of 256: table `n` holds the checksum of a byte followed by `n` zeros.
    private static let tables: [UInt32] = {
        var tables = [UInt32](repeating: 0, count: 8 * 256)
        for byte in 0..<256 {
            var crc = UInt32(byte) << 24
            for _ in 0..<8 { crc = crc << 1 ^ (crc >> 31) &* 0x04C1_1DB7 }
            tables[byte] = crc
        }
        for index in 256..<tables.count {
            let shorter = tables[index - 256]
            tables[index] = shorter << 8 ^ tables[Int(shorter >> 24)]
        }
        return tables
    }()
}
