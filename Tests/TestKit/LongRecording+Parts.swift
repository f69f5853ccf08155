/// A browser's WebM taken apart, just as far as repeating it needs.
struct WebMParts {
    enum Failure: Error {
        /// It does not look as browsers write; the offset of what does not.
        case unexpected(at: Int)
        case noSound
    }

    /// All before the first cluster.
    private(set) var head: [UInt8] = []
    private(set) var clusters: [LongRecordingCluster] = []
    private(set) var blockCount = 0
    /// How long the sound plays: its blocks, each as long as most are. Nil: there is none.
    private(set) var soundMilliseconds: UInt64?

    private let bytes: [UInt8]
    private var position = 0
    /// Absolute times of the blocks, by track number.
    private var times: [UInt8: [Int64]] = [:]
    private var lastTrack: UInt8 = 0
    private var sound: UInt8?

    private struct Element {
        let id: UInt64
        /// Nil: unknown (RFC 8794 §6.2).
        let byteCount: Int?
        let body: Int
    }

    init(_ bytes: [UInt8]) throws(Failure) {
        self.bytes = bytes
        var clusterAt: [(timestamp: UInt64, start: Int, end: Int)] = []
        while position < bytes.count {
            let start = position
            let element = try nextElement()
            switch element.id {
            case 0x1853_8067:  // Segment
                guard element.byteCount == nil else { throw .unexpected(at: start) }
            case 0x1F43_B675:  // Cluster
                guard element.byteCount == nil else { throw .unexpected(at: start) }
                if clusterAt.isEmpty { head = Array(bytes[..<start]) }
                if let last = clusterAt.indices.last { clusterAt[last].end = start }
                let timestamp = try readTimestamp()
                clusterAt.append((timestamp, position, bytes.count))
            case 0x1654_AE6B, 0xAE: break  // Tracks and TrackEntry: what is in them comes next
            default:
                guard let count = element.byteCount, element.body + count <= bytes.count else {
                    throw .unexpected(at: start)
                }
                try note(element, in: clusterAt.last?.timestamp)
                position = element.body + count
            }
        }
        clusters = clusterAt.map {
            LongRecordingCluster(
                timestampMilliseconds: $0.timestamp, rest: Array(bytes[$0.start..<$0.end]))
        }
        soundMilliseconds = soundLength()
    }

    private mutating func readTimestamp() throws(Failure) -> UInt64 {
        let start = position
        let element = try nextElement()
        guard element.id == 0xE7, let count = element.byteCount, (1...8).contains(count),
            element.body + count <= bytes.count
        else { throw .unexpected(at: start) }
        position += count
        return bytes[element.body..<position].reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// Takes down a SimpleBlock's time (RFC 9559 §10.2), and which track is the sound.
    private mutating func note(_ element: Element, in cluster: UInt64?) throws(Failure) {
        let first = element.body < bytes.count ? bytes[element.body] : 0
        switch (element.id, cluster) {
        case (0xD7, nil): lastTrack = first  // TrackNumber
        case (0x83, nil): if first == 2 { sound = lastTrack }  // TrackType
        case (0xA3, let cluster?):  // SimpleBlock
            guard element.body + 4 <= bytes.count, first & 0x80 != 0 else {
                throw .unexpected(at: element.body)
            }
            let relative = Int16(
                truncatingIfNeeded: Int(bytes[element.body + 1]) << 8
                    | Int(bytes[element.body + 2]))
            times[first & 0x7F, default: []].append(Int64(cluster) + Int64(relative))
            blockCount += 1
        default: break
        }
    }

    private func soundLength() -> UInt64? {
        guard let sound, let times = times[sound], times.count > 2 else { return nil }
        let steps = zip(times.dropFirst(), times).map { $0 - $1 }.sorted()
        return UInt64(max(0, steps[steps.count / 2])) * UInt64(times.count)
    }

    private mutating func nextElement() throws(Failure) -> Element {
        let start = position
        guard let id = readNumber(keepsMarker: true), let count = readNumber(keepsMarker: false)
        else { throw .unexpected(at: start) }
        return Element(
            id: id.value, byteCount: count.isUnknown ? nil : Int(count.value), body: position)
    }

    /// A variable-length number (RFC 8794 §4).
    private mutating func readNumber(
        keepsMarker: Bool
    ) -> (value: UInt64, isUnknown: Bool)? {
        guard position < bytes.count, bytes[position] != 0 else { return nil }
        let width = bytes[position].leadingZeroBitCount + 1
        guard position + width <= bytes.count else { return nil }
        let all = bytes[position..<position + width].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        position += width
        let mask = UInt64(1) << UInt64(7 * width) - 1
        return keepsMarker ? (all, false) : (all & mask, all & mask == mask)
    }
}
