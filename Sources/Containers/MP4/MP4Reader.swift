/// Follows an MP4 file, plain or fragmented (ISO/IEC 14496-12), and describes it.
///
/// Recorders of browsers write fragments that play and seek as they are, so the file is published
/// as received; nothing in it is changed. Frames are counted, not shown.
package struct MP4Reader: MediaReader {
    /// How many tracks are described.
    private static let tracksMax = 64

    private var boxes = MP4BoxReader()
    private var tracks: [MP4Track] = []
    private var fragment = MP4Fragment()
    /// Whether the leaves at hand belong to a track of the movie, or to a fragment.
    private var isInTrack = false
    private var hasMovie = false
    private var list = MediaDamageList()

    /// - Parameter headReserveBytes: not needed; nothing is changed.
    package init(headReserveBytes: Int = 0) {}

    package mutating func read(_ bytes: Span<UInt8>, frame: (Frame) -> Void) {
        var reader = takeBoxes()
        reader.append(bytes) { take($0) }
        boxes = reader
    }

    package mutating func skip(_ byteCount: Int64) {
        list.append(
            MediaDamage(
                .hole, offset: boxes.offset, byteCount: byteCount,
                timeMilliseconds: seconds * 1_000,
                detail: "\(byteCount) bytes were never received."))
        var reader = takeBoxes()
        reader.skip(byteCount) { take($0) }
        boxes = reader
    }

    package mutating func takeEdits() -> [Edit] { [] }

    package consuming func finish(
        frame: (Frame) -> Void
    ) -> (artifact: Artifact, edits: [Edit]) {
        let length = boxes.offset
        if length == 0 {
            list.append(MediaDamage(.empty, detail: "Not one byte was received."))
        } else if !boxes.isAtEnd, !boxes.isLost {
            list.append(
                MediaDamage(
                    .truncatedTail, offset: boxes.wholeEnd, timeMilliseconds: seconds * 1_000,
                    detail: "The last box is cut short; it is kept as it was received."))
        }
        if length > 0, !tracks.contains(where: { $0.sampleCount > 0 }) {
            let what = hasMovie ? "No frame is in it." : "Its description (moov) is missing."
            list.append(MediaDamage(.noMedia, detail: what))
        }
        let artifact = Artifact.asReceived(
            length: length, description: description, damage: list.entries,
            unverifiedReason: "MP4 is published as it was received")
        return (artifact, [])
    }

    package var description: MediaDescription {
        var description = MediaDescription(container: "mp4")
        description.tracks = tracks.map(\.track)
        if seconds > 0 { description.durationMilliseconds = seconds * 1_000 }
        return description
    }

    private var seconds: Double { tracks.map(\.seconds).max() ?? 0 }

    /// Hands out the box reader while its events are taken; it is put back at once.
    private mutating func takeBoxes() -> MP4BoxReader {
        var reader = MP4BoxReader()
        swap(&reader, &boxes)
        return reader
    }

    private mutating func take(_ event: MP4BoxReader.Event) {
        switch event {
        case .opened("moov", _, _): hasMovie = true
        case .opened("trak", _, _):
            isInTrack = tracks.count < Self.tracksMax
            if isInTrack { tracks.append(MP4Track()) }
        case .closed("trak"): isInTrack = false
        case .opened("traf", _, _): fragment = MP4Fragment()
        case .leaf("trex", let bytes):
            var fields = MP4Fields(bytes)
            fields.skip(4)
            let id = UInt32(fields.number(4) ?? 0)
            if let index = tracks.firstIndex(where: { $0.id == id }) {
                tracks[index].setDefaults(&fields)
            }
        case .leaf("tfhd", let bytes): fragment.addHeader(bytes)
        case .leaf("tfdt", let bytes): fragment.addTime(bytes)
        case .leaf("trun", let bytes):
            if let index = tracks.firstIndex(where: { $0.id == fragment.trackID }) {
                tracks[index].addRun(bytes, &fragment)
            }
        case .leaf(let type, let bytes):
            if isInTrack { tracks[tracks.count - 1].add(type, bytes) }
        case .lost(let offset):
            list.append(
                MediaDamage(
                    .torn, offset: offset, timeMilliseconds: seconds * 1_000,
                    detail: "What stands here is no MP4 box; what follows is not described."))
        case .opened, .closed: break
        }
    }
}

extension MP4Track {
    /// The track in the words of every container.
    fileprivate var track: MediaDescription.Track {
        let kind: MediaDescription.Track.Kind =
            switch handler {
            case "vide": .video
            case "soun": .audio
            default: .other
            }
        var track = MediaDescription.Track(
            number: UInt64(id), kind: kind, codec: codec.description)
        track.frames = sampleCount
        track.keyFrames = keySampleCount
        track.bytes = byteCount
        if width > 0 { (track.width, track.height) = (width, height) }
        if channels > 0 { (track.channels, track.sampleRate) = (channels, Double(sampleRate)) }
        return track
    }
}
