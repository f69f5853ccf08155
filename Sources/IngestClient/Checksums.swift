internal import Digests
internal import Wire

/// The digests that a client states of what it sends.
package enum Checksums {
    /// SHA-256 of `bytes`, 32 bytes.
    package static func sha256(_ bytes: [UInt8]) -> [UInt8] { SHA256Digest.of(bytes) }

    /// The value of `Content-Digest` for a chunk: the cheap one and the strong one.
    static func contentDigest(_ bytes: [UInt8]) -> String {
        [ContentDigest.crc32c(CRC32C.of(bytes)), .sha256(sha256(bytes))]
            .map(\.text).joined(separator: ", ")
    }
}
