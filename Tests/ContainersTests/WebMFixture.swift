@testable import Containers

/// Small WebM recordings, element by element.
enum WebMFixture {
    /// Unknown lengths of 8 bytes, as recorders write them.
    static let unknown: [UInt8] = [0x01] + [UInt8](repeating: 0xFF, count: 7)

    static func bytes(_ write: (inout ElementWriter) -> Void) -> [UInt8] {
        var writer = ElementWriter()
        write(&writer)
        return writer.bytes
    }

    static func id(_ id: UInt32) -> [UInt8] {
        let bytes = [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: id >> $0) }
        return Array(bytes.drop { $0 == 0 })
    }

    static let ebml = bytes {
        $0.master(MatroskaID.ebml) {
            $0.unsigned(MatroskaID.docTypeVersion, 2)
            $0.element(MatroskaID.docType, Array("webm".utf8))
        }
    }

    static let segment = id(MatroskaID.segment) + unknown

    static func info(duration: Double? = nil) -> [UInt8] {
        bytes {
            $0.master(MatroskaID.info) {
                $0.unsigned(MatroskaID.timestampScale, 1_000_000)
                if let duration { $0.float(MatroskaID.duration, duration) }
                $0.element(MatroskaID.muxingApp, Array("test".utf8))
                $0.element(MatroskaID.writingApp, Array("test".utf8))
            }
        }
    }

    /// Video is track 1, Opus is track 2.
    static func tracks(video: Bool = true, audio: Bool = true) -> [UInt8] {
        bytes {
            $0.master(MatroskaID.tracks) {
                if video {
                    $0.master(MatroskaID.trackEntry) {
                        $0.unsigned(MatroskaID.trackNumber, 1)
                        $0.unsigned(MatroskaID.trackType, 1)
                        $0.element(MatroskaID.codecID, Array("V_VP8".utf8))
                        $0.master(MatroskaID.video) {
                            $0.unsigned(MatroskaID.pixelWidth, 320)
                            $0.unsigned(MatroskaID.pixelHeight, 240)
                        }
                    }
                }
                if audio {
                    $0.master(MatroskaID.trackEntry) {
                        $0.unsigned(MatroskaID.trackNumber, 2)
                        $0.unsigned(MatroskaID.trackType, 2)
                        $0.element(MatroskaID.codecID, Array("A_OPUS".utf8))
                        $0.master(MatroskaID.audio) {
                            $0.float(MatroskaID.samplingFrequency, 48_000)
                            $0.unsigned(MatroskaID.channels, 2)
                        }
                    }
                }
            }
        }
    }

    static func head(video: Bool = true, audio: Bool = true) -> [UInt8] {
        ebml + segment + info() + tracks(video: video, audio: audio)
    }

    /// A cluster of unknown length, or of the length of `children`.
    static func cluster(
        _ timestamp: Int64, isKnown: Bool = false, length: [UInt8]? = nil, _ children: [UInt8]
    ) -> [UInt8] {
        let payload = bytes { $0.unsigned(MatroskaID.timestamp, timestamp) } + children
        guard isKnown else { return id(MatroskaID.cluster) + (length ?? unknown) + payload }
        return bytes { $0.element(MatroskaID.cluster, payload, lengthWidth: 8) }
    }

    static func head(of track: UInt8, _ relative: Int16, _ flags: UInt8) -> [UInt8] {
        let time = UInt16(bitPattern: relative)
        return [0x80 | track, UInt8(time >> 8), UInt8(time & 0xFF), flags]
    }

    static func block(
        _ track: UInt8, _ relative: Int16, key: Bool = false, _ payload: [UInt8]
    ) -> [UInt8] {
        bytes {
            $0.element(
                MatroskaID.simpleBlock, head(of: track, relative, key ? 0x80 : 0) + payload)
        }
    }

    static func video(_ relative: Int16, key: Bool = false, byteCount: Int = 40) -> [UInt8] {
        block(1, relative, key: key, [UInt8](repeating: 0x11, count: byteCount))
    }

    /// One Opus packet of 20 ms (configuration 31, RFC 6716 §3.1).
    static func audio(_ relative: Int16, key: Bool = true) -> [UInt8] {
        block(2, relative, key: key, opus)
    }

    static let opus: [UInt8] = [31 << 3, 0x22, 0x33, 0x44]

    static func group(
        _ track: UInt8, _ relative: Int16, reference: Bool, _ payload: [UInt8],
        _ more: [UInt8] = []
    ) -> [UInt8] {
        bytes {
            $0.master(MatroskaID.blockGroup) {
                $0.element(MatroskaID.block, head(of: track, relative, 0) + payload)
                $0.append(more)
                if reference { $0.element(MatroskaID.referenceBlock, [0xFF]) }
            }
        }
    }

    /// Two clusters of video and audio: five frames, two of them video key frames.
    static let plain =
        head()
        + cluster(0, video(0, key: true) + audio(10) + video(33))
        + cluster(1_000, audio(0) + video(20, key: true))
}

