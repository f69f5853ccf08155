import Containers
import TestKit
import Testing

@Suite("Cutting WebM") struct WebMSpliceTests {
    static func blocks(_ bytes: [UInt8]) throws(SpliceError) -> WebMBlocks {
        try WebMBlocks(byteCount: Int64(bytes.count)) { (offset, count) throws(SpliceError) in
            Array(bytes[Int(offset)..<min(bytes.count, Int(offset) + count)])
        }
    }

    /// The new file of `pieces`.
    static func splice(
        _ files: [[UInt8]], _ pieces: [SplicePiece], _ seam: SpliceSeam = .inside
    ) throws -> (bytes: [UInt8], splice: WebMSplice) {
        var sources: [WebMBlocks] = []
        for file in files { sources.append(try blocks(file)) }
        let splice = try WebMSplice(sources, pieces, seam: seam)
        var bytes: [UInt8] = []
        try splice.write(
            sources,
            read: { (source, range) throws(SpliceError) in
                Array(files[source][Int(range.lowerBound)..<Int(range.upperBound)])
            }, write: { (more) throws(SpliceError) in bytes += more })
        return (bytes, splice)
    }

    struct Frames {
        var rows: [Frame] = []
        var payloads: [[UInt8]] = []
        let artifact: Artifact

        init(_ bytes: [UInt8]) {
            var frames: [Frame] = []
            var reader = AnyMediaReader(headReserveBytes: 4_096)
            reader.read(bytes.span) { frames.append($0) }
            artifact = reader.finish { frames.append($0) }.artifact
            rows = frames
            payloads = frames.map {
                Array(bytes[Int($0.payload.lowerBound)..<Int($0.payload.upperBound)])
            }
        }

        /// Whether decoding of the track can begin at the first frame of every one.
        func beginsAtKeys(_ video: UInt64?) -> Bool {
            guard let video else { return true }
            return rows.first { $0.track == video }?.isKey ?? true
        }
    }

    private static let whole = [
        "cr-vp8-opus-gum-ts1000", "cr-vp9-opus-gum-nots", "cr-audio-webm-gum-ts250",
        "cr-mkv-h264-opus-gum-ts1000", "fx-vp8-opus-gum-ts1000", "fx-audio-webm-ts1000",
        "ff-webm-audio-pipe", "gst-webm-streamable",
    ]

    @Test("all of a recording is all of its frames, at their times", arguments: whole)
    func keepsAll(name: String) throws {
        let bytes = try SharedRecordings.fixture(name).bytes()
        let before = Frames(bytes)
        let (new, splice) = try Self.splice([bytes], [SplicePiece(time: 0..<Int64.max)])
        let after = Frames(new)
        let isSame = after.payloads == before.payloads.suffix(after.payloads.count)
        #expect(isSame)
        // Only what lies before the first key frame is left out: nothing could show it.
        #expect(before.payloads.count - after.payloads.count < 4)
        #expect(after.artifact.damage.isEmpty)
        let first = before.rows[before.rows.count - after.rows.count].timestamp
        let shift = after.rows.first.map { first - $0.timestamp } ?? 0
        let isShifted = zip(after.rows, before.rows.suffix(after.rows.count)).allSatisfy {
            $0.timestamp == $1.timestamp - shift
        }
        #expect(isShifted)
        let duration = try #require(after.artifact.description.durationMilliseconds)
        #expect(splice.seconds * 1000 >= duration - 1)
    }

