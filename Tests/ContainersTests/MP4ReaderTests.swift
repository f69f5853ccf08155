import Testing

@testable import Containers

@Suite("MP4 recordings")
struct MP4ReaderTests {
    static let start = MP4Fixture.box("ftyp", Array("iso5".utf8)) + MP4Fixture.movie
    static let fragments =
        MP4Fixture.fragment(time: 0, count: 50) + MP4Fixture.fragment(time: 48_000, count: 25)

    @Test("Fragments are counted and published as received")
    func fragmented() {
        let bytes = Self.start + Self.fragments
        let run = ReaderRun(MP4Reader.self, bytes)
        #expect(run.file == bytes && run.edits.isEmpty && run.kinds.isEmpty)
        #expect(run.artifact.description.durationMilliseconds == 1_500)
        let track = run.artifact.description.tracks[0]
        #expect(track.codec == "Opus" && track.kind == .audio && track.number == 1)
        #expect(track.frames == 75 && track.keyFrames == 75)
        #expect(track.channels == 2 && track.sampleRate == 48_000)
    }

    @Test("Pieces change nothing", arguments: [1, 3, 16, 100])
    func drip(pieces: Int) {
        let bytes = Self.start + Self.fragments.dropLast(3)
        let atOnce = ReaderRun(MP4Reader.self, bytes)
        #expect(ReaderRun(MP4Reader.self, bytes, pieces: pieces) == atOnce)
        #expect(atOnce.kinds == [.truncatedTail])
    }

    @Test("Durations of their own are summed; a run that is shorter than it says ends")
    func ownDurations() {
        let short = MP4Fixture.fragment(time: 0, count: 9, durations: [480, 960, 24_000])
        let run = ReaderRun(MP4Reader.self, Self.start + short)
        #expect(run.artifact.description.durationMilliseconds == 530)
        #expect(run.artifact.description.tracks[0].frames == 3)
    }

    @Test("What a hostile file claims is bounded by nothing but arithmetic")
    func hostile() {
        let lies = MP4Fixture.fragment(time: .max - 3, count: UInt64(UInt32.max))
        let run = ReaderRun(MP4Reader.self, Self.start + lies + lies)
        #expect(run.artifact.description.tracks[0].frames == 2 * Int64(UInt32.max))
    }

    @Test("A hole in media loses it alone, one in the structure is told as such")
    func holes() {
        let bytes = Self.start + Self.fragments
        let media = bytes.count - 20..<bytes.count - 10
        #expect(ReaderRun(MP4Reader.self, bytes, hole: media).kinds == [.hole])
        let structure = Self.start.count + 4..<Self.start.count + 9
        let run = ReaderRun(MP4Reader.self, bytes, hole: structure)
        #expect(run.kinds == [.hole, .torn, .noMedia])
    }

    @Test("Files without media say so")
    func nothing() {
        #expect(ReaderRun(MP4Reader.self, []).kinds == [.empty])
        #expect(ReaderRun(MP4Reader.self, Self.start).kinds == [.noMedia])
        #expect(ReaderRun(MP4Reader.self, Self.fragments).kinds == [.noMedia])
    }

    @Test("What is no known container is published as received")
    func opaque() {
        let run = ReaderRun(OpaqueReader.self, [1, 2, 3], pieces: 2)
        #expect(run.file == [1, 2, 3] && run.kinds == [.unreadable])
        #expect(ReaderRun(OpaqueReader.self, []).kinds == [.empty])
        #expect(ReaderRun(OpaqueReader.self, [1, 2, 3], hole: 1..<2).kinds.first == .hole)
    }
}
