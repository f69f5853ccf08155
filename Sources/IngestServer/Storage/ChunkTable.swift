internal import Bytes
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
/// row is the proof that its bytes are home. Rows are 40 bytes, little-endian:
/// `offset: Int64, byteCount: Int64, sequence: Int64, crc32c: UInt32, kind: UInt32, reserved:
/// UInt32, checksum of the 36 bytes before: UInt32`. A torn row at the end is ignored and
/// overwritten by the next append.
struct ChunkTable {
    static let rowBytes = 40
    private static let chunkKind: UInt32 = 1

    private let file: any StoredFile
    private(set) var rowCount: Int

    /// Opens the table of `folder`, which must exist. `rowCount`: the rows that are known valid.
    init(_ folder: RecordingFolder, _ files: any FileSystem, rowCount: Int) throws(SystemError) {
        file = try files.open(folder.chunks, .create)
        self.rowCount = rowCount
    }

    /// Appends rows behind the last one. Blocks until they are durable.
    mutating func append(_ rows: [ChunkRow]) throws(SystemError) {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(rows.count * Self.rowBytes)
        for row in rows { Self.encode(row, to: &bytes) }
        try file.write(bytes, at: Int64(rowCount * Self.rowBytes))
        try file.syncData()
        rowCount += rows.count
    }

    /// All valid rows from the start up to the first that is not. A missing file has none.
    static func load(
        _ folder: RecordingFolder, _ files: any FileSystem
    ) throws(SystemError) -> [ChunkRow] {
        guard files.exists(folder.chunks) else { return [] }
        let bytes = try files.contents(folder.chunks)
        var rows: [ChunkRow] = []
        rows.reserveCapacity(bytes.count / rowBytes)
        var position = 0
        while position + rowBytes <= bytes.count,
            let row = decode(bytes[position..<position + rowBytes])
        {
            rows.append(row)
            position += rowBytes
        }
        return rows
    }

    private static func encode(_ row: ChunkRow, to bytes: inout [UInt8]) {
        let start = bytes.count
        bytes.appendLittleEndian(row.range.lowerBound)
        bytes.appendLittleEndian(Int64(row.range.count))
        bytes.appendLittleEndian(row.sequence)
        bytes.appendLittleEndian(row.crc32c)
        bytes.appendLittleEndian(chunkKind)
        bytes.appendLittleEndian(UInt32(0))
        bytes.appendLittleEndian(CRC32C.of(Array(bytes[start...])))
    }

    private static func decode(_ bytes: ArraySlice<UInt8>) -> ChunkRow? {
        let start = bytes.startIndex
        let body = Array(bytes[start..<start + rowBytes - 4])
        guard bytes.littleEndian(UInt32.self, at: start + 36) == CRC32C.of(body),
            bytes.littleEndian(UInt32.self, at: start + 28) == chunkKind
        else { return nil }
        let offset = bytes.littleEndian(Int64.self, at: start)
        let byteCount = bytes.littleEndian(Int64.self, at: start + 8)
        guard offset >= 0, byteCount > 0, offset <= Int64.max - byteCount else { return nil }
        return ChunkRow(
            range: offset..<offset + byteCount,
            sequence: bytes.littleEndian(Int64.self, at: start + 16),
            crc32c: bytes.littleEndian(UInt32.self, at: start + 24))
    }
}

extension [UInt8] {
    mutating func appendLittleEndian<Value: FixedWidthInteger>(_ value: Value) {
        for byte in 0..<Value.bitWidth / 8 {
            append(UInt8(truncatingIfNeeded: value >> (byte * 8)))
        }
    }
}

extension ArraySlice<UInt8> {
    func littleEndian<Value: FixedWidthInteger>(_ type: Value.Type, at index: Int) -> Value {
        var value: Value = 0
        for byte in 0..<Value.bitWidth / 8 {
            value |= Value(truncatingIfNeeded: self[index + byte]) << (byte * 8)
        }
        return value
    }
}
