/// A WebM recording of any length: a real one's clusters again and again, their timestamps
/// moved on, nothing else changed. Once is the real one, byte for byte.
///
/// Segment and clusters keep the unknown sizes that browsers write. The sound goes on without
/// a gap from one repetition to the next.
package struct LongRecording: Sendable {
    package let mediaType: String
    package let repetitions: Int
    package let byteCount: Int64
    package let blockCount: Int
    /// By what the real one decodes to.
    package let durationSeconds: Double

    /// EBML header, Segment's header, Info and Tracks, as they were recorded.
    let head: [UInt8]
    let clusters: [LongRecordingCluster]
    let periodMilliseconds: UInt64

    /// Repeats `recording` a number of times, at least 1.
    ///
    /// Errors: it is no WebM, has other clusters than browsers write, or no Opus.
    package init(repeating recording: SharedRecording, times: Int) throws {
        precondition(times > 0, "a recording is there at least once")
        let parts = try WebMParts(recording.bytes())
        guard let period = parts.soundMilliseconds, let once = recording.durationSeconds else {
            throw WebMParts.Failure.noSound
        }
        mediaType = recording.mediaType
        repetitions = times
        head = parts.head
        clusters = parts.clusters
        periodMilliseconds = period
        durationSeconds = once + Double(period) * Double(times - 1) / 1e3
        blockCount = parts.blockCount * times
        byteCount = (0..<UInt64(times)).reduce(Int64(head.count)) { sum, repetition in
            parts.clusters.reduce(sum) {
                $0 + Int64($1.byteCount(shiftedBy: repetition * period))
            }
        }
    }

    /// Repeats `recording` until it is this long.
    package init(repeating recording: SharedRecording, seconds: Double) throws {
        let period = Double(try Self(repeating: recording, times: 1).periodMilliseconds) / 1e3
        let once = recording.durationSeconds ?? 0
        let more = max(0, (seconds - once) / period)
        try self.init(repeating: recording, times: 1 + Int(more.rounded(.up)))
    }

    /// Repeats `recording` until it has this many bytes.
    package init(repeating recording: SharedRecording, bytes: Int64) throws {
        let parts = try Self(repeating: recording, times: 1)
        let once = max(1, parts.byteCount - Int64(parts.head.count))
        // Timestamps only get wider, so this is never too short.
        try self.init(repeating: recording, times: Int((bytes + once - 1) / once))
    }

    /// All of it, in pieces of `byteCount` bytes and a last one of what is left.
    package func pieces(of byteCount: Int) -> LongRecordingPieces {
        LongRecordingPieces(self, byteCount)
    }
}

/// A cluster without its header.
struct LongRecordingCluster: Sendable {
    let timestampMilliseconds: UInt64
    /// Everything behind the Timestamp element.
    let rest: [UInt8]

    func byteCount(shiftedBy milliseconds: UInt64) -> Int {
        14 + Self.width(timestampMilliseconds + milliseconds) + rest.count
    }

    /// ID, unknown size of eight bytes, Timestamp in as few bytes as it takes: what Chromium's
    /// and Firefox's writers make (RFC 9559 §5.1.3).
    func bytes(shiftedBy milliseconds: UInt64) -> [UInt8] {
        let timestamp = timestampMilliseconds + milliseconds
        let width = Self.width(timestamp)
        var bytes: [UInt8] = [0x1F, 0x43, 0xB6, 0x75, 0x01]
        bytes += [UInt8](repeating: 0xFF, count: 7)
        bytes += [0xE7, 0x80 | UInt8(width)]
        for place in (0..<width).reversed() {
            bytes.append(UInt8(truncatingIfNeeded: timestamp >> UInt64(8 * place)))
        }
        return bytes + rest
    }

    private static func width(_ value: UInt64) -> Int {
        max(1, (64 - value.leadingZeroBitCount + 7) / 8)
    }
}

/// A long recording, piece by piece; one cluster at a time is in memory.
package struct LongRecordingPieces: Sequence, IteratorProtocol {
    private let recording: LongRecording
    private let pieceBytes: Int
    private var current: [UInt8]
    private var position = 0
    private var nextCluster = 0

    init(_ recording: LongRecording, _ pieceBytes: Int) {
        precondition(pieceBytes > 0, "a piece has at least one byte")
        self.recording = recording
        self.pieceBytes = pieceBytes
        current = recording.head
    }

    package mutating func next() -> [UInt8]? {
        var piece: [UInt8] = []
        piece.reserveCapacity(pieceBytes)
        while piece.count < pieceBytes {
            if position == current.count, !advance() { break }
            let end = Swift.min(current.count, position + pieceBytes - piece.count)
            piece += current[position..<end]
            position = end
        }
        return piece.isEmpty ? nil : piece
    }

    private mutating func advance() -> Bool {
        let (repetition, index) = nextCluster.quotientAndRemainder(
            dividingBy: recording.clusters.count)
        guard repetition < recording.repetitions else { return false }
        current = recording.clusters[index].bytes(
            shiftedBy: UInt64(repetition) * recording.periodMilliseconds)
        position = 0
        nextCluster += 1
        return true
    }
}
