/// One logical stream of an Ogg file: its codec, and what its pages have told so far.
///
/// Granules follow RFC 7845 §4 for Opus, and count samples in Vorbis and FLAC.
package struct OggStream: Sendable {
    /// What is wrong with a page, seen from those before it.
    package enum Finding: Equatable, Sendable {
        /// The stream does not begin with its first page: the start is missing.
        case startMissing
        /// Pages are missing before this one, and with them so many samples, where that is known.
        case pagesMissing(count: UInt32, samples: Int64?)
        /// The page came before, or belongs before one that is here already.
        case outOfOrder(sequence: UInt32, expected: UInt32)
        /// The granule goes back by so much.
        case granuleBack(Int64)
        /// The stream had ended already.
        case afterEnd
        /// So many packets on this page are none that the codec knows.
        case packetsUnreadable(count: Int)
        /// A packet's first or last part is missing.
        case packetTorn
    }

    /// The last page that belongs to the stream.
    package struct LastPage: Equatable, Sendable {
        let header: OggPageHeader
        let offset: Int64
        let byteCount: Int
    }

    package let serial: UInt32
    package private(set) var codec = OggCodec.unknown
    /// Whole packets, without those that describe the stream.
    package private(set) var packetCount: Int64 = 0
    package private(set) var lastPage: LastPage?
    package private(set) var hasEnded = false
    /// The last granule, and the one at which sound begins: not zero in a stream that was joined
    /// late (RFC 7845 §4.5).
    package private(set) var granule: Int64?
    private var firstGranule: Int64?

    private var first: OggPageHeader?
    private var packetIndex: Int64 = 0
    private var isInPacket = false
    private var packetStart: [UInt8] = []
    /// The samples of the Opus packets that end on the page at hand.
    private var samplesOnPage: Int64 = 0
    private var unreadableOnPage = 0
    private var hasHole = false

    package init(serial: UInt32) { self.serial = serial }

    /// How much of the stream is known to be playable, in granules: from its first sample, the
    /// pre-skip left out.
    package var granuleCount: Int64 {
        guard let granule else { return 0 }
        let first = (firstGranule ?? 0).addingReportingOverflow(preSkip)
        let count = granule.subtractingReportingOverflow(first.partialValue)
        return first.overflow || count.overflow ? 0 : max(0, count.partialValue)
    }

    /// The same in seconds; 0 where granules do not count samples.
    package var seconds: Double {
        guard let rate = codec.granuleRate else { return 0 }
        return Double(granuleCount) / Double(rate)
    }

    private var preSkip: Int64 {
        if case .opus(_, let preSkip, _) = codec { preSkip } else { 0 }
    }

    /// Whether a page is here already or its turn is over: the last page again, the first page
    /// again before any sound, or one that goes back in number and does not go on in time. (A
    /// muxer that does not number its pages must not lose them.)
    package func isBehind(_ header: OggPageHeader) -> Bool {
        guard let last = lastPage?.header else { return false }
        if header == last { return true }
        if header.flags.contains(.beginsStream) { return packetCount == 0 && header == first }
        guard let granule, granule > 0 else { return false }
        let step = Int32(truncatingIfNeeded: Int64(header.sequence) - Int64(last.sequence))
        return step <= 0 && (header.granule ?? 0) <= granule
    }

    /// Takes the next page, whole and with the right checksum.
    package mutating func add(
        _ header: OggPageHeader, offset: Int64, _ bytes: Span<UInt8>
    ) -> [Finding] {
        var findings: [Finding] = []
        let isFirst = lastPage == nil
        if isFirst, !header.flags.contains(.beginsStream) { findings.append(.startMissing) }
        if hasEnded { findings.append(.afterEnd) }
        let missing = missingPages(before: header)
        if let missing, missing.isBack {
            findings.append(
                .outOfOrder(sequence: header.sequence, expected: missing.expected))
        }
        samplesOnPage = 0
        unreadableOnPage = 0
        let isHole = missing != nil || (isFirst && !header.flags.contains(.beginsStream))
        let isTorn = addPackets(header, bytes, afterHole: isHole)
        hasHole = hasHole || isHole
        let lost = advance(to: header, afterHole: isHole)
        if let missing, !missing.isBack {
            findings.append(
                .pagesMissing(count: missing.count, samples: lost.flatMap { $0 > 0 ? $0 : nil }))
        }
        if let lost, lost < 0 { findings.append(.granuleBack(-lost)) }
        if unreadableOnPage > 0 {
            findings.append(.packetsUnreadable(count: unreadableOnPage))
        }
        if isTorn, !isHole { findings.append(.packetTorn) }
        hasEnded = header.flags.contains(.endsStream)
        if isFirst { first = header }
        lastPage = LastPage(header: header, offset: offset, byteCount: bytes.count)
        return findings
    }

    private func missingPages(
        before header: OggPageHeader
    ) -> (count: UInt32, isBack: Bool, expected: UInt32)? {
        guard let last = lastPage?.header.sequence else { return nil }
        let expected = last &+ 1
        let missing = header.sequence &- expected
        if missing == 0 { return nil }
        return (missing, missing > UInt32.max / 2, expected)
    }

    /// Follows the page's segments; true if a packet on it lacks its other part.
    private mutating func addPackets(
        _ header: OggPageHeader, _ bytes: Span<UInt8>, afterHole: Bool
    ) -> Bool {
        let isContinued = header.flags.contains(.continued)
        let isTorn = isContinued != isInPacket
        // The rest of a packet whose beginning is gone counts for nothing.
        var isSkipping = isContinued && (!isInPacket || afterHole)
        if isInPacket, !isContinued || afterHole { dropPacket() }
        let prefixMax = lastPage == nil ? OggCodec.packetBytesNeeded : 2
        var position = OggPageHeader.fixedByteCount + header.segmentCount
        for segment in 0..<header.segmentCount {
            let count = Int(bytes[OggPageHeader.fixedByteCount + segment])
            if !isSkipping {
                isInPacket = true
                let room = prefixMax - packetStart.count
                for index in position..<position + min(count, max(0, room)) {
                    packetStart.append(bytes[index])
                }
                if count < 255 { endPacket() }
            } else if count < 255 {
                isSkipping = false
            }
            position += count
        }
        return isTorn
    }

    private mutating func dropPacket() {
        isInPacket = false
        packetStart.removeAll(keepingCapacity: true)
    }

    private mutating func endPacket() {
        defer {
            packetIndex += 1
            dropPacket()
        }
        if packetIndex == 0, lastPage == nil { codec = OggCodec(firstPacket: packetStart) }
        if codec.isHeader(packet: packetIndex, first: packetStart.first) { return }
        packetCount += 1
        guard case .opus = codec else { return }
        if let samples = OpusPacket.sampleCount(packetStart) {
            samplesOnPage += Int64(samples)
        } else {
            unreadableOnPage += 1
        }
    }

    /// Moves on to the page's granule. Returns how many samples it passes over without a packet
    /// for them; below zero: it goes back.
    private mutating func advance(to header: OggPageHeader, afterHole: Bool) -> Int64? {
        guard let next = header.granule, next >= 0, codec.granuleRate != nil else { return nil }
        guard packetCount > 0 else { return nil }
        guard let last = granule else {
            // At the end of a stream the last page may claim less than its packets hold.
            firstGranule = hasHole ? 0 : max(0, next - samplesOnPage)
            if case .opus = codec {} else { firstGranule = 0 }
            granule = next
            return hasHole ? next - samplesOnPage : nil
        }
        granule = max(last, next)
        if next < last { return next - last }
        return next - last - samplesOnPage > 0 && isOpus ? next - last - samplesOnPage : nil
    }

    private var isOpus: Bool { if case .opus = codec { true } else { false } }
}
