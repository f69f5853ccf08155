import TestKit
import Testing

@testable import Containers

private typealias Fixture = WebMFixture

@Suite("Damaged WebM")
struct WebMDamageTests {
    /// Four clusters of three frames each, from 0, 1, 2 and 3 seconds.
    private static let clusters: [[UInt8]] = (0..<4).map { second in
        Fixture.cluster(
            second * 1_000,
            Fixture.video(0, key: true) + Fixture.audio(10) + Fixture.video(33))
    }
    private static let recording = Fixture.head() + clusters.joined()

    @Test("Cut anywhere, every whole frame stays, and a part of an element is reported")
    func cut() {
        let whole = ReaderRun.webm(Self.recording)
        for length in Fixture.head().count..<Self.recording.count {
            let bytes = Array(Self.recording[..<length])
            let run = ReaderRun.webm(bytes)
            let expected = whole.frames.filter { $0.payload.upperBound <= Int64(length) }
            let isKept = run.frames == expected
            #expect(isKept, "cut at \(length)")
            guard !expected.isEmpty else {
                #expect(run.kinds.contains(.noMedia))
                continue
            }
            #expect(FinishedWebM(run.file).problems == [])
            let isEnd = run.artifact.end == Int64(length)
            #expect(isEnd || run.kinds == [.truncatedTail] || run.kinds.isEmpty)
        }
    }

    @Test("A hole anywhere becomes a Void: no frame is stitched, the file stays whole")
    func holes() {
        let whole = ReaderRun.webm(Self.recording)
        let frames = Set(contents(whole, Self.recording))
        for start in stride(from: Fixture.head().count, to: Self.recording.count - 60, by: 7) {
            let hole = start..<start + 55
            let run = ReaderRun.webm(Self.recording, hole: hole)
            let kept = contents(run, Self.recording)
            #expect(frames.isSuperset(of: kept), "hole at \(start)")
            #expect(run.kinds.contains(.hole))
            #expect(FinishedWebM(run.file).problems == [], "hole at \(start)")
            let second = ReaderRun.webm(run.file)
            let isStable = contents(second, run.file) == kept && second.kinds == []
            #expect(isStable, "hole at \(start)")
        }
    }

    @Test("A hole within one block costs that block only")
    func holeInBlock() {
        let place = Fixture.head().count + Self.clusters[0].count + 30
        let run = ReaderRun.webm(Self.recording, hole: place..<place + 4)
        #expect(run.frames.count == 11)
        #expect(run.kinds == [.hole])
    }

    @Test("A hole behind the head is voided in place when it is long", arguments: [90, 300_000])
    func holeBehindHead(byteCount: Int) {
        let head = Fixture.head()
        let gap = [UInt8](repeating: 7, count: byteCount)
        let bytes = head + gap + Self.clusters[0]
        let run = ReaderRun.webm(bytes, hole: head.count..<head.count + byteCount)
        #expect(run.kinds == [.hole] && run.frames.count == 3)
        #expect(run.artifact.head.count < 1_000)
        #expect(FinishedWebM(run.file).problems == [])
    }

    @Test("A wrong block length costs the rest of its cluster, and says so")
    func wrongLength() {
        var bytes = Self.recording
        let place = Fixture.head().count + Self.clusters[0].count + 16
        #expect(bytes[place] == 0xA3)
        bytes[place + 1] ^= 0x08
        let run = ReaderRun.webm(bytes)
        #expect(run.kinds == [.torn] && run.frames.count == 9)
        #expect(run.artifact.damage.first?.offset == Int64(place))
        #expect(FinishedWebM(run.file).problems == [])
    }

    @Test("A second recording behind the first is left out, wherever it begins", arguments: 0..<3)
    func spliced(cutCount: Int) {
        let first = Self.recording.dropLast([0, 1, 30][cutCount])
        let run = ReaderRun.webm(Array(first) + Self.recording)
        #expect(run.kinds.contains(.spliced))
        #expect(run.kinds.contains(.torn) == (cutCount > 0))
        #expect(run.artifact.end <= Int64(first.count))
        #expect(run.frames.count == 12 - min(1, cutCount))
        #expect(FinishedWebM(run.file).problems == [])
    }

    @Test("Clusters that go back in time are reported, with their place")
    func reversed() {
        let clusters = Self.clusters
        let bytes = Fixture.head() + clusters[0] + clusters[2] + clusters[1] + clusters[3]
        let run = ReaderRun.webm(bytes)
        #expect(run.kinds == [.timeReversed] && run.frames.count == 12)
        #expect(run.artifact.damage.first?.timeMilliseconds == 1_000)
        #expect(FinishedWebM(run.file).problems == [])
    }

