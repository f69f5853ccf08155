/// The index of a finished file: where decoding can begin (RFC 9559 §5.1.5).
///
/// Every video key frame has an entry. Without video, audio has one at least every 5 seconds
/// (as long as its blocks are shorter than a second) and at most every 4. `countMax` bounds the
/// memory (about 4 MiB): when it is reached, entries less than half a second apart are thinned out,
/// then less than a second, and so on. A key frame every second gets there after 18 hours.
///
/// Entries are written as they come, so that the stop costs the same however long the index is.
struct WebMCues: Sendable {
    struct Cue: Equatable, Sendable {
        /// In the segment's ticks.
        var time: Int64
        var track: Int64
        /// Where the cluster begins, from the start of the segment's payload.
        var cluster: Int64
        /// Where the block begins, from the start of the cluster's payload.
        var place: Int64
    }

    static let countMax = 65_536
    private static let audioSpacing: Int64 = 4_000_000_000
    private static let thinnedSpacing: Int64 = 500_000_000
    private static let unwrittenMax = 64

    private(set) var cues: [Cue] = []
    /// The first `writtenCount` entries as the file will have them.
    private var written = ElementWriter()
    private var writtenCount = 0
    private var isInOrder = true
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
                replace(with: [])
                last = nil
            }
            guard isApart(time, spacing) else { return }
        }
        if let previous = cues.last, previous.time > cue.time { isInOrder = false }
        cues.append(cue)
        last = time
        if cues.count >= writtenCount + Self.unwrittenMax {
            for cue in cues[writtenCount...] { Self.write(cue, into: &written) }
            writtenCount = cues.count
        }
    }

    private mutating func replace(with cues: [Cue]) {
        self.cues = cues
        (written, writtenCount) = (ElementWriter(), 0)
        if cues.isEmpty { isInOrder = true }
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
            replace(with: kept)
        }
    }

    private func isApart(_ time: Int64, _ spacing: Int64) -> Bool {
        guard let last else { return true }
        return time.subtractingReportingOverflow(last).0.magnitude >= spacing.magnitude
    }

    /// The Cues element; empty without entries.
    var bytes: [UInt8] {
        guard !cues.isEmpty else { return [] }
        var (front, count) = (written, writtenCount)
        var all = cues[...]
        if !isInOrder {
            (front, count) = (ElementWriter(), 0)
            all = cues.sorted { $0.time < $1.time }[...]
        }
        var rest = ElementWriter()
        for cue in all[count...] { Self.write(cue, into: &rest) }
        let byteCount = front.bytes.count + rest.bytes.count
        var writer = ElementWriter(reserving: byteCount + 12)
        writer.header(MatroskaID.cues, payloadByteCount: Int64(byteCount))
        writer.append(front.bytes)
        writer.append(rest.bytes)
        return writer.bytes
    }

    /// One CuePoint, its lengths reckoned ahead instead of a list for each of its levels.
    private static func write(_ cue: Cue, into list: inout ElementWriter) {
        // All IDs and lengths in it take one byte.
        func byteCount(_ value: Int64) -> Int64 {
            2 + Int64(ElementWriter.byteCount(unsigned: value))
        }
        let positions = byteCount(cue.track) + byteCount(cue.cluster) + byteCount(cue.place)
        list.header(
            MatroskaID.cuePoint, payloadByteCount: byteCount(cue.time) + 2 + positions)
        list.unsigned(MatroskaID.cueTime, cue.time)
        list.header(MatroskaID.cueTrackPositions, payloadByteCount: positions)
        list.unsigned(MatroskaID.cueTrack, cue.track)
        list.unsigned(MatroskaID.cueClusterPosition, cue.cluster)
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
