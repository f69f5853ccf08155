internal import Digests
internal import Posix
internal import Recordings

/// One stored piece of a chunk: which bytes, under which number, and their checksum.
struct ChunkRow: Equatable, Sendable {
    /// Half-open range of received bytes.
    let range: Range<Int64>
    let sequence: Int64
    let crc32c: UInt32
}

/// The append-only table of what lies durably in a recording's data file.
///
/// A row is appended and synced only after the bytes that it names were synced in `media`, so a
/// row is the proof that its bytes are home. Rows are 64 bytes, little-endian: `kind: UInt32`,
/// 56 bytes by kind, `CRC-32C of the 60 bytes before: UInt32`. A chunk's are `offset: Int64,
/// byteCount: Int64, sequence: Int64, crc32c: UInt32`, zeros; those of received bytes that an
/// edit replaced are packed by `Originals`. A torn row at the end is ignored and overwritten.
struct ChunkTable {
    static let rowBytes = 64
    static let payloadBytes = 56
    private static let chunkKind: UInt32 = 1
    private static let originalsKind: UInt32 = 2
    /// No recording is longer.
    private static let endMax: Int64 = 1 << 60

    /// What a table says, as far as its rows are whole.
    struct Contents: Sendable {
        var chunks: [ChunkRow] = []
        var originals = Originals()
        var rowCount = 0
    }

    private let file: any StoredFile
    private(set) var rowCount: Int

    /// Opens or creates the table at `path`. `rowCount`: the rows that are known to be whole.
    init(_ path: String, _ files: any FileSystem, rowCount: Int) throws(SystemError) {
        file = try files.open(path, .create)
        self.rowCount = rowCount
    }

    /// Appends what edits replaced, then rows of chunks. Blocks until both are durable.
    mutating func append(_ chunks: [ChunkRow], originals: Originals) throws(SystemError) {
        guard !chunks.isEmpty || !originals.isEmpty else { return }
        var bytes: [UInt8] = []
        let count = chunks.count + originals.rowCount
        bytes.reserveCapacity(count * Self.rowBytes)
        for payload in originals.payloads {
            Self.close(Self.originalsKind, Array(payload), &bytes)
        }
        for row in chunks { Self.encode(row, &bytes) }
        try file.write(bytes, at: Int64(rowCount * Self.rowBytes))
        try file.syncData()
        rowCount += count
    }

    /// All rows from the start up to the first that is not whole. A missing file has none.
    static func load(_ path: String, _ files: any FileSystem) throws(SystemError) -> Contents {
        var contents = Contents()
        guard files.exists(path) else { return contents }
        let bytes = try files.contents(path)
        var position = 0
        while position + rowBytes <= bytes.count {
            let row = bytes[position..<position + rowBytes]
            guard take(row, &contents) else { break }
            position += rowBytes
            contents.rowCount += 1
        }
        return contents
    }

    private static func take(_ row: ArraySlice<UInt8>, _ contents: inout Contents) -> Bool {
        let start = row.startIndex
        let checked = row[start..<start + rowBytes - 4]
        guard row.littleEndian(UInt32.self, at: start + 60) == CRC32C.of(Array(checked)) else {
            return false
        }
        switch row.littleEndian(UInt32.self, at: start) {
        case chunkKind:
            let offset = row.littleEndian(Int64.self, at: start + 4)
            let byteCount = row.littleEndian(Int64.self, at: start + 12)
            let sequence = row.littleEndian(Int64.self, at: start + 20)
            guard (0..<endMax).contains(offset), byteCount > 0, byteCount <= endMax - offset,
                (0..<Int64.max).contains(sequence)
            else { return false }
            contents.chunks.append(
                ChunkRow(
                    range: offset..<offset + byteCount, sequence: sequence,
                    crc32c: row.littleEndian(UInt32.self, at: start + 28)))
            return true
        case originalsKind:
            return contents.originals.append(payload: row[start + 4..<start + 4 + payloadBytes])
        default: return false
        }
    }

    private static func encode(_ row: ChunkRow, _ bytes: inout [UInt8]) {
        var payload: [UInt8] = []
        payload.appendLittleEndian(row.range.lowerBound)
        payload.appendLittleEndian(Int64(row.range.count))
        payload.appendLittleEndian(row.sequence)
        payload.appendLittleEndian(row.crc32c)
        close(chunkKind, payload, &bytes)
    }

    private static func close(_ kind: UInt32, _ payload: [UInt8], _ bytes: inout [UInt8]) {
        precondition(payload.count <= payloadBytes, "a row holds \(payloadBytes) bytes")
        let start = bytes.count
        bytes.appendLittleEndian(kind)
        bytes += payload
        bytes += repeatElement(0, count: payloadBytes - payload.count)
        bytes.appendLittleEndian(CRC32C.of(Array(bytes[start...])))
    }
}
