/// Reads the packets of an Ogg Opus file that is to be cut: one logical stream without damage.
///
/// A torn last page counts as not there. Holds at most one page and where the packets of it lie.
package struct OggOpusPackets: Sendable {
    package struct Packet: Equatable, Sendable {
        /// Where its bytes lie in the file; it may go on on further pages.
        package var pieces: [Range<Int64>]
        /// At 48 kHz.
        package var sampleCount: Int
    }

    private var pages = OggPageReader()
    private var packets = OggPacketReader()
    private var serial: UInt32?
    private var sequence: UInt32?
    private var found: [OggPacket] = []
    private var trouble: SpliceError?
    private var hasEnded = false
    /// The granule at which sound begins: not zero in a stream that was joined late (RFC 7845
    /// §4.5).
    private var start: Int64 = 0
    private var hasStart = false

    /// Where the two headers lie: identification and tags.
    package private(set) var headers: [[Range<Int64>]] = []
    /// Nil before the first header.
    package private(set) var timeline: OpusTimeline?
    package private(set) var channels = 0

    package init() {}

    /// Takes the next bytes of the file; `packet` is called for each packet of sound.
    ///
    /// Errors: `unfit`.
    package mutating func read(
        _ bytes: Span<UInt8>, packet: (Packet) -> Void = { _ in }
    ) throws(SpliceError) {
        var reader = OggPageReader()
        swap(&reader, &pages)
        reader.append(bytes) { event, page in
            if trouble == nil { take(event, page, packet) }
        }
        pages = reader
        if let trouble { throw trouble }
    }

    /// Call it behind the last byte. Errors: `unfit`, if there is no whole Opus stream.
    package func finish() throws(SpliceError) -> OpusTimeline {
        guard let timeline, headers.count == 2, timeline.length > 0 else {
            throw .unfit("It holds no Opus in Ogg that could be cut.")
        }
        return timeline
    }

    private mutating func take(
        _ event: OggPageReader.Event, _ bytes: Span<UInt8>, _ packet: (Packet) -> Void
    ) {
        guard case .page(let header, let offset, _) = event else {
            if case .broken(let offset, _) = event { fail("It is damaged at byte \(offset)") }
            return
        }
        if hasEnded || header.serial != serial ?? header.serial {
            return fail("Another stream begins in it at byte \(offset)")
        }
        if let sequence, header.sequence != sequence &+ 1 {
            return fail("A page is missing at byte \(offset)")
        }
        serial = header.serial
        sequence = header.sequence
        hasEnded = header.flags.contains(.endsStream)
        found.removeAll(keepingCapacity: true)
        let isTorn = packets.read(
            header, offset: offset, bytes, isBehindHole: false, into: &found)
        if isTorn { return fail("A packet is torn at byte \(offset)") }
        for whole in found { take(whole, packet) }
        guard trouble == nil, let granule = header.granule, !found.isEmpty else { return }
        takeGranule(granule, isLast: hasEnded)
    }

    private mutating func take(_ whole: OggPacket, _ packet: (Packet) -> Void) {
        let pieces = [whole.payload] + whole.continuation
        if headers.count < 2 {
            if headers.isEmpty {
                guard case .opus(let channels, let preSkip, _) = OggCodec(firstPacket: whole.start)
                else { return fail("It is no Opus") }
                self.channels = channels
                timeline = OpusTimeline(preSkip: preSkip)
            }
            headers.append(pieces)
            return
        }
        guard let sampleCount = OpusPacket.sampleCount(whole.start) else {
            return fail("A packet at byte \(whole.payload.lowerBound) is none")
        }
        timeline?.add(sampleCount)
        packet(Packet(pieces: pieces, sampleCount: sampleCount))
    }

    /// The first granule says where the stream began, if not at zero; the last one where it ends.
    private mutating func takeGranule(_ granule: Int64, isLast: Bool) {
        guard headers.count == 2, let length = timeline?.length, length > 0 else { return }
        // What is behind the granule plays not; only the last page may say so.
        if isLast { timeline?.trimEnd(length - (granule - start)) }
        if !hasStart {
            hasStart = true
            if !isLast { start = granule - length }
        }
    }

    private mutating func fail(_ reason: String) {
        trouble = .unfit("\(reason): it cannot be cut or joined without a gap.")
    }
}