    @Test("a trim begins at a key frame and ends where it was asked to", arguments: whole)
    func trims(name: String) throws {
        let bytes = try SharedRecordings.fixture(name).bytes()
        let before = Frames(bytes)
        let video = before.artifact.description.tracks.first { $0.kind == .video }?.number
        let (from, to) = (Int64(1_500_000_000), Int64(3_000_000_000))
        let (new, _) = try Self.splice([bytes], [SplicePiece(time: from..<to)])
        let after = Frames(new)
        #expect(after.artifact.damage.isEmpty)
        #expect(after.beginsAtKeys(video))
        let keys = before.rows.filter { row in
            video.map { row.track == $0 && row.isKey } ?? true && row.timestamp <= from
        }.map(\.timestamp)
        let start = try #require(keys.max())
        let expected = zip(before.rows, before.payloads).filter { row, _ in
            row.timestamp >= start && row.timestamp < to
        }
        let isSame = after.payloads == expected.map(\.1)
        #expect(isSame, "\(after.payloads.count) frames instead of \(expected.count)")
        let times = expected.map { $0.0.timestamp - start }
        #expect(after.rows.map(\.timestamp) == times)
    }

    @Test("of what is cut out nothing stays, and behind it a key frame begins", arguments: whole)
    func cutsOut(name: String) throws {
        let bytes = try SharedRecordings.fixture(name).bytes()
        let before = Frames(bytes)
        let video = before.artifact.description.tracks.first { $0.kind == .video }?.number
        let (from, to) = (Int64(1_000_000_000), Int64(1_500_000_000))
        let pieces = [SplicePiece(time: 0..<from), SplicePiece(time: to..<Int64.max)]
        let (new, _) = try Self.splice([bytes], pieces)
        let after = Frames(new)
        #expect(after.artifact.damage.isEmpty)
        #expect(after.beginsAtKeys(video))
        let gone = zip(before.rows, before.payloads).filter { row, _ in
            row.timestamp >= from && row.timestamp < to
        }
        // A tone repeats itself: what was there twice may be there once.
        func counts(_ payloads: [[UInt8]]) -> [[UInt8]: Int] {
            Dictionary(payloads.map { ($0, 1) }, uniquingKeysWith: +)
        }
        let left = counts(before.payloads).merging(counts(gone.map(\.1)), uniquingKeysWith: -)
        let isGone = counts(after.payloads).allSatisfy { $1 <= left[$0] ?? 0 }
        #expect(isGone)
        // No track goes back in time where the pieces meet.
        for track in Set(after.rows.map(\.track)) {
            let times = after.rows.filter { $0.track == track }.map(\.timestamp)
            #expect(times == times.sorted())
        }
    }

    @Test("the same recording twice is twice as long")
    func joins() throws {
        let bytes = try SharedRecordings.fixture("cr-vp8-opus-gum-ts1000").bytes()
        let pieces = [0, 1].map { SplicePiece(source: $0, time: 0..<Int64.max) }
        let once = try Self.splice([bytes], [pieces[0]])
        let twice = try Self.splice([bytes, bytes], pieces, .outside)
        #expect(twice.splice.length == 2 * once.splice.length)
        let frames = Frames(twice.bytes)
        let payloads = Frames(once.bytes).payloads
        let isSame = frames.payloads == payloads + payloads
        #expect(isSame)
        #expect(frames.artifact.damage.isEmpty)
    }

    @Test("recordings whose tracks differ are not joined")
    func refusesOthers() throws {
        let vp8 = try SharedRecordings.fixture("cr-vp8-opus-gum-ts1000").bytes()
        let vp9 = try SharedRecordings.fixture("cr-vp9-opus-gum-nots").bytes()
        let pieces = [0, 1].map { SplicePiece(source: $0, time: 0..<Int64.max) }
        #expect(throws: SpliceError.self) { try Self.splice([vp8, vp9], pieces, .outside) }
    }

    @Test("bytes of any kind are refused or cut, but never trapped on")
    func mutations() throws {
        let bytes = try SharedRecordings.fixture("cr-vp8-opus-short").bytes()
        var random = SeededRandom(0xEB)
        var cut = 0
        for _ in 0..<300 {
            var broken = bytes
            for _ in 0..<3 {
                broken[Int(random.next() % 600)] = UInt8(truncatingIfNeeded: random.next())
            }
            do {
                _ = try Self.splice(
                    [broken], [SplicePiece(time: 100_000_000..<900_000_000)])
                cut += 1
            } catch is SpliceError {}
        }
        #expect(cut > 0)
    }
}
