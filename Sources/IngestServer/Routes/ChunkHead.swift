internal import HTTP1
internal import Recordings
internal import Wire

/// The fields of a chunk's request, checked before a byte of its body is read.
struct ChunkHead: Equatable {
    let sequence: Int64
    /// Of the chunk's first byte.
    let offset: Int64
    let digests: [ContentDigest]
    /// What the head alone says of the chunk; nil without a length.
    let offer: ChunkOffer?

    /// - Parameter offset: from the path; nil takes it from `Chunk-Offset`.
    init(
        _ head: RequestHead, offset: Int64?, _ limits: Settings.Chunks
    ) throws(Problem) {
        sequence = try Self.integer(head, Names.chunkSequence)
        if let offset {
            self.offset = offset
        } else {
            self.offset = try Self.integer(head, Names.chunkOffset)
        }
        digests = try Self.digests(head, isRequired: limits.digestRequired)
        if let coding = head.fields[Names.contentEncoding], coding.lowercased() != "identity" {
            throw .unsupportedMediaType
        }
        switch head.framing {
        case .none: throw .lengthRequired
        case .length(0): throw .chunkEmpty
        case .length(let length):
            let limit = Int64(limits.chunkBytesMax)
            if length > limit { throw .chunkTooLarge(limitBytes: limit) }
            offer = ChunkOffer(offset: self.offset, byteCount: length, sequence: sequence)
        case .chunked: offer = nil
        }
    }

    var namesSHA256: Bool {
        digests.contains { digest in
            if case .sha256 = digest { true } else { false }
        }
    }

    private static func digests(
        _ head: RequestHead, isRequired: Bool
    ) throws(Problem) -> [ContentDigest] {
        guard let (value, isOnly) = head.fields.bytes(Names.contentDigest) else {
            guard isRequired else { return [] }
            throw .digestInvalid(
                detail: "Content-Digest is required here: sha-256=:…: or crc32c=:…: (RFC 9530).")
        }
        if isOnly { return try ContentDigest.parse(value) }
        return try ContentDigest.parse(head.fields.list(Names.contentDigest) ?? "")
    }

    /// An RFC 9651 Integer that is not negative: at most 15 digits.
    private static func integer(
        _ head: RequestHead, _ name: String
    ) throws(Problem) -> Int64 {
        guard let text = head.fields[name] else {
            throw .badRequest(detail: "\(name) is missing: it takes a whole number.")
        }
        guard let value = StructuredField.integer(text), value >= 0 else {
            throw .badRequest(detail: "\(name) must be a whole number of at most 15 digits.")
        }
        return value
    }
}