/// A finished file, taken apart without the reader under test.
struct FinishedWebM {
    var seeks: [UInt32: Int] = [:]
    var duration: Double?
    var children: [(id: UInt32, place: Int)] = []
    var cues: [(time: Int64, track: Int64, place: Int)] = []
    /// What is wrong with it.
    var problems: [String] = []
    var docTypeVersion: Int64?

    init(_ file: [UInt8]) {
        let top = Array(ElementList(file[...]))
        guard top.map(\.id) == [MatroskaID.ebml, MatroskaID.segment],
            top.last?.whole.endIndex == file.count, let segment = top.last?.payload
        else {
            problems.append("no EBML header with a segment that ends with the file")
            return
        }
        docTypeVersion = top[0].payload.isEmpty ? nil : first(MatroskaID.docTypeVersion, top[0])
        let list = Array(ElementList(segment))
        if list.last?.whole.endIndex != file.count { problems.append("a segment not whole") }
        if list.first?.id != MatroskaID.seekHead { problems.append("no SeekHead first") }
        children = list.map { ($0.id, $0.whole.startIndex - segment.startIndex) }
        for child in list {
            switch child.id {
            case MatroskaID.seekHead: readSeeks(child.payload)
            case MatroskaID.info:
                duration = ElementList(child.payload).first { $0.id == MatroskaID.duration }
                    .flatMap { EBMLNumber.float($0.payload) }
            case MatroskaID.cues: readCues(child.payload, segment)
            default: break
            }
        }
        for (id, place) in seeks where !children.contains(where: { $0 == (id, place) }) {
            problems.append("a SeekHead entry that points at nothing")
        }
        for id in [MatroskaID.info, MatroskaID.tracks] where seeks[id] == nil {
            problems.append("no SeekHead entry for \(id)")
        }
        let hasCues = children.contains { $0.id == MatroskaID.cues }
        if hasCues != (seeks[MatroskaID.cues] != nil) { problems.append("cues not found") }
    }

    func count(_ id: UInt32) -> Int { children.count { $0.id == id } }

    private func first(_ id: UInt32, _ parent: ElementList.Child) -> Int64? {
        ElementList(parent.payload).first { $0.id == id }.map { EBMLNumber.unsigned($0.payload) }
    }

    private mutating func readSeeks(_ payload: ArraySlice<UInt8>) {
        for seek in ElementList(payload) {
            guard let id = first(MatroskaID.seekID, seek),
                let place = first(MatroskaID.seekPosition, seek)
            else { continue }
            seeks[UInt32(id)] = Int(place)
        }
    }

    private mutating func readCues(_ payload: ArraySlice<UInt8>, _ segment: ArraySlice<UInt8>) {
        for point in ElementList(payload) {
            let children = Array(ElementList(point.payload))
            guard let time = first(MatroskaID.cueTime, point),
                let positions = children.first(where: { $0.id == MatroskaID.cueTrackPositions }),
                let track = first(MatroskaID.cueTrack, positions),
                let cluster = first(MatroskaID.cueClusterPosition, positions),
                let relative = first(MatroskaID.cueRelativePosition, positions)
            else {
                problems.append("an incomplete cue")
                continue
            }
            let at = segment.startIndex + Int(cluster)
            guard case .whole(let header) = ElementHeader.read(segment[at...]),
                header.id == MatroskaID.cluster
            else {
                problems.append("a cue that points at no cluster")
                continue
            }
            let block = at + header.byteCount + Int(relative)
            if segment[block] != 0xA3, segment[block] != 0xA0 {
                problems.append("a cue that points at no block")
            }
            cues.append((time, track, block))
        }
        if cues.map(\.time) != cues.map(\.time).sorted() { problems.append("cues out of order") }
    }
}
