import Containers
import TestKit
import Testing

@Suite("Cutting Opus") struct OpusSpliceTests {
    private static func timeline(
        _ packets: [Int], preSkip: Int64 = 312, endTrim: Int64 = 0
    ) -> OpusTimeline {
        var timeline = OpusTimeline(preSkip: preSkip)
        for packet in packets { timeline.add(packet) }
        timeline.trimEnd(endTrim)
        return timeline
    }

    /// `samples` at 48 kHz, as nanoseconds that mean exactly them.
    private static func time(_ samples: Int64) -> Int64 { (samples * 1_000_000 + 47) / 48 }

    @Test("edges of packets are found by counting")
    func edges() {
        let timeline = Self.timeline([960, 120, 2_880])
        for position in Int64(0)...4_000 {
            let starts: [Int64] = [0, 960, 1_080, 3_960]
            let edges = timeline.edges(around: position)
            #expect(edges.before.position == starts.last { $0 <= position } ?? 0)
            #expect(edges.behind.position == starts.first { $0 >= position } ?? 3_960)
            #expect(starts[edges.before.packet] == edges.before.position)
            #expect(starts[edges.behind.packet] == edges.behind.position)
        }
    }

    @Test("a trim is exact to the sample, and a decoder has 80 ms before it, if they are there")
    func trims() throws {
        var random = SeededRandom(0x0905)
        for _ in 0..<500 {
            let packets = (0..<40).map { _ in [120, 480, 960, 2_880][Int(random.next() % 4)] }
            let timeline = Self.timeline(packets, endTrim: Int64(random.next() % 120))
            let count = timeline.sampleCount
            let from = Int64(random.next() % UInt64(count))
            let to = from + 1 + Int64(random.next() % UInt64(count - from))
            let splice = try OpusSplice(
                [timeline], [SplicePiece(time: Self.time(from)..<Self.time(to))], seam: .inside)
            let run = try #require(splice.runs.first)
            let before = packets[..<run.packets.lowerBound].reduce(0, +)
            let kept = packets[run.packets].reduce(0, +)
            #expect(splice.sampleCount == to - from)
            #expect(Int64(before) + splice.preSkip == 312 + from)
            #expect(splice.preSkip >= min(3_840, 312 + from) && splice.preSkip < 65_536)
            // The last packet is needed, and no more than it is trimmed.
            let last = packets[run.packets.upperBound - 1]
            #expect(splice.endGranule <= kept && splice.endGranule > kept - last)
        }
    }

    @Test("what is cut out is gone, and at most a packet more on either side")
    func cutsOut() throws {
        let timeline = Self.timeline(Array(repeating: 960, count: 100))
        let count = timeline.sampleCount
        var random = SeededRandom(0xC07)
        for _ in 0..<500 {
            let from = 2_000 + Int64(random.next() % UInt64(count - 6_000))
            let to = from + Int64(random.next() % UInt64(count - 2_000 - from))
            let splice = try OpusSplice(
                [timeline],
                [
                    SplicePiece(time: 0..<Self.time(from)),
                    SplicePiece(time: Self.time(to)..<Int64.max),
                ], seam: .inside)
            #expect(splice.runs.count == 2)
            let first = Int64(splice.runs[0].packets.upperBound) * 960 - 312
            let second = Int64(splice.runs[1].packets.lowerBound) * 960 - 312
            #expect(first <= from && first > from - 960)
            #expect(second >= to && second < to + 960)
            #expect(splice.sampleCount == first + count - second)
        }
    }

    @Test("what is joined is whole, with at most a packet more where two meet")
    func joins() throws {
        let first = Self.timeline([960, 960, 960], endTrim: 500)
        let second = Self.timeline([960, 960], preSkip: 1_000)
        let splice = try OpusSplice(
            [first, second],
            [
                SplicePiece(source: 0, time: 0..<Int64.max),
                SplicePiece(source: 1, time: 0..<Int64.max),
            ], seam: .outside)
        #expect(splice.runs.map(\.packets) == [0..<3, 1..<2])
        #expect(splice.preSkip == 312 && splice.endGranule == 4 * 960)
    }

    @Test("pieces too short for a packet go; when nothing is left it says so")
    func nothingLeft() throws {
        let timeline = Self.timeline(Array(repeating: 960, count: 10))
        let rest = SplicePiece(time: Self.time(4_000)..<Int64.max)
        let splice = try OpusSplice(
            [timeline], [SplicePiece(time: 0..<Self.time(100)), rest], seam: .inside)
        #expect(splice.runs.count == 1)
        // Alone it is cut to the sample, as any start is.
        #expect(splice.sampleCount == timeline.sampleCount - 4_000)
        for pieces in [[], [SplicePiece(time: Int64.max - 1..<Int64.max)]] {
            #expect(throws: SpliceError.self) {
                try OpusSplice([timeline], pieces, seam: .inside)
            }
        }
    }

    @Test(
        "damaged or foreign files are refused",
        arguments: [
            "dmg-s-ogg-badcrc", "dmg-s-ogg-missing-page", "ff-ogg-vorbis-pipe",
            "cr-vp8-opus-short",
        ])
    func refuses(name: String) throws {
        let bytes = try SharedRecordings.fixture(name).bytes()
        #expect(throws: SpliceError.self) {
            var packets = OggOpusPackets()
            try packets.read(bytes.span)
            _ = try packets.finish()
        }
    }

    @Test(
        "packets and lengths of real recordings are the same in whatever pieces they come",
        arguments: [
            "fx-ogg-opus-ts1000", "ff-ogg-opus-pipe", "opusenc-ogg-mono", "dmg-s-ogg-noeos",
        ])
    func reads(name: String) throws {
        let recording = try SharedRecordings.fixture(name)
        let bytes = try recording.bytes()
        var whole: [OggOpusPackets.Packet] = []
        var reader = OggOpusPackets()
        try reader.read(bytes.span) { whole.append($0) }
        let timeline = try reader.finish()
        #expect(timeline.packets.map(Int.init) == whole.map(\.sampleCount))
        if let seconds = recording.durationSeconds {
            #expect(abs(Double(timeline.sampleCount) / 48_000 - seconds) < 0.025)
        }
        var drip: [OggOpusPackets.Packet] = []
        var dripped = OggOpusPackets()
        for start in stride(from: 0, to: bytes.count, by: 97) {
            let piece = Array(bytes[start..<min(bytes.count, start + 97)])
            try dripped.read(piece.span) { drip.append($0) }
        }
        #expect(drip == whole)
        #expect(try dripped.finish() == timeline)
    }
}
