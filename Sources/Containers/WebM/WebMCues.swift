/// The index of a finished file: where decoding can begin (RFC 9559 §5.1.5).
///
/// Every video key frame has an entry. Without video, audio has one at least every 5 seconds
/// (as long as its blocks are shorter than a second) and at most every 4. `countMax` bounds the
/// memory (2 MiB): when it is reached, entries less than half a second apart are thinned out,
/// then less than a second, and so on. A key frame every second gets there after 18 hours.
struct WebMCues: Sendable {
    struct Cue: Equatable, Sendable {
        /// In the segment's ticks.
        var time: Int64
        var track: Int64
        /// Where the cluster begins, in received bytes.
        var cluster: Int64
        /// Where the block begins, from the start of the cluster's payload.
        var place: Int64
    }

    static let countMax = 65_536
    private static let audioSpacing: Int64 = 4_000_000_000
    private static let thinnedSpacing: Int64 = 500_000_000

    private(set) var cues: [Cue] = []
    private var hasVideo = false
    /// The least distance of two entries, in nanoseconds.
    private var spacing: Int64 = 0
    /// When the last entry was, in nanoseconds.
    private var last: Int64?

    /// Takes the first frame of a block that can be decoded by itself.
    ///
    /// - Parameter time: in nanoseconds; `cue.time` in ticks.
    mutating func add(_ cue: Cue, time: Int64, kind: MediaDescription.Track.Kind) {
        switch kind {
        case .other: return
        case .audio:
            guard !hasVideo, cues.first.map({ $0.track == cue.track }) ?? true else { return }
            guard isApart(time, Self.audioSpacing) else { return }
        case .video:
            if !hasVideo {
                hasVideo = true
                cues.removeAll()
                last = nil
            }
            guard isApart(time, spacing) else { return }
        }
        cues.append(cue)
        last = time
    }

    /// Thins the list out when it is full.
    ///
    /// - Parameter tick: nanoseconds of one tick.
    mutating func bound(tick: Int64) {
        while cues.count >= Self.countMax {
            spacing = max(Self.thinnedSpacing, spacing.multipliedReportingOverflow(by: 2).0)
            var kept: [Cue] = []
            for cue in cues {
                if let last = kept.last {
                    let distance = WebMClock.nanoseconds(cue.time &- last.time, tick: tick)
                    if distance.magnitude < spacing.magnitude { continue }
                }
                kept.append(cue)
            }
            // Times so wild that they cannot be thinned by distance: every second one.
            if kept.count > Self.countMax / 2 {
                kept = stride(from: 0, to: cues.count, by: 2).map { cues[$0] }
            }
            cues = kept
        }
    }

    private func isApart(_ time: Int64, _ spacing: Int64) -> Bool {
        guard let last else { return true }
        return time.subtractingReportingOverflow(last).0.magnitude >= spacing.magnitude
    }

    /// The Cues element; empty without entries.
    ///
    /// - Parameter segmentStart: the received offset at which the segment's payload would begin
    ///   (it lies in the reserved head, so it is negative for most).
    func bytes(segmentStart: Int64) -> [UInt8] {
        guard !cues.isEmpty else { return [] }
        var writer = ElementWriter()
        writer.master(MatroskaID.cues) { list in
            for cue in cues.sorted(by: { $0.time < $1.time }) {
                Self.write(cue, position: cue.cluster - segmentStart, into: &list)
            }
        }
        return writer.bytes
    }

    /// One CuePoint, its lengths reckoned ahead: a list for each level of each of the thousands
    /// of entries would be most of the time from stop to playable.
    private static func write(_ cue: Cue, position: Int64, into list: inout ElementWriter) {
        // All IDs and lengths in it take one byte.
        func byteCount(_ value: Int64) -> Int64 {
            2 + Int64(ElementWriter.byteCount(unsigned: value))
        }
        let positions = byteCount(cue.track) + byteCount(position) + byteCount(cue.place)
        list.header(
            MatroskaID.cuePoint, payloadByteCount: byteCount(cue.time) + 2 + positions)
        list.unsigned(MatroskaID.cueTime, cue.time)
        list.header(MatroskaID.cueTrackPositions, payloadByteCount: positions)
        list.unsigned(MatroskaID.cueTrack, cue.track)
        list.unsigned(MatroskaID.cueClusterPosition, position)
        list.unsigned(MatroskaID.cueRelativePosition, cue.place)
    }
}

/// Times of a segment: ticks of so many nanoseconds.
enum WebMClock {
    /// RFC 9559 §5.1.2.9.
    static let tickDefault: Int64 = 1_000_000

    /// `ticks` in nanoseconds, clamped to what fits.
    static func nanoseconds(_ ticks: Int64, tick: Int64) -> Int64 {
        let (product, overflow) = ticks.multipliedReportingOverflow(by: tick)
        guard overflow else { return product }
        return ticks < 0 ? .min : .max
    }
}
