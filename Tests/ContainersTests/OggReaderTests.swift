import Testing

@testable import Containers

@Suite("Ogg recordings")
struct OggReaderTests {
    /// A damaged stream, and what becomes of it.
    struct Row: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let pages: [[UInt8]]
        /// The pages of the finished file, in order.
        let finished: [[UInt8]]
        let kinds: [MediaDamage.Kind]
        var milliseconds: Double = 397.9166
        var notes = 0
    }

    static let whole = OggFixture.stream()
    static func ended(_ sequence: UInt32) -> [UInt8] {
        OggFixture.sound(sequence, flags: .endsStream)
    }

    static let rows = [
        Row(testDescription: "whole", pages: whole, finished: whole, kinds: []),
        Row(
            testDescription: "without its end mark", pages: Array(whole.dropLast()),
            finished: whole.prefix(4) + [ended(4)], kinds: [.endMissing],
            milliseconds: 297.9166),
        Row(
            testDescription: "last page torn",
            pages: whole.dropLast() + [Array(whole[5].prefix(40))],
            finished: whole.prefix(4) + [ended(4)], kinds: [.truncatedTail],
            milliseconds: 297.9166),
        Row(
            testDescription: "a page is missing", pages: whole.prefix(3) + whole.suffix(2),
            finished: whole.prefix(3) + whole.suffix(2), kinds: [.missingPage]),
        Row(
            testDescription: "a page came twice", pages: whole.prefix(4) + whole.suffix(3),
            finished: whole.prefix(4) + whole.suffix(2), kinds: [.timeReversed]),
        Row(
            testDescription: "the last page came twice", pages: whole + [whole[5]],
            finished: whole, kinds: [.timeReversed]),
        Row(
            testDescription: "the first page came twice", pages: [whole[0]] + whole,
            finished: whole, kinds: [.timeReversed]),
        Row(
            testDescription: "two pages are swapped",
            pages: whole.prefix(3) + [whole[4], whole[3], whole[5]],
            finished: whole.prefix(3) + whole.suffix(2), kinds: [.missingPage, .timeReversed]),
        Row(
            testDescription: "junk in front", pages: [[1, 2, 3]] + whole, finished: whole,
            kinds: [.torn]),
        Row(
            testDescription: "the end mark came too early",
            pages: whole.prefix(3) + [ended(3)] + whole.suffix(2), finished: whole,
            kinds: [.spliced]),
        Row(
            testDescription: "the tags are lost",
            pages: [whole[0], [UInt8](repeating: 0, count: 50)] + whole.suffix(4),
            finished: [whole[0], OggPageHeader.emptyTags(7)] + whole.suffix(4),
            kinds: [.torn], notes: 1),
        Row(
            testDescription: "two recordings, one after the other",
            pages: whole + OggFixture.stream(serial: 9),
            finished: whole + OggFixture.stream(serial: 9), kinds: [.spliced],
            milliseconds: 795.8333),
        Row(
            testDescription: "two recordings of the same number, the first without its end",
            pages: whole.dropLast() + whole, finished: whole.prefix(4) + [ended(4)] + whole,
            kinds: [.endMissing, .spliced], milliseconds: 695.8333),
    ]

    static func pages(_ file: [UInt8]) -> [[UInt8]] {
        var pages: [[UInt8]] = []
        var reader = OggPageReader()
        reader.append(file.span) { event, page in
            guard case .page = event else { return }
            pages.append(page.indices.map { page[$0] })
        }
        return pages
    }

    @Test("A recording is finished, and its damage told", arguments: rows)
    func finish(row: Row) {
        let run = ReaderRun(OggReader.self, row.pages.flatMap { $0 })
        let isFinished = Self.pages(run.file) == row.finished
        #expect(isFinished)
        #expect(run.kinds == row.kinds)
        #expect(run.artifact.notes.count == row.notes)
        #expect(run.artifact.unverifiedReason == nil)
        let milliseconds = run.artifact.description.durationMilliseconds ?? 0
        #expect(abs(milliseconds - row.milliseconds) < 0.001)
    }

    @Test("Pieces change nothing", arguments: rows)
    func drip(row: Row) {
        let bytes = row.pages.flatMap { $0 }
        let atOnce = ReaderRun(OggReader.self, bytes)
        for pieces in [1, 7, 50, 86] {
            let isSame = ReaderRun(OggReader.self, bytes, pieces: pieces) == atOnce
            #expect(isSame)
        }
    }

    @Test("What is finished is whole, and is left as it is", arguments: rows)
    func again(row: Row) {
        let once = ReaderRun(OggReader.self, row.pages.flatMap { $0 })
        let twice = ReaderRun(OggReader.self, once.file)
        #expect(twice.edits.isEmpty)
        #expect(twice.artifact.notes.isEmpty)
        let isSame = twice.file == once.file
        #expect(isSame)
        #expect(twice.frames.map(\.timestamp) == once.frames.map(\.timestamp))
    }

    @Test("Frames carry exact times, from the first sample that plays")
    func frames() {
        let run = ReaderRun(OggReader.self, Self.whole.flatMap { $0 })
        #expect(run.frames.count == 20)
        let first = Int64(-100) * 1_000_000_000 / 48_000
        let isExact = run.frames.enumerated().allSatisfy { index, frame in
            abs(frame.timestamp - first - Int64(index) * 20_000_000) <= 1 && frame.byteCount == 12
                && frame.isKey && frame.track == 7
        }
        #expect(isExact)
        let track = run.artifact.description.tracks[0]
        #expect(track.codec == "opus" && track.channels == 1 && track.sampleRate == 48_000)
        #expect(track.frames == 20 && track.bytes == 240)
    }

    @Test("A stream that was joined late begins at zero (RFC 7845 4.5)")
    func joinedLate() {
        let late = (0..<3).map { OggFixture.sound($0 + 2, cut: -960_000) }
        let run = ReaderRun(OggReader.self, (Self.whole.prefix(2) + late).flatMap { $0 })
        #expect(run.frames.first?.timestamp == -2_083_333)
        #expect(abs((run.artifact.description.durationMilliseconds ?? 0) - 297.9166) < 0.001)
    }

    @Test("A last page that claims less than it holds is trimmed (RFC 7845 4.4)")
    func endTrimming() {
        let last = OggFixture.sound(4, flags: .endsStream, cut: 1_000)
        let run = ReaderRun(OggReader.self, (Self.whole.prefix(4) + [last]).flatMap { $0 })
        #expect(run.kinds.isEmpty)
        let expected = Double(3 * 4_800 - 1_000 - 100) / 48
        #expect(abs((run.artifact.description.durationMilliseconds ?? 0) - expected) < 0.001)
    }

    @Test("A packet over three pages is one frame")
    func longPacket() {
        let packet = OggFixture.packet(5, count: 765 + 30)
        let pages = [
            OggFixture.head(), OggFixture.tags(),
            OggFixture.page(2, granule: nil, isOpen: true, [Array(packet[..<255])]),
            OggFixture.page(
                3, granule: nil, flags: .continued, isOpen: true, [Array(packet[255..<510])]),
            OggFixture.page(
                4, granule: 960, flags: [.continued, .endsStream], [Array(packet[510...])]),
        ]
        let bytes = pages.flatMap { $0 }
        let run = ReaderRun(OggReader.self, bytes)
        #expect(run.kinds.isEmpty && run.frames.count == 1)
        let pieces = run.frames.flatMap { [$0.payload] + $0.continuation }
        let isSame = pieces.flatMap { bytes[Int($0.lowerBound)..<Int($0.upperBound)] } == packet
        #expect(isSame && pieces.count == 3)
        // The middle page gone: the packet is no frame, and the loss is told.
        let torn = ReaderRun(OggReader.self, (pages[..<3] + pages[4...]).flatMap { $0 })
        #expect(torn.frames.isEmpty && torn.kinds == [.missingPage, .noMedia])
    }

    @Test("Time that goes back and packets that are none are told")
    func suspicious() {
        let back = OggFixture.page(3, granule: 1_000, flags: .endsStream, [OggFixture.packet(1)])
        #expect(
            ReaderRun(OggReader.self, (Self.whole.prefix(3) + [back]).flatMap { $0 }).kinds
                == [.timeReversed])
        let none = OggFixture.page(2, granule: 960, flags: .endsStream, [[3], [0xF8, 1, 2]])
        #expect(
            ReaderRun(OggReader.self, (Self.whole.prefix(2) + [none]).flatMap { $0 }).kinds
                == [.torn])
        let lie = OggFixture.page(2, granule: .max, [OggFixture.packet(1)])
        let run = ReaderRun(OggReader.self, (Self.whole.prefix(2) + [lie] + [lie]).flatMap { $0 })
        #expect(run.artifact.description.durationMilliseconds == nil)
    }

    @Test(
        "What holds nothing to play is published as received",
        arguments: [
            ([], .empty), ([[0x4F]], .unreadable), ([[1, 2, 3, 4, 5]], .unreadable),
            ([whole[0]], .noMedia), ([whole[0], whole[1]], .noMedia),
            (Array(whole[2...3]), .missingPage),
        ] as [([[UInt8]], MediaDamage.Kind)])
    func nothing(pages: [[UInt8]], kind: MediaDamage.Kind) {
        let bytes = pages.flatMap { $0 }
        let run = ReaderRun(OggReader.self, bytes)
        #expect(run.file == bytes && run.edits.isEmpty)
        #expect(run.kinds.contains(kind))
        #expect(run.artifact.unverifiedReason != nil)
    }
}