    @Test("A cluster that says it is longer or shorter than it is", arguments: [-4, 4] as [Int64])
    func clusterLength(error: Int64) {
        var bytes = Fixture.head()
        let blocks = Fixture.video(0, key: true) + Fixture.audio(10)
        let cluster = Fixture.cluster(0, isKnown: true, blocks)
        bytes += cluster.prefix(4)
        bytes += EBMLNumber.encode(Int64(cluster.count - 12) + error, width: 8) ?? []
        bytes += cluster.dropFirst(12)
        bytes += Fixture.cluster(1_000, isKnown: true, blocks)
        let run = ReaderRun.webm(bytes)
        #expect(run.kinds.contains(.torn))
        #expect(run.frames.count >= 2)
        #expect(FinishedWebM(run.file).problems == [])
    }

    @Test(
        "Without tracks or frames there is nothing to finish",
        arguments: [
            ("nothing", [], MediaDamage.Kind.empty),
            ("a header alone", Fixture.head(), .noMedia),
            ("no tracks", Fixture.ebml + Fixture.segment + Fixture.clusterOfOne, .unreadable),
            ("no segment", Fixture.ebml + Fixture.clusterOfOne, .unreadable),
            ("one byte", [0x1A], .noMedia),
        ] as [(String, [UInt8], MediaDamage.Kind)])
    func nothing(name: String, bytes: [UInt8], kind: MediaDamage.Kind) {
        let run = ReaderRun.webm(bytes)
        #expect(run.kinds.last == kind)
        #expect(run.artifact.unverifiedReason != nil && run.edits.isEmpty)
        #expect(run.artifact.start == 0 && run.artifact.end == Int64(bytes.count))
    }

    @Test(
        "Elements that claim terabytes cost nothing",
        arguments: [
            MatroskaID.info, MatroskaID.tracks, MatroskaID.tags, MatroskaID.void,
            MatroskaID.simpleBlock, MatroskaID.blockGroup, 0x4DEF,
        ])
    func claims(id: UInt32) {
        let claim = Fixture.bytes { $0.header(id, payloadByteCount: 1 << 50) }
        for front in [Fixture.ebml + Fixture.segment, Self.recording] {
            let run = ReaderRun.webm(front + claim + [1, 2, 3])
            #expect(!run.kinds.isEmpty)
        }
    }

    @Test("However many places are damaged, the list of them is short")
    func manyDamages() {
        var bytes = Fixture.head()
        for second in 0..<150 {
            bytes += Fixture.cluster(
                Int64(second), Fixture.video(0, key: true) + Fixture.video(1) + [0, 0])
        }
        let run = ReaderRun.webm(bytes)
        #expect(run.kinds.count == MediaDamageList.countMax + 1 && run.kinds.last == .more)
        #expect(run.frames.count == 150)
    }

    @Test("The index is thinned out when it is full, and stays in order")
    func fullIndex() {
        var cues = WebMCues()
        for index in 0..<Int64(WebMCues.countMax) + 1_000 {
            let cue = WebMCues.Cue(time: index * 100, track: 1, cluster: index, place: 1)
            cues.add(cue, time: index * 100_000_000, kind: .video)
            cues.bound(tick: 1_000_000)
        }
        #expect(cues.cues.count < WebMCues.countMax / 4)
        let times = cues.cues.map(\.time)
        #expect(zip(times, times.dropFirst()).allSatisfy { $1 - $0 >= 500 })
    }

    @Test("The index is in order of time, however its entries came", arguments: [1, 64, 65, 300])
    func indexOrder(count: Int64) {
        func index(_ numbers: [Int64]) -> [UInt8] {
            var cues = WebMCues()
            for number in numbers {
                cues.add(
                    .init(time: number, track: 1, cluster: number * 9000, place: 3),
                    time: number * 1_000_000, kind: .video)
            }
            return cues.bytes
        }
        let inOrder = index(Array(0..<count))
        var random = SeededRandom(UInt64(count))
        #expect(index((0..<count).shuffled(using: &random)) == inOrder)
        #expect(index((0..<count).reversed()) == inOrder)
        var writer = ElementWriter()
        writer.master(MatroskaID.cues) { list in
            for number in 0..<count {
                list.master(MatroskaID.cuePoint) { point in
                    point.unsigned(MatroskaID.cueTime, number)
                    point.master(MatroskaID.cueTrackPositions) { place in
                        place.unsigned(MatroskaID.cueTrack, 1)
                        place.unsigned(MatroskaID.cueClusterPosition, number * 9000)
                        place.unsigned(MatroskaID.cueRelativePosition, 3)
                    }
                }
            }
        }
        #expect(inOrder == writer.bytes)
    }
}

extension WebMFixture {
    fileprivate static var clusterOfOne: [UInt8] { cluster(0, video(0, key: true)) }
}
