/// The blocks of a WebM file that is to be cut: where each lies and when it plays.
///
/// Segments and clusters are walked into whatever length they claim, so that it makes no
/// difference whether they tell it (RFC 9559 §4.4 forbids an element of theirs inside another).
package struct WebMBlocks: Equatable, Sendable {
    /// A SimpleBlock or a BlockGroup.
    package struct Block: Equatable, Sendable {
        /// The whole element in the file.
        package var range: Range<Int64>
        /// In ticks of the segment.
        package var time: Int64
        package var track: Int64
        /// Where its two bytes of relative time lie, from the start of the element.
        package var timePlace: Int
        /// Whether decoding can begin here.
        package var isKey: Bool
    }

    /// Reads `count` bytes from an offset; fewer at the end of the file.
    package typealias Read = (_ offset: Int64, _ count: Int) throws(SpliceError) -> [UInt8]

    /// Enough for the longest header of an element and that of a block in it.
    private static let windowBytes = 64
    private static let headBytesMax: Int64 = 1 << 20

    package private(set) var blocks: [Block] = []
    /// The payloads of the EBML header, of Info and of Tracks.
    package private(set) var ebml: [UInt8] = []
    package private(set) var info: [UInt8] = []
    package private(set) var tracks: [UInt8] = []
    /// Nanoseconds of one tick.
    package private(set) var tick = WebMClock.tickDefault
    package private(set) var videoTracks: Set<Int64> = []
    private var audioTracks: Set<Int64> = []

    /// - Parameter byteCount: of the file; what is torn at its end counts as not there.
    ///
    /// Errors: `unfit`, and whatever `read` throws.
    package init(byteCount: Int64, read: Read) throws(SpliceError) {
        var offset: Int64 = 0
        var cluster: Int64?
        while offset < byteCount {
            let window = try read(offset, Self.windowBytes)
            guard case .whole(let header) = ElementHeader.read(window[...]) else { break }
            let payload = offset + Int64(header.byteCount)
            if header.id == MatroskaID.segment || header.id == MatroskaID.cluster {
                cluster = nil
                offset = payload
                continue
            }
            guard let length = header.payloadByteCount, payload + length <= byteCount else { break }
            let end = payload + length
            switch header.id {
            case MatroskaID.ebml where !ebml.isEmpty:
                throw .unfit("A second recording begins in it at byte \(offset).")
            case MatroskaID.ebml: ebml = try Self.payload(payload..<end, read)
            case MatroskaID.info: takeInfo(try Self.payload(payload..<end, read))
            case MatroskaID.tracks: takeTracks(try Self.payload(payload..<end, read))
            case MatroskaID.timestamp:
                cluster = EBMLNumber.unsigned(
                    window[header.byteCount...].prefix(Int(min(8, length))))
            case MatroskaID.simpleBlock, MatroskaID.blockGroup:
                guard let cluster else { throw .unfit("A block has no time at byte \(offset).") }
                let block =
                    header.id == MatroskaID.simpleBlock
                    ? simpleBlock(window, header.byteCount, cluster)
                    : try group(payload..<end, header.byteCount, cluster, read)
                guard var block else { throw .unfit("It is damaged at byte \(offset).") }
                block.range = offset..<end
                blocks.append(block)
            default: break
            }
            offset = end
        }
        guard !blocks.isEmpty, !tracks.isEmpty else {
            throw .unfit("It holds no media in WebM that could be cut.")
        }
    }

    /// Whether the blocks of both can stand in one file.
    package func fits(_ other: WebMBlocks) -> Bool {
        tick == other.tick && WebMTrack.list(tracks[...]) == WebMTrack.list(other.tracks[...])
            && Self.privates(tracks) == Self.privates(other.tracks)
    }

    private static func payload(
        _ range: Range<Int64>, _ read: Read
    ) throws(SpliceError) -> [UInt8] {
        guard Int64(range.count) <= headBytesMax else { throw .unfit("Its head is too long.") }
        return try read(range.lowerBound, range.count)
    }

    private mutating func takeInfo(_ payload: [UInt8]) {
        guard info.isEmpty else { return }
        info = payload
        let scale = ElementList(payload[...]).first { $0.id == MatroskaID.timestampScale }
        if let scale { tick = max(1, EBMLNumber.unsigned(scale.payload)) }
    }

    private mutating func takeTracks(_ payload: [UInt8]) {
        guard tracks.isEmpty else { return }
        tracks = payload
        let list = WebMTrack.list(payload[...])
        videoTracks = Set(list.filter { $0.kind == .video }.map(\.number))
        audioTracks = Set(list.filter { $0.kind == .audio }.map(\.number))
    }

    private func simpleBlock(_ bytes: [UInt8], _ start: Int, _ cluster: Int64) -> Block? {
        guard let first = bytes.dropFirst(start).first else { return nil }
        let width = EBMLNumber.byteCount(first: first)
        guard width <= 8, bytes.count >= start + width + 3,
            let track = EBMLNumber.decode(bytes[start..<start + width])
        else { return nil }
        let place = start + width
        let relative = Int16(bitPattern: UInt16(bytes[place]) << 8 | UInt16(bytes[place + 1]))
        // Some recorders leave the flag out of their audio, which can begin anywhere.
        let isKey = bytes[place + 2] & 0x80 != 0 || audioTracks.contains(track)
        return Block(
            range: 0..<0, time: cluster + Int64(relative), track: track, timePlace: place,
            isKey: isKey)
    }

    /// A group with a block of references to others is no key frame (RFC 9559 §5.1.3.5.5).
    private func group(
        _ payload: Range<Int64>, _ headerByteCount: Int, _ cluster: Int64, _ read: Read
    ) throws(SpliceError) -> Block? {
        var found: Block?
        var hasReference = false
        var offset = payload.lowerBound
        while offset < payload.upperBound {
            let window = try read(offset, Self.windowBytes)
            guard case .whole(let header) = ElementHeader.read(window[...]),
                let length = header.payloadByteCount
            else { return nil }
            if header.id == MatroskaID.block {
                found = simpleBlock(window, header.byteCount, cluster)
                found?.timePlace += headerByteCount + Int(offset - payload.lowerBound)
            }
            hasReference = hasReference || header.id == MatroskaID.referenceBlock
            offset += Int64(header.byteCount) + length
        }
        if let track = found?.track { found?.isKey = !hasReference || audioTracks.contains(track) }
        return found
    }

    /// What the tracks' decoders are set up with.
    private static func privates(_ tracks: [UInt8]) -> [[UInt8]] {
        ElementList(tracks[...]).filter { $0.id == MatroskaID.trackEntry }.map { entry in
            let codecPrivate = ElementList(entry.payload).first { $0.id == MatroskaID.codecPrivate }
            return codecPrivate.map { Array($0.payload) } ?? []
        }
    }
}
