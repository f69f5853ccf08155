/// What the frames of each track add up to.
struct WebMTimeline: Sendable {
    private struct Line {
        var track: WebMTrack
        var frames: Int64 = 0
        var keyFrames: Int64 = 0
        var bytes: Int64 = 0
        /// In nanoseconds, like all times here.
        var first: Int64?
        var last: Int64 = .min
        var previous: Int64 = .min
    }

    private var lines: [Line]
    /// The latest end of a frame, in nanoseconds; nil before the first.
    private(set) var end: Double?

    init(_ tracks: [WebMTrack]) {
        lines = tracks.map { Line(track: $0) }
    }

    var hasFrames: Bool { end != nil }

    /// Where a track with this number is in the list; nil when no track has it.
    func index(of number: Int64) -> Int? {
        lines.firstIndex { $0.track.number == number }
    }

    func number(of index: Int) -> Int64 { lines[index].track.number }
    func kind(of index: Int) -> MediaDescription.Track.Kind { lines[index].track.kind }

    /// Whether the first bytes of a frame say how long it lasts.
    func isOpus(_ index: Int) -> Bool { lines[index].track.frameDuration == .opus }

    /// See `WebMTrack.duration`.
    func duration(
        track index: Int, frameByteCount: Int64, first: UInt8? = nil, second: UInt8? = nil
    ) -> Double {
        lines[index].track.duration(frameByteCount: frameByteCount, first: first, second: second)
    }

    /// Takes one frame. Returns whether it lies before the one before it, which only video
    /// with reordered frames may.
    mutating func add(
        track index: Int, timestamp: Int64, end frameEnd: Double, isKey: Bool, byteCount: Int64
    ) -> Bool {
        let isBackward = timestamp < lines[index].previous && lines[index].track.kind == .audio
        lines[index].frames += 1
        lines[index].keyFrames += isKey ? 1 : 0
        lines[index].bytes += byteCount
        lines[index].first = min(lines[index].first ?? timestamp, timestamp)
        lines[index].last = max(lines[index].last, timestamp)
        lines[index].previous = timestamp
        end = max(end ?? frameEnd, frameEnd)
        return isBackward
    }

    var tracks: [MediaDescription.Track] {
        lines.map { line in
            var track = MediaDescription.Track(
                number: UInt64(line.track.number), kind: line.track.kind, codec: line.track.codec)
            track.frames = line.frames
            track.keyFrames = line.keyFrames
            track.bytes = line.bytes
            track.width = line.track.width
            track.height = line.track.height
            track.sampleRate = line.track.sampleRate
            track.channels = line.track.channels
            track.outputGain = line.track.outputGain
            track.isEncoded = line.track.isEncoded ? true : nil
            if let first = line.first {
                track.firstMilliseconds = Double(first) / 1e6
                track.lastMilliseconds = Double(line.last) / 1e6
            }
            return track
        }
    }
}
