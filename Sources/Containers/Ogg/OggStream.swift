/// One logical stream of an Ogg file: its codec, and what its pages have told so far.
///
/// A granule says where the last packet that ends on a page ends. It counts samples at 48 kHz in
/// Opus, the pre-skip included (RFC 7845 §4), and samples of the recording in Vorbis and FLAC.
package struct OggStream: Sendable {
    /// What is wrong with a page, seen from those before it.
    package enum Finding: Equatable, Sendable {
        /// The stream does not begin with its first page: the start is missing.
        case startMissing
        /// Pages are missing before this one, and with them so many samples, where that is known.
        case pagesMissing(count: UInt32, samples: Int64?)
        /// The page's number is lower than the one that was due.
        case numberBack(expected: UInt32)
        /// The granule goes back by so much.
        case timeBack(samples: Int64)
        /// The stream had ended already.
        case afterEnd
        /// So many packets on this page are none that the codec knows.
        case packetsUnreadable(count: Int)
        /// A packet's first or last part is missing although no page is.
        case packetTorn
    }

    /// A page that belongs to the stream, without its bytes.
    package struct Page: Equatable, Sendable {
        package let header: OggPageHeader
        package let offset: Int64
        package let byteCount: Int

        package var range: Range<Int64> { offset..<offset + Int64(byteCount) }
    }

    package let serial: UInt32
    package private(set) var codec = OggCodec.unknown
    private var outputGain: Double?
    package private(set) var pageCount: Int64 = 0
    package private(set) var lastPage: Page?
    package private(set) var hasEnded = false
    /// Whole packets of sound, and their bytes.
    package private(set) var packetCount: Int64 = 0
    package private(set) var packetByteCount: Int64 = 0
    /// When the first and the last of them begin, from the start of the stream.
    package private(set) var firstNanoseconds: Int64?
    package private(set) var lastNanoseconds: Int64?

    private var first: OggPageHeader?
    private var reader = OggPacketReader()
    private var packets: [OggPacket] = []
    private var packetIndex: Int64 = 0
    private var hasHole = false
    /// The last granule, and the one at which sound begins: not zero in a stream that was joined
    /// late (RFC 7845 §4.5).
    private var granule: Int64?
    private var firstGranule: Int64 = 0

    package init(serial: UInt32) { self.serial = serial }

    /// Whether the last page leaves a packet unfinished.
    package var hasOpenPacket: Bool { reader.hasOpenPacket }

    /// Whether sound follows right behind the first header although a second one is due (RFC 7845
    /// §5.2): players then refuse the whole stream.
    package var lacksTags: Bool {
        if case .opus = codec { pageCount == 2 && packetCount > 0 } else { false }
    }

    /// How long the stream plays, in seconds; 0 where granules do not count samples.
    package var seconds: Double {
        guard let rate = codec.granuleRate, let granule else { return 0 }
        return max(0, Double(granule - firstGranule) - Double(preSkip)) / Double(rate)
    }

    private var preSkip: Int64 {
        if case .opus(_, let preSkip, _) = codec { preSkip } else { 0 }
    }

    /// What the stream is, without its times.
    package var track: MediaDescription.Track {
        var track = MediaDescription.Track(
            number: UInt64(serial), kind: codec == .unknown ? .other : .audio, codec: codec.name)
        track.frames = packetCount
        track.keyFrames = packetCount
        track.bytes = packetByteCount
        track.channels = codec.channels
        track.outputGain = outputGain
        track.sampleRate = codec.sampleRate.map { Double($0) }
        return track
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

    /// Takes the next page, whole and with the right checksum. `frame` gets the packets of sound
    /// that end on it; their time counts from the start of this stream.
    package mutating func add(
        _ page: Page, _ bytes: Span<UInt8>, frame: (Frame) -> Void
    ) -> [Finding] {
        let header = page.header
        let isWithoutStart = lastPage == nil && !header.flags.contains(.beginsStream)
        let isBehindHole = isWithoutStart || (missingPages(before: header)?.isBack == false)
        hasHole = hasHole || isBehindHole
        var findings: [Finding] = []
        if isWithoutStart { findings.append(.startMissing) }
        if hasEnded { findings.append(.afterEnd) }
        packets.removeAll(keepingCapacity: true)
        let isTorn = reader.read(
            header, offset: page.offset, bytes, isBehindHole: isBehindHole, into: &packets)
        let durations = takePackets()
        let lost = emit(durations, header, isBehindHole: isBehindHole, frame)
        if let missing = missingPages(before: header) {
            findings.append(
                missing.isBack
                    ? .numberBack(expected: missing.expected)
                    : .pagesMissing(count: missing.count, samples: lost > 0 ? lost : nil))
        }
        if lost < 0 { findings.append(.timeBack(samples: -lost)) }
        let unreadable = durations.count { $0 == nil }
        if unreadable > 0, case .opus = codec {
            findings.append(.packetsUnreadable(count: unreadable))
        }
        if isTorn { findings.append(.packetTorn) }
        remember(page)
        return findings
    }

    private mutating func remember(_ page: Page) {
        hasEnded = page.header.flags.contains(.endsStream)
        if first == nil { first = page.header }
        lastPage = page
        pageCount += 1
    }

    private func missingPages(
        before header: OggPageHeader
    ) -> (count: UInt32, isBack: Bool, expected: UInt32)? {
        guard let last = lastPage?.header.sequence else { return nil }
        let expected = last &+ 1
        let missing = header.sequence &- expected
        return missing == 0 ? nil : (missing, missing > UInt32.max / 2, expected)
    }

    /// Leaves the packets of sound in `packets`; returns the length of each in samples, nil where
    /// the packet does not tell it.
    private mutating func takePackets() -> [Int64?] {
        var durations: [Int64?] = []
        durations.reserveCapacity(packets.count)
        packets.removeAll { packet in
            if pageCount == 0, packetIndex == 0 {
                codec = OggCodec(firstPacket: packet.start)
                outputGain = OpusPacket.outputGain(head: packet.start)
            }
            defer { packetIndex += 1 }
            if codec.isHeader(packet: packetIndex, start: packet.start) { return true }
            packetCount += 1
            packetByteCount += packet.byteCount
            if case .opus = codec {
                durations.append(OpusPacket.sampleCount(packet.start).map { Int64($0) })
            } else {
                durations.append(nil)
            }
            return false
        }
        return durations
    }

    /// Moves on to the page's granule and tells the frames.
    ///
    /// Only Opus packets tell their length. In Vorbis and FLAC those of a page all carry the time
    /// at which the page begins.
    ///
    /// - Returns: how many samples the page passes over without a packet for them, behind a hole;
    ///   below zero: by how many it goes back.
    private mutating func emit(
        _ durations: [Int64?], _ header: OggPageHeader, isBehindHole: Bool,
        _ frame: (Frame) -> Void
    ) -> Int64 {
        let samples = durations.reduce(0) { $0 + ($1 ?? 0) }
        let end = packets.isEmpty ? nil : header.granule.flatMap { Self.isTime($0) ? $0 : nil }
        var time = granule ?? 0
        var lost: Int64 = 0
        // The last page may claim less than its packets hold (RFC 7845 §4.4): it is not late.
        if let end, case .opus = codec, end - samples > time || granule == nil {
            lost = isBehindHole || hasHole && granule == nil ? end - samples - time : 0
            time = max(0, end - samples)
        }
        if granule == nil { firstGranule = hasHole ? 0 : time }
        for (packet, duration) in zip(packets, durations) {
            firstNanoseconds = firstNanoseconds ?? nanoseconds(time)
            lastNanoseconds = nanoseconds(time)
            frame(
                Frame(
                    track: UInt64(serial), timestamp: nanoseconds(time), isKey: true,
                    payload: packet.payload, continuation: packet.continuation))
            time += duration ?? 0
        }
        guard let end, codec.granuleRate != nil else { return lost }
        if let granule, end < granule { return end - granule }
        granule = end
        return max(0, lost)
    }

    /// Beyond three million years of sound a granule is a lie, and sums would overflow.
    private static func isTime(_ granule: Int64) -> Bool { (0..<1 << 62).contains(granule) }

    /// A granule as time on this stream's line: the first sample that plays is at zero.
    private func nanoseconds(_ granule: Int64) -> Int64 {
        guard let rate = codec.granuleRate else { return 0 }
        let samples = granule - firstGranule - preSkip
        let seconds = (samples / rate).multipliedReportingOverflow(by: 1_000_000_000)
        return seconds.overflow
            ? .max : seconds.partialValue &+ samples % rate * 1_000_000_000 / rate
    }
}
