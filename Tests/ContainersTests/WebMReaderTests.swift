import Testing

@testable import Containers

private typealias Fixture = WebMFixture

extension ReaderRun {
    /// A WebM recording with the usual reserve.
    static func webm(
        _ bytes: [UInt8], pieces: Int = .max, hole: Range<Int> = 0..<0, reserve: Int = 256
    ) -> ReaderRun {
        ReaderRun(WebMReader.self, bytes, pieces: pieces, hole: hole, reserve: reserve)
    }
}

@Suite("WebM")
struct WebMReaderTests {
    @Test("A recording becomes a file with lengths, SeekHead, Duration and Cues")
    func plain() {
        let run = ReaderRun.webm(Fixture.plain)
        let file = FinishedWebM(run.file)
        #expect(file.problems == [])
        #expect(file.duration == 1_020)
        #expect(file.cues.map(\.time) == [0, 1_020])
        #expect(file.count(MatroskaID.cluster) == 2)
        #expect(file.children.last?.id == MatroskaID.cues)
        #expect(file.docTypeVersion == 4)
        #expect(run.kinds == [])
        #expect(run.artifact.head.count == 256 + Int(run.artifact.start))
        let tracks = run.artifact.description.tracks
        #expect(tracks.map(\.frames) == [3, 2] && tracks.map(\.keyFrames) == [2, 2])
        #expect(tracks[0].width == 320 && tracks[1].channels == 2)
    }

    @Test("Where the pieces are cut changes nothing", arguments: [false, true])
    func dripFeed(isTorn: Bool) {
        var bytes = Fixture.plain
        if isTorn { bytes.insert(contentsOf: [0, 0, 7], at: bytes.count - 70) }
        let whole = ReaderRun.webm(bytes)
        for cut in 1..<bytes.count {
            let isSame = ReaderRun.webm(bytes, pieces: cut) == whole
            #expect(isSame, "pieces of \(cut)")
        }
    }

    @Test("A finished file is finished already: its frames are the same, nothing is edited")
    func again() {
        let run = ReaderRun.webm(Fixture.plain)
        let second = ReaderRun.webm(run.file)
        #expect(second.edits.isEmpty && second.kinds == [])
        #expect(contents(second, run.file) == contents(run, Fixture.plain))
        #expect(FinishedWebM(second.file).problems == [])
        #expect(FinishedWebM(second.file).count(MatroskaID.cues) == 1)
    }

    @Test("Duration ends with the last Opus packet, not with an invented video interval")
    func duration() {
        let audioLast = Fixture.head() + Fixture.cluster(0, Fixture.video(90) + Fixture.audio(80))
        #expect(FinishedWebM(ReaderRun.webm(audioLast).file).duration == 100)
        let videoLast = Fixture.head() + Fixture.cluster(0, Fixture.audio(0) + Fixture.video(90))
        #expect(FinishedWebM(ReaderRun.webm(videoLast).file).duration == 90)
    }

    @Test("The key flag is set on audio blocks, and only there")
    func keyFlags() {
        let blocks = Fixture.audio(0, key: false) + Fixture.video(0) + Fixture.audio(20)
        let bytes = Fixture.head() + Fixture.cluster(0, blocks)
        let run = ReaderRun.webm(bytes)
        let flags = run.edits.filter { $0.bytes == [0x80] }
        #expect(flags.count == 1)
        #expect(run.frames.map(\.isKey) == [true, false, true])
        #expect(contents(ReaderRun.webm(run.file), run.file) == contents(run, bytes))
    }

    @Test("Audio alone has a cue at most every five seconds, into long clusters as well")
    func audioCues() {
        let cluster = { (start: Int64) in
            Fixture.cluster(start, (0..<60).flatMap { Fixture.audio(Int16($0) * 500) })
        }
        let bytes = Fixture.head(video: false) + cluster(0) + cluster(30_000)
        let times = FinishedWebM(ReaderRun.webm(bytes).file).cues.map(\.time)
        #expect(times.count == 15)
        #expect(zip(times, times.dropFirst()).allSatisfy { $1 - $0 <= 5_000 })
    }

    @Test("A BlockGroup keeps its additions; without a reference it is a key frame")
    func groups() {
        let additions: [UInt8] = [0x75, 0xA1, 0x84, 1, 2, 3, 4]
        let groups =
            Fixture.group(1, 0, reference: false, [1, 2, 3], additions)
            + Fixture.group(1, 33, reference: true, [4, 5], additions)
        let run = ReaderRun.webm(Fixture.head() + Fixture.cluster(0, groups))
        #expect(run.frames.map(\.isKey) == [true, false])
        #expect(run.frames.map(\.byteCount) == [3, 2])
        #expect(FinishedWebM(run.file).cues.count == 1)
        #expect(run.file.suffix(from: run.artifact.head.count).containsSequence(groups))
    }

    @Test("Laced packets are frames of their own, one after the other in time")
    func lacing() {
        let laced = Fixture.bytes {
            $0.element(
                MatroskaID.simpleBlock,
                Fixture.head(of: 2, 0, 0x84) + [2] + Fixture.opus + Fixture.opus + Fixture.opus)
        }
        let run = ReaderRun.webm(Fixture.head() + Fixture.cluster(0, laced))
        #expect(run.frames.map(\.timestamp) == [0, 20_000_000, 40_000_000])
        #expect(FinishedWebM(run.file).duration == 60)
    }

