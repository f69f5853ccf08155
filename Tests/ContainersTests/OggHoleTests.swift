import Testing

@testable import Containers

@Suite("Holes in Ogg recordings")
struct OggHoleTests {
    static let pages = OggFixture.stream(sounds: 12)
    static let bytes = pages.flatMap { $0 }
    /// Where each page begins, and where the last one ends.
    static let edges = pages.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1.count) }

    @Test("Every page that a hole does not touch is kept", arguments: 2..<11)
    func everyHole(page: Int) {
        for start in [Self.edges[page], Self.edges[page] + 2, Self.edges[page] + 40] {
            for count in [1, 30, 86, 200] {
                let hole = start..<start + count
                let run = ReaderRun(OggReader.self, Self.bytes, pieces: 33, hole: hole)
                let kept = zip(Self.pages, zip(Self.edges, Self.edges.dropFirst()))
                    .filter { hole.upperBound <= $1.0 || $1.1 <= hole.lowerBound }
                let isKept = OggReaderTests.pages(run.file) == kept.map(\.0)
                #expect(isKept)
                #expect(run.kinds == [.hole])
                #expect(run.artifact.damage[0].offset == Int64(Self.edges[page]))
                let milliseconds = Double((page - 2) * 4_800 - 100) / 48
                let time = run.artifact.damage[0].timeMilliseconds ?? -1
                #expect(abs(time - max(0, milliseconds)) < 0.001)
            }
        }
    }

    @Test("No frame is told that lies in a hole, and none outside is lost")
    func frames() {
        let hole = Self.edges[5] + 50..<Self.edges[7] + 3
        let run = ReaderRun(OggReader.self, Self.bytes, hole: hole)
        let all = ReaderRun(OggReader.self, Self.bytes)
        let expected = all.frames.filter {
            Int($0.payload.upperBound) <= Self.edges[5]
                || Int($0.payload.lowerBound) >= Self.edges[8]
        }
        let isSame = run.frames == expected
        #expect(isSame && run.frames.count == 45)
    }

    @Test("In a long hole an empty page stands before any player gives up")
    func stones() {
        let missing = 200_000
        let front = Self.pages[..<5].flatMap { $0 }
        let bytes = front + [UInt8](repeating: 0, count: missing) + Self.pages[9...].flatMap { $0 }
        let run = ReaderRun(
            OggReader.self, bytes, hole: front.count..<front.count + missing)
        var starts: [Int64] = []
        var reader = OggPageReader()
        reader.append(run.file.span) { event, _ in
            if case .page(_, let offset, let count) = event { starts += [offset, Int64(count)] }
        }
        var end: Int64 = 0
        var gaps: [Int64] = []
        for index in stride(from: 0, to: starts.count, by: 2) {
            gaps.append(starts[index] - end)
            end = starts[index] + starts[index + 1]
        }
        #expect(gaps.max().map { $0 <= 49_152 } == true)
        #expect(gaps.count == 5 + 4 + 5)
    }

    @Test("The end mark goes to the last page before a hole that nothing follows")
    func holeAtTheEnd() {
        let hole = Self.edges[13] - 20..<Self.bytes.count
        let run = ReaderRun(OggReader.self, Self.bytes, hole: hole)
        let finished = Self.pages[..<11] + [OggFixture.sound(11, flags: .endsStream)]
        let isFinished = OggReaderTests.pages(run.file) == Array(finished)
        #expect(isFinished && run.kinds == [.hole])
        #expect(run.artifact.end == Int64(Self.edges[12]))
    }

    @Test("Without its first page nothing can be decoded")
    func holeAtTheStart() {
        let run = ReaderRun(OggReader.self, Self.bytes, hole: 0..<60)
        #expect(run.edits.isEmpty && run.artifact.unverifiedReason != nil)
        #expect(run.kinds == [.hole, .missingPage, .noMedia])
    }
}
