import Testing

@testable import Containers

@Suite("Ogg pages")
struct OggPageReaderTests {
    static func events(_ bytes: [UInt8], pieces: Int) -> [OggPageReader.Event] {
        var reader = OggPageReader()
        var events: [OggPageReader.Event] = []
        var start = 0
        while start < bytes.count {
            let end = min(bytes.count, start + pieces)
            reader.append(Array(bytes[start..<end]).span) { event, _ in events.append(event) }
            #expect(reader.heldByteCount <= OggPageHeader.pageBytesMax)
            start = end
        }
        reader.cut { event, _ in events.append(event) }
        #expect(reader.offset == Int64(bytes.count))
        return events
    }

    static func pageOffsets(_ events: [OggPageReader.Event]) -> [Int64] {
        events.compactMap { if case .page(_, let offset, _) = $0 { offset } else { nil } }
    }

    @Test("The fast checksum equals the plain one", arguments: 0...40)
    func checksum(count: Int) {
        let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 73 &+ 5) }
        var fast = OggChecksum()
        fast.add(bytes.span)
        #expect(fast.value == OggFixture.plainChecksum(bytes))
    }

    @Test("The checksum of the CRC catalogue's check string")
    func checkValue() {
        // CRC-32/MPEG-2 differs only in its start value; started at zero this is the figure.
        var checksum = OggChecksum()
        checksum.add(Array("123456789".utf8).span)
        #expect(checksum.value == 0x89A1_897F)
    }

    @Test("A header is read as it was written")
    func header() throws {
        let page = OggFixture.page(
            0xFFFF_FFFE, granule: 0x0102_0304_0506_0708, flags: [.continued, .endsStream],
            serial: 0xDEAD_BEEF, [[1, 2, 3]])
        let header = try #require(OggFixture.header(page))
        #expect(header.granule == 0x0102_0304_0506_0708)
        #expect(header.serial == 0xDEAD_BEEF)
        #expect(header.sequence == 0xFFFF_FFFE)
        #expect(header.flags == [.continued, .endsStream])
        #expect(header.bytes == Array(page[..<27]))
        let silent = OggFixture.page(1, granule: nil, [[1]])
        #expect(OggFixture.header(silent)?.granule == nil)
    }

    @Test("Setting a flag changes the checksum as computing it anew does")
    func flippedFlag() throws {
        for page in OggFixture.stream() {
            let header = try #require(OggFixture.header(page))
            var zeroed = page
            zeroed[5] ^= 4
            for index in 22..<26 { zeroed[index] = 0 }
            let flipped = header.checksum(flipping: .endsStream, pageByteCount: page.count)
            #expect(flipped == OggFixture.plainChecksum(zeroed))
        }
    }

    @Test("Pages come out the same whatever pieces they came in", arguments: 1...130)
    func drip(pieces: Int) {
        let junk: [UInt8] = Array("OggS".utf8) + [0, 4] + Array("OggOgOggSOggS".utf8)
        let pages = OggFixture.stream(sounds: 2)
        let bytes = junk + pages[0] + pages[1] + junk + pages[2] + pages[3].dropLast(3)
        let events = Self.events(bytes, pieces: pieces)
        #expect(events == Self.events(bytes, pieces: bytes.count))
        let first = Int64(junk.count)
        let third = first * 2 + Int64(pages[0].count + pages[1].count)
        #expect(Self.pageOffsets(events) == [first, first + Int64(pages[0].count), third])
    }

    @Test("A page cut short does not swallow the one behind it", arguments: 1...86)
    func cutPage(kept: Int) {
        let pages = OggFixture.stream(sounds: 3)
        let bytes = pages[0] + pages[1] + pages[2].prefix(kept) + pages[3] + pages[4]
        let start = Int64(pages[0].count + pages[1].count + min(kept, pages[2].count))
        let offsets = Self.pageOffsets(Self.events(bytes, pieces: 50))
        #expect(offsets.suffix(2) == [start, start + Int64(pages[3].count)])
    }

    @Test("Every flipped bit of a page is seen")
    func flippedBits() {
        let pages = OggFixture.stream(sounds: 2)
        let rest = pages[3]
        for bit in 0..<pages[2].count * 8 {
            var page = pages[2]
            page[bit / 8] ^= 1 << UInt8(bit % 8)
            let offsets = Self.pageOffsets(Self.events(page + rest, pieces: 1_000))
            #expect(offsets == [Int64(page.count)])
        }
    }

    @Test("A file of nothing but beginnings is read in bounded time and memory")
    func hostile() {
        let beginning = OggPageHeader(
            flags: [], granule: 0, serial: 1, sequence: 1, segmentCount: 255)
        let table = [UInt8](repeating: 255, count: 255)
        let bytes = (0..<600).flatMap { _ in beginning.bytes + table }
        let events = Self.events(bytes, pieces: 40_000)
        #expect(Self.pageOffsets(events).isEmpty)
    }

    @Test("The longest page is read")
    func longest() {
        let body = [UInt8](repeating: 3, count: 255 * 255)
        let page = OggFixture.page(0, granule: nil, isOpen: true, [body])
        #expect(page.count == OggPageHeader.pageBytesMax)
        #expect(Self.pageOffsets(Self.events([1, 2] + page + page, pieces: 9_999)) == [2, 65_309])
    }
}
