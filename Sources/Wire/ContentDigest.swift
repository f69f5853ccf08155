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
        try parse(Array(field.utf8)[...])
    }

    /// The same, of a value that is still bytes.
    package static func parse(_ field: ArraySlice<UInt8>) throws(Problem) -> [ContentDigest] {
        var members = ByteSequenceDictionary(field)
        var hasMembers = false
        var digests: [ContentDigest] = []
        while let (key, bytes) = try members.next() {
            hasMembers = true
            guard let digest = try digest(key, bytes) else { continue }
            if let place = digests.firstIndex(where: { $0.algorithm == digest.algorithm }) {
                digests[place] = digest
            } else {
                digests.append(digest)
            }
        }
        guard hasMembers else { throw .digestRequired }
        guard !digests.isEmpty else { throw .digestUnsupported(supported: supported) }
        return digests
    }

    private static func digest(
        _ key: ArraySlice<UInt8>, _ bytes: [UInt8]
    ) throws(Problem) -> ContentDigest? {
        if key.elementsEqual("crc32c".utf8) {
            var reader = ByteReader(bytes)
            guard let value = reader.readBigEndianUInt32(), reader.remainingCount == 0 else {
                throw wrongCount("crc32c", bytes.count, expected: 4)
            }
            return .crc32c(value)
        }
        guard key.elementsEqual("sha-256".utf8) else { return nil }
        guard bytes.count == 32 else { throw wrongCount("sha-256", bytes.count, expected: 32) }
        return .sha256(bytes)
    }

    private static func wrongCount(_ key: String, _ count: Int, expected: Int) -> Problem {
        .digestInvalid(detail: "A \(key) digest has \(expected) bytes; this one has \(count).")
    }
}
