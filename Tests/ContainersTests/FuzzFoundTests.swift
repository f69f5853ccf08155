import Testing

@testable import Containers

private typealias Fixture = WebMFixture

/// What fuzzing has found: inputs that once broke a promise of the readers.
@Suite("Found by fuzzing")
struct FuzzFoundTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let bytes: [UInt8]
        var hole = 0..<0
    }

    private static let media = Fixture.cluster(
        0, isKnown: true, Fixture.video(0, key: true) + Fixture.audio(10))
    private static let tags = Fixture.bytes { $0.element(MatroskaID.tags, [0xEC, 0x81, 0]) }
    /// An ID that no specification knows, with a payload of 40 bytes.
    private static let unknown: [UInt8] = [0x4F, 0xFF, 0xA8] + [UInt8](repeating: 7, count: 40)

    static let webm = [
        Row(
            testDescription: "another recording behind media without tracks",
            bytes: Fixture.ebml + Fixture.segment + Fixture.info() + media + Fixture.head()),
        Row(
            testDescription: "a broken element behind an unknown one with a hole",
            bytes: Fixture.head() + media + tags + unknown + [0x4F, 0xFF, 0x10, 0x80, 0, 0]
                + media,
            hole: holeInUnknown),
    ]

    private static var holeInUnknown: Range<Int> {
        let place = (Fixture.head() + media + tags).count + 10
        return place..<place + 4
    }

    private static let pages = OggFixture.stream()
    /// Vorbis of one sample a second, and a granule of a billion years of it.
    private static let vorbis: [[UInt8]] = [
        OggFixture.page(
            0, granule: 0, flags: .beginsStream,
            [
                Array("\u{1}vorbis".utf8) + [0, 0, 0, 0, 1, 1, 0, 0, 0]
                    + [UInt8](repeating: 0, count: 14)
            ]),
        OggFixture.page(1, granule: 1 << 60, [[0, 1, 2]]),
    ]

    @Test("Centuries of sound and another link behind them are no trap")
    func centuries() {
        let run = ReaderRun(OggReader.self, (Self.vorbis + Self.pages).flatMap { $0 })
        #expect(run.frames.count == 21)
        #expect(run.frames.last?.timestamp == .max)
    }

    @Test("A page left out does not set free the one in its packets")
    func pageWithinPage() {
        let hidden = OggFixture.page(4, granule: 19_200, [OggFixture.packet(9)])
        let late = OggFixture.page(2, granule: 4_800, [hidden])
        let bytes = (Self.pages[..<4] + [late] + Self.pages[4...]).flatMap { $0 }
        let run = ReaderRun(OggReader.self, bytes)
        #expect(run.frames.count == 20)
        #expect(ReaderRun(OggReader.self, run.file).frames.count == 20)
    }

    @Test("What stands in front is finished so that it is read again", arguments: [0, 4, 8, 9, 30])
    func unknownInFront(count: Int) {
        let unknown = (0..<count).flatMap { _ in Self.unknown }
        let head = Fixture.ebml + Fixture.segment + Fixture.tracks()
        let bytes = head + unknown + Fixture.info() + unknown.prefix(86) + Self.media + Self.media
        let run = ReaderRun.webm(bytes, reserve: 4096)
        #expect(run.artifact.unverifiedReason == nil && run.artifact.copyReason == nil)
        let again = ReaderRun.webm(run.file)
        #expect(again.kinds == [] && again.frames.count == run.frames.count)
        #expect(FinishedWebM(run.file).problems == [])
    }

    @Test("Pieces change nothing, and no two edits overlap", arguments: webm)
    func keepsItsPromises(row: Row) {
        let whole = ReaderRun.webm(row.bytes, hole: row.hole)
        for pieces in [1, 2, 3, 5, 8, 13, 50] {
            let isSame = ReaderRun.webm(row.bytes, pieces: pieces, hole: row.hole) == whole
            #expect(isSame, "pieces of \(pieces)")
        }
        for (edit, next) in zip(whole.edits, whole.edits.dropFirst()) {
            #expect(edit.range.upperBound <= next.offset)
        }
    }
}
