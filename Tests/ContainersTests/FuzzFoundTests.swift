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
    /// An ID that no specification knows, with a payload of 40 bytes.
    private static let unknown: [UInt8] = [0x4F, 0xFF, 0xA8] + [UInt8](repeating: 7, count: 40)

    static let webm = [
        Row(
            testDescription: "another recording behind media without tracks",
            bytes: Fixture.ebml + Fixture.segment + Fixture.info() + media + Fixture.head()),
        Row(
            testDescription: "a broken element behind an unknown one with a hole",
            bytes: Fixture.head() + media + unknown + [0x4F, 0xFF, 0x10, 0x80, 0, 0] + media,
            hole: holeInUnknown),
    ]

    private static var holeInUnknown: Range<Int> {
        let place = Fixture.head().count + media.count + 10
        return place..<place + 4
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
