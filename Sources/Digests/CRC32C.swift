internal import CChecksum

/// The Castagnoli checksum (RFC 9260 appendix B). Finds accidents, not intent.
package enum CRC32C {
    /// Goes on from `crc`, the checksum of the bytes before.
    package static func of(_ bytes: UnsafeRawBufferPointer, from crc: UInt32 = 0) -> UInt32 {
        // SAFETY: the C function reads exactly `count` bytes and keeps nothing.
        holdfast_crc32c(crc, bytes.baseAddress, bytes.count)
    }

    package static func of(_ bytes: [UInt8], from crc: UInt32 = 0) -> UInt32 {
        bytes.withUnsafeBytes { of($0, from: crc) }
    }
}
