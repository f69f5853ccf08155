import Testing

@testable import Containers

@Suite("MP4 boxes")
struct MP4BoxTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let bytes: [UInt8]
        let extent: MP4BoxHeader.Extent?
        let byteCount: Int
    }

    static let free: [UInt8] = Array("free".utf8)
    static let rows = [
        Row(
            testDescription: "too short", bytes: [0, 0, 0, 8] + free.prefix(3), extent: nil,
            byteCount: 0),
        Row(
            testDescription: "a plain one", bytes: [0, 0, 1, 2] + free, extent: .bytes(258),
            byteCount: 8),
        Row(
            testDescription: "to the end", bytes: [0, 0, 0, 0] + free, extent: .toEnd,
            byteCount: 8),
        Row(
            testDescription: "64 bits, not whole",
            bytes: [0, 0, 0, 1] + free + [0, 0, 0, 0, 0, 0, 1], extent: nil, byteCount: 0),
        Row(
            testDescription: "64 bits",
            bytes: [0, 0, 0, 1] + free + [0, 0, 0, 2, 0, 0, 0, 16], extent: .bytes(8_589_934_608),
            byteCount: 16),
        Row(
            testDescription: "64 bits, shorter than its header",
            bytes: [0, 0, 0, 1] + free + [0, 0, 0, 0, 0, 0, 0, 15], extent: .invalid,
            byteCount: 16),
        Row(
            testDescription: "beyond any file",
            bytes: [0, 0, 0, 1] + free + [0x80, 0, 0, 0, 0, 0, 0, 0], extent: .invalid,
            byteCount: 16),
        Row(
            testDescription: "shorter than its header", bytes: [0, 0, 0, 7] + free,
            extent: .invalid, byteCount: 8),
    ]

    @Test("A header's length and type (ISO/IEC 14496-12 4.2)", arguments: rows)
    func header(row: Row) {
        let header = MP4BoxHeader(row.bytes)
        #expect(header?.extent == row.extent)
        if let header {
            #expect(header.type == "free")
            #expect(header.byteCount == row.byteCount)
        }
    }

    static func events(_ bytes: [UInt8], pieces: Int) -> [MP4BoxReader.Event] {
        var reader = MP4BoxReader()
        var events: [MP4BoxReader.Event] = []
        for start in stride(from: 0, to: bytes.count, by: pieces) {
            let piece = Array(bytes[start..<min(bytes.count, start + pieces)])
            reader.append(piece.span) { events.append($0) }
        }
        return events
    }

    @Test("Boxes within boxes come out the same in any pieces", arguments: 1...70)
    func drip(pieces: Int) {
        let bytes =
            MP4Fixture.box("ftyp", [1, 2, 3])
            + MP4Fixture.box("moov", MP4Fixture.box("mvhd", [4, 5]) + MP4Fixture.box("trak", []))
            + MP4Fixture.box("mdat", [UInt8](repeating: 9, count: 20))
        #expect(
            Self.events(bytes, pieces: pieces) == [
                .opened("ftyp", offset: 0, depth: 0), .opened("moov", offset: 11, depth: 0),
                .opened("mvhd", offset: 19, depth: 1), .leaf("mvhd", [4, 5]),
                .opened("trak", offset: 29, depth: 1), .closed("trak"), .closed("moov"),
                .opened("mdat", offset: 37, depth: 0),
            ])
    }

    @Test("A box that ends behind the one around it loses the structure")
    func beyond() {
        let bytes = MP4Fixture.box("moov", [0, 0, 0, 99] + Array("trak".utf8))
        #expect(
            Self.events(bytes, pieces: 4) == [
                .opened("moov", offset: 0, depth: 0), .lost(offset: 8),
            ])
    }

    @Test("Media may be missing, structure may not")
    func holes() {
        var reader = MP4BoxReader()
        var events: [MP4BoxReader.Event] = []
        let media = MP4Fixture.box("mdat", [UInt8](repeating: 1, count: 100))
        reader.append(Array(media.prefix(20)).span) { events.append($0) }
        reader.skip(50) { events.append($0) }
        reader.append(Array(media.suffix(38)).span) { events.append($0) }
        #expect(reader.isAtEnd && reader.wholeEnd == 108)
        reader.skip(50) { events.append($0) }
        reader.append(media.span) { events.append($0) }
        #expect(events == [.opened("mdat", offset: 0, depth: 0), .lost(offset: 108)])
        #expect(!reader.isAtEnd && reader.wholeEnd == 108)
    }
}
