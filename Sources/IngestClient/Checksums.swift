internal import Foundation
internal import Digests
internal import Wire

/// The digests that a client states of what it sends.
package enum Checksums {
    /// SHA-256 of `bytes`, 32 bytes.
    package static func sha256(_ bytes: [UInt8]) -> [UInt8] { SHA256Digest.of(bytes) }

    static func crc32c(_ bytes: Data) -> UInt32 { bytes.withUnsafeBytes { CRC32C.of($0) } }

    /// The value of `Content-Digest` for a chunk: it finds what went wrong on the way, cheaply on
    /// both sides. Whether the server has the right bytes is told by the whole's SHA-256.
    static func contentDigest(_ bytes: Data) -> String { contentDigest(crc32c: crc32c(bytes)) }

    static func contentDigest(crc32c: UInt32) -> String { ContentDigest.crc32c(crc32c).text }
}
