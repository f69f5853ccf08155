internal import Digests
internal import Foundation

/// Bytes that are about to become chunks: where each ends, and its checksum.
struct ChunkCut {
    private(set) var offset: Int64
    private var sequence: Int64
    private let chunkBytesMax: Int
    private var chunks: [OutboxChunk] = []
    private var byteCount: Int64 = 0
    private var checksum: UInt32 = 0

    /// - Parameters:
    ///   - offset: of the first byte to come.
    ///   - sequence: of the first chunk.
    init(offset: Int64, sequence: Int64, chunkBytesMax: Int) {
        self.offset = offset
        self.sequence = sequence
        self.chunkBytesMax = chunkBytesMax
    }

    /// Where the bytes end that were appended.
    var end: Int64 { offset + byteCount }

    mutating func append(_ bytes: [UInt8]) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let piece = rest.prefix(chunkBytesMax - Int(byteCount))
            checksum = piece.withUnsafeBytes { CRC32C.of($0, from: checksum) }
            byteCount += Int64(piece.count)
            rest = rest.dropFirst(piece.count)
            if byteCount == chunkBytesMax { close() }
        }
    }

    /// All chunks since the last time; the next byte begins a new one.
    mutating func take() -> [OutboxChunk] {
        close()
        defer { chunks = [] }
        return chunks
    }

    private mutating func close() {
        guard byteCount > 0 else { return }
        chunks.append(
            OutboxChunk(
                sequence: sequence, offset: offset, byteCount: byteCount, crc32c: checksum))
        offset += byteCount
        sequence += 1
        (byteCount, checksum) = (0, 0)
    }
}
