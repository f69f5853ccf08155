import Testing

@testable import Containers

@Suite("EBML")
struct EBMLTests {
    @Test(
        "A length is written with a marker for its width, all ones being kept for \"unknown\"",
        arguments: [
            (0, 1, [0x80]), (1, 1, [0x81]), (126, 1, [0xFE]), (127, 2, [0x40, 0x7F]),
            (16_382, 2, [0x7F, 0xFE]), (16_383, 3, [0x20, 0x3F, 0xFF]),
            (1, 8, [0x01, 0, 0, 0, 0, 0, 0, 1]),
            (1 << 56 - 2, 8, [0x01, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFE]),
        ] as [(Int64, Int, [UInt8])])
    func lengths(value: Int64, width: Int, bytes: [UInt8]) {
        #expect(EBMLNumber.encode(value, width: width) == bytes)
        #expect(EBMLNumber.decode(bytes[...]) == value)
    }

    @Test(
        "What does not fit its width is not written",
        arguments: [(127, 1), (16_383, 2), (-1, 4), (1, 0), (1, 9)] as [(Int64, Int)])
    func tooLong(value: Int64, width: Int) {
        #expect(EBMLNumber.encode(value, width: width) == nil)
    }

    @Test("All ones mean an unknown length at each width", arguments: 1...8)
    func unknown(width: Int) {
        let first = UInt8(truncatingIfNeeded: (1 << (9 - width)) - 1)
        let bytes = [first] + [UInt8](repeating: 0xFF, count: width - 1)
        #expect(EBMLNumber.decode(bytes[...]) == nil)
    }

    @Test(
        "The fewest bytes for a length",
        arguments: [(0, 1), (126, 1), (127, 2), (16_382, 2), (16_383, 3), (1 << 49, 8)]
            as [(Int64, Int)])
    func widths(value: Int64, width: Int) {
        #expect(EBMLNumber.width(of: value) == width)
    }

    @Test(
        "Numbers of 4 and 8 bytes are floats, others are none",
        arguments: [
            ([], 0), ([0x3F, 0x80, 0, 0], 1), ([0x40, 0x59, 0, 0, 0, 0, 0, 0], 100), ([1, 2], nil),
        ] as [([UInt8], Double?)])
    func floats(bytes: [UInt8], value: Double?) {
        #expect(EBMLNumber.float(bytes) == value)
    }

    @Test(
        "The header of an element, or why there is none",
        arguments: [
            ([], .incomplete), ([0x1A], .incomplete), ([0x1A, 0x45, 0xDF, 0xA3], .incomplete),
            (
                [0x1A, 0x45, 0xDF, 0xA3, 0x9F],
                .whole(
                    ElementHeader(
                        id: 0x1A45_DFA3, payloadByteCount: 31, lengthWidth: 1, byteCount: 5))
            ),
            (
                [0xA3, 0x45, 0xC5, 0x81],
                .whole(
                    ElementHeader(id: 0xA3, payloadByteCount: 0x5C5, lengthWidth: 2, byteCount: 3))
            ),
            (
                [0xEC, 0xFF],
                .whole(
                    ElementHeader(id: 0xEC, payloadByteCount: nil, lengthWidth: 1, byteCount: 2))
            ),
            ([0x08, 0x80], .invalid), ([0x00], .invalid), ([0xA3, 0x00], .invalid),
        ] as [([UInt8], ElementHeader.Reading)])
    func headers(bytes: [UInt8], reading: ElementHeader.Reading) {
        let isEqual = ElementHeader.read(bytes[...]) == reading
        #expect(isEqual)
    }

    @Test("A Void of each length is exactly as long", arguments: [2, 3, 8, 9, 10, 127, 4_096])
    func voids(byteCount: Int64) throws {
        let header = EBMLVoid.header(byteCount: byteCount)
        guard case .whole(let read) = ElementHeader.read(header[...]) else {
            Issue.record("no element")
            return
        }
        #expect(read.id == MatroskaID.void)
        #expect(Int64(read.byteCount) + (read.payloadByteCount ?? -1) == byteCount)
    }

    @Test("A list of elements ends at the first that is cut off")
    func lists() {
        let bytes: [UInt8] = [0xD7, 0x81, 5, 0x86, 0x82, 0x41, 0x42, 0x83, 0x82, 1]
        let ids = ElementList(bytes[...]).map(\.id)
        #expect(ids == [0xD7, 0x86])
    }
}

@Suite("Block headers")
struct BlockHeaderTests {
    /// Feeds all of it; the lengths of the frames when whole, nil when invalid or incomplete.
    private func lengths(_ head: [UInt8], payload: Int64) -> [Int64]? {
        var header = BlockHeader(payloadByteCount: payload)
        for (index, byte) in head.enumerated() {
            switch header.take(byte) {
            case .whole:
                let list = header.frameByteCounts
                return index == head.count - 1 ? (0..<list.count).compactMap { list[$0] } : nil
            case .invalid: return nil
            case .incomplete: continue
            }
        }
        return nil
    }

    @Test(
        "Frames of a block by its lacing",
        arguments: [
            ("none", [0x81, 0, 0, 0x80], 100, [96]),
            ("none, a track number of two bytes", [0x40, 0x81, 0, 0, 0x80], 100, [95]),
            ("Xiph", [0x81, 0, 0, 0x02, 2, 10, 255, 45], 400, [10, 300, 82]),
            ("Xiph, one frame", [0x81, 0, 0, 0x02, 0], 100, [95]),
            ("fixed", [0x81, 0, 0, 0x04, 2], 65, [20, 20, 20]),
            ("EBML", [0x81, 0, 0, 0x06, 2, 0x43, 0x20, 0x5E, 0xD3], 1_500, [800, 500, 191]),
            ("EBML, rising", [0x81, 0, 0, 0x06, 2, 0x85, 0xC0], 30, [5, 6, 12]),
        ] as [(String, [UInt8], Int64, [Int64])])
    func lacing(name: String, head: [UInt8], payload: Int64, lengths expected: [Int64]) {
        #expect(lengths(head, payload: payload) == expected)
    }

    @Test(
        "Lengths that do not fit the block make it none",
        arguments: [
            ("fixed, with a remainder", [0x81, 0, 0, 0x04, 2], 66),
            ("Xiph, too long", [0x81, 0, 0, 0x02, 1, 200], 100),
            ("EBML, below zero", [0x81, 0, 0, 0x06, 2, 0x85, 0x80], 100),
            ("EBML, no number", [0x81, 0, 0, 0x06, 1, 0x00], 100),
            ("a header as long as the block", [0x81, 0, 0, 0x02, 9, 1, 1, 1], 7),
            ("no track", [0x00, 0, 0, 0x80], 100),
        ] as [(String, [UInt8], Int64)])
    func invalid(name: String, head: [UInt8], payload: Int64) {
        #expect(lengths(head, payload: payload) == nil)
    }
}