    @Test("What the reader does not know is kept where it is")
    func unknown() {
        let strange = Fixture.bytes { $0.element(0x4DEF, [1, 2, 3]) }
        let tags = Fixture.bytes { $0.element(MatroskaID.tags, [0xEC, 0x81, 0]) }
        let bytes =
            Fixture.head() + tags
            + Fixture.cluster(0, Fixture.video(0, key: true) + strange + Fixture.video(9)) + tags
            + Fixture.cluster(50, Fixture.video(0))
        let run = ReaderRun.webm(bytes)
        let file = FinishedWebM(run.file)
        #expect(run.kinds == [] && run.frames.count == 3 && file.problems == [])
        #expect(file.count(MatroskaID.tags) == 2)
        #expect(run.file.containsSequence(strange))
    }

    @Test("Elements in front of Info go into the new head")
    func carried() {
        let tags = Fixture.bytes { $0.element(MatroskaID.tags, [0xEC, 0x81, 7]) }
        let bytes =
            Fixture.ebml + Fixture.segment + tags + Fixture.info() + Fixture.tracks()
            + Fixture.cluster(0, Fixture.video(0, key: true))
        let run = ReaderRun.webm(bytes)
        #expect(FinishedWebM(run.file).count(MatroskaID.tags) == 1)
        #expect(run.artifact.head.containsSequence(tags))
    }

    @Test("An index that nothing points to, and a Duration of one millisecond, are replaced")
    func finalizedBadly() {
        let cues = Fixture.bytes { $0.element(MatroskaID.cues, [0xBB, 0x80]) }
        let void = EBMLVoid.header(byteCount: 50) + [UInt8](repeating: 0, count: 41)
        let front = Fixture.ebml + Fixture.segment + void + Fixture.info(duration: 1)
        let bytes =
            front + Fixture.tracks() + Fixture.cluster(0, Fixture.video(0, key: true)) + cues
            + Fixture.cluster(40, Fixture.video(0)) + cues
        let run = ReaderRun.webm(bytes)
        let file = FinishedWebM(run.file)
        #expect(file.problems == [] && file.duration == 40)
        #expect(file.count(MatroskaID.cues) == 1 && file.count(MatroskaID.cluster) == 2)
        #expect(run.artifact.end == Int64(bytes.count - cues.count) && run.kinds == [])
    }

    @Test("A checksum over edited bytes becomes a Void, one over others stays")
    func checksums() {
        let crc: [UInt8] = [0xBF, 0x84, 1, 2, 3, 4]
        let cluster = { (blocks: [UInt8]) in
            let payload = crc + Fixture.bytes { $0.unsigned(MatroskaID.timestamp, 0) } + blocks
            return Fixture.bytes { $0.element(MatroskaID.cluster, payload) }
        }
        let edited = Fixture.head() + cluster(Fixture.audio(0, key: false))
        #expect(ReaderRun.webm(edited).edits.map(\.bytes) == [[0xEC], [0x80]])
        let whole = Fixture.head() + cluster(Fixture.audio(0))
        #expect(ReaderRun.webm(whole).edits.isEmpty)
    }

    @Test("Fields of a cluster about its place are kept only while they are true")
    func places() {
        let first = Fixture.cluster(0, Fixture.video(0, key: true))
        let length = Fixture.bytes {
            $0.unsigned(MatroskaID.previousLength, Int64(first.count), width: 4)
        }
        let place = Fixture.bytes { $0.unsigned(MatroskaID.position, 77) }
        let bytes =
            Fixture.head() + first + Fixture.cluster(40, length + place + Fixture.video(0))
            + Fixture.cluster(80, length + Fixture.video(0))
        let run = ReaderRun.webm(bytes)
        #expect(run.edits.count { $0.bytes == [0xEC] } == 2)
        #expect(run.kinds == [] && FinishedWebM(run.file).problems == [])
    }

    @Test(
        "A short field takes a length that fits, or the file has to be copied",
        arguments: [([0xFF], 20, true), ([0xFF], 200, false), ([0x7F, 0xFF], 200, true)]
            as [([UInt8], Int, Bool)])
    func shortFields(length: [UInt8], byteCount: Int, fits: Bool) {
        let block = Fixture.video(0, key: true, byteCount: byteCount)
        let run = ReaderRun.webm(Fixture.head() + Fixture.cluster(0, length: length, block))
        #expect((run.artifact.copyReason == nil) == fits)
        if fits {
            #expect(FinishedWebM(run.file).problems == [])
        } else {
            #expect(run.artifact.head.isEmpty && run.artifact.start == 0)
        }
    }

    @Test("The head fills its room to the byte, or says that it is too short")
    func reserve() {
        var refused = 0
        for reserve in 0..<120 {
            let run = ReaderRun.webm(Fixture.plain, reserve: reserve)
            guard run.artifact.copyReason == nil else {
                refused += 1
                continue
            }
            #expect(run.artifact.head.count == reserve + Int(run.artifact.start))
            #expect(FinishedWebM(run.file).problems == [])
        }
        #expect(refused > 60 && refused < 100)
    }
}

/// Track, time and payload of each frame.
func contents(_ run: ReaderRun, _ bytes: [UInt8]) -> [String] {
    run.frames.map { frame in
        let payload = bytes[Int(frame.payload.lowerBound)..<Int(frame.payload.upperBound)]
        return "\(frame.track) \(frame.timestamp) \(payload.hashValue)"
    }
}

extension Collection where Element == UInt8 {
    func containsSequence(_ other: [UInt8]) -> Bool {
        indices.contains { self[$0...].starts(with: other) }
    }
}
