import Containers
import TestKit

/// A WebM file taken apart the slow and simple way, to hold against what the server claims.
struct FinishedFile {
    /// Children of the segment: their IDs by their position in the segment's payload.
    private(set) var positions: [Int64: UInt32] = [:]
    /// What the SeekHead says: ID to position.
    private(set) var seeks: [UInt32: Int64] = [:]
    private(set) var durationMilliseconds: Double?
    /// Where each cue's cluster begins.
    private(set) var cueClusters: [Int64] = []
    private(set) var cueTimes: [Int64] = []
    /// Whether segment and children have known lengths and fill the file to its last byte.
    private(set) var isWhole = false

    init(_ bytes: [UInt8]) {
        let top = Array(ElementList(bytes[...]))
        guard top.map(\.id) == [MatroskaID.ebml, MatroskaID.segment] else { return }
        let segment = top[1].payload
        var end = segment.startIndex
        for child in ElementList(segment) {
            positions[Int64(child.whole.startIndex - segment.startIndex)] = child.id
            end = child.whole.endIndex
            take(child)
        }
        isWhole = end == bytes.count
    }

    private mutating func take(_ child: ElementList.Child) {
        switch child.id {
        case MatroskaID.seekHead:
            for seek in ElementList(child.payload) {
                let id = number(MatroskaID.seekID, in: seek)
                seeks[UInt32(truncatingIfNeeded: id)] = number(MatroskaID.seekPosition, in: seek)
            }
        case MatroskaID.info:
            durationMilliseconds = ElementList(child.payload)
                .first { $0.id == MatroskaID.duration }.flatMap { EBMLNumber.float($0.payload) }
        case MatroskaID.cues:
            for cue in ElementList(child.payload) {
                cueTimes.append(number(MatroskaID.cueTime, in: cue))
                for place in ElementList(cue.payload)
                where place.id == MatroskaID.cueTrackPositions {
                    cueClusters.append(number(MatroskaID.cueClusterPosition, in: place))
                }
            }
        default: break
        }
    }

    private func number(_ id: UInt32, in master: ElementList.Child) -> Int64 {
        let child = ElementList(master.payload).first { $0.id == id }
        return child.map { EBMLNumber.unsigned($0.payload) } ?? -1
    }
}

/// The frames of a file: track, time and the payload itself.
struct FrameList {
    struct Row: Equatable {
        let track: UInt64
        let timestamp: Int64
        let sha256: String
    }

    private(set) var rows: [Row] = []
    let artifact: Artifact

    init(_ bytes: [UInt8]) {
        var frames: [Frame] = []
        var reader = AnyMediaReader(headReserveBytes: 4096)
        reader.read(bytes.span) { frames.append($0) }
        artifact = reader.finish { frames.append($0) }.artifact
        rows = frames.map { frame in
            let payload = ([frame.payload] + frame.continuation).reduce(into: [UInt8]()) {
                $0 += bytes[Int($1.lowerBound)..<Int($1.upperBound)]
            }
            return Row(
                track: frame.track, timestamp: frame.timestamp,
                sha256: RecordingClient.sha256Text(payload))
        }
    }
}
