import Bytes

/// One digest out of a `Content-Digest` field (RFC 9530 §2).
package enum ContentDigest: Sendable, Equatable {
    /// 32 bytes.
    case sha256([UInt8])
    /// CRC-32C (Castagnoli); on the wire four bytes, big-endian.
    case crc32c(UInt32)

    /// The algorithms that are checked, the strongest first.
    package static let supported = ["sha-256", "crc32c"]

    package var algorithm: String {
        switch self {
        case .sha256: "sha-256"
        case .crc32c: "crc32c"
        }
    }

    /// The digest as a field value: `sha-256=:BASE64:`.
    package var text: String {
        "\(algorithm)=:\(Base64.encode(bytes)):"
    }

    /// The digest's bytes, as they are on the wire.
    package var bytes: [UInt8] {
        switch self {
        case .sha256(let bytes):
            return bytes
        case .crc32c(let value):
            var writer = ByteWriter(reservingBytes: 4)
            writer.appendBigEndian(value)
            return writer.bytes
        }
    }

    /// Every digest of a known algorithm in `field`, at least one, each algorithm once. All of them
    /// are to be checked.
    ///
    /// - Parameter field: the value; several lines joined by commas.
    /// - Throws: `Problem.digestInvalid` when it is not a dictionary of byte sequences, or a digest
    ///   has the wrong length; `Problem.digestUnsupported` when it names unknown algorithms only.
    package static func parse(_ field: String) throws(Problem) -> [ContentDigest] {
        var parser = ByteSequenceDictionary(field)
        let members = try parser.members()
        guard !members.isEmpty else { throw .digestRequired }
        var digests: [ContentDigest] = []
        for (key, bytes) in members {
            if let digest = try digest(key, bytes) { digests.append(digest) }
        }
        guard !digests.isEmpty else { throw .digestUnsupported(supported: supported) }
        return digests
    }

    private static func digest(_ key: String, _ bytes: [UInt8]) throws(Problem) -> ContentDigest? {
        switch key {
        case "sha-256":
            guard bytes.count == 32 else { throw wrongCount(key, bytes.count, expected: 32) }
            return .sha256(bytes)
        case "crc32c":
            var reader = ByteReader(bytes)
            guard let value = reader.readBigEndianUInt32(), reader.remainingCount == 0 else {
                throw wrongCount(key, bytes.count, expected: 4)
            }
            return .crc32c(value)
        default:
            return nil
        }
    }

    private static func wrongCount(_ key: String, _ count: Int, expected: Int) -> Problem {
        .digestInvalid(detail: "A \(key) digest has \(expected) bytes; this one has \(count).")
    }
}
