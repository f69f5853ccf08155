/// The damage found in one Ogg file, in words.
package struct OggReport: Sendable {
    private var list = MediaDamageList()

    package init() {}

    package var entries: [MediaDamage] { list.entries }

    private mutating func add(
        _ kind: MediaDamage.Kind, _ range: Range<Int64>, _ seconds: Double, _ detail: String
    ) {
        list.append(
            MediaDamage(
                kind, offset: range.lowerBound,
                byteCount: range.isEmpty ? nil : Int64(range.count),
                timeMilliseconds: seconds * 1_000, detail: detail))
    }

    /// Tells what lies between two good pages, `range`, at `seconds` of the recording.
    /// `findings` are those of the page behind it.
    package mutating func add(
        _ gap: OggGap, _ range: Range<Int64>, _ findings: [OggStream.Finding],
        _ codec: OggCodec, _ seconds: Double
    ) {
        let lost = findings.compactMap { Self.lost($0, codec) }.first ?? ""
        if gap.missingByteCount > 0 {
            add(
                .hole, range, seconds,
                "\(gap.missingByteCount) bytes were never received\(lost). What follows plays.")
            return
        }
        let unreadable = Int64(range.count) - gap.outOfOrderByteCount
        guard unreadable > 0 else { return }
        if gap.causes.contains(.checksum) {
            add(.badChecksum, range, seconds, "A page's checksum is wrong: left out\(lost).")
        } else if gap.causes.contains(.cut) {
            add(.torn, range, seconds, "A page is cut short: left out\(lost).")
        } else {
            add(.torn, range, seconds, "These bytes are no Ogg page: left out\(lost).")
        }
    }

    /// Tells what lies behind the last good page; nothing, if `range` is empty.
    package mutating func addTail(_ gap: OggGap, _ range: Range<Int64>, _ seconds: Double) {
        guard Int64(range.count) > gap.outOfOrderByteCount else { return }
        if gap.missingByteCount > 0 {
            add(
                .hole, range, seconds,
                "\(gap.missingByteCount) bytes were never received, and no page follows.")
        } else if gap.causes.contains(.checksum) {
            add(.badChecksum, range, seconds, "The last page's checksum is wrong: left out.")
        } else {
            add(.truncatedTail, range, seconds, "The last page is cut short: left out.")
        }
    }

    /// Tells why there is nothing to play, and answers the same in a few words.
    package mutating func addWithoutMedia(length: Int64, hasPages: Bool) -> String {
        let (kind, reason): (MediaDamage.Kind, String) =
            if length == 0 {
                (.empty, "Not one byte was received")
            } else if hasPages {
                (.noMedia, "No sound that can be decoded is in it")
            } else {
                (.unreadable, "No whole Ogg page is in it")
            }
        list.append(MediaDamage(kind, detail: reason + "."))
        return reason
    }

    /// Tells of a page that comes again, or after its turn.
    package mutating func addLeftOut(_ page: OggStream.Page, _ seconds: Double) {
        add(
            .timeReversed, page.range, seconds,
            "Page \(page.header.sequence) came again or too late: left out.")
    }

    /// Tells of a recording behind the first one.
    package mutating func addLink(at page: OggStream.Page, _ seconds: Double) {
        add(
            .spliced, page.offset..<page.offset, seconds,
            "Another recording begins here. Both are kept and play one after the other.")
    }

    /// Tells that a stream ends without its mark, although its bytes are whole.
    package mutating func addEndMissing(_ page: OggStream.Page, _ seconds: Double) {
        add(
            .endMissing, page.range.upperBound..<page.range.upperBound, seconds,
            "The end mark is missing, as after a crash of the recorder: it is set on the last "
                + "page, \(page.header.sequence).")
    }

    /// Tells that the last packet of a stream never ended.
    package mutating func addOpenPacket(_ page: OggStream.Page, _ seconds: Double) {
        add(
            .truncatedTail, page.range.upperBound..<page.range.upperBound, seconds,
            "The last packet is not whole; players leave it out.")
    }

    /// Tells what is wrong with a page.
    package mutating func add(
        _ finding: OggStream.Finding, _ page: OggStream.Page, _ codec: OggCodec,
        _ seconds: Double
    ) {
        let place = page.offset..<page.offset
        let number = page.header.sequence
        switch finding {
        case .startMissing:
            add(
                .missingPage, place, seconds,
                "The first page of stream \(page.header.serial) is missing: without it the "
                    + "stream cannot be decoded.")
        case .pagesMissing(let count, _):
            let what = count == 1 ? "1 page is" : "\(count) pages are"
            add(
                .missingPage, place, seconds,
                "\(what) missing before page \(number)\(Self.lost(finding, codec) ?? "").")
        case .numberBack(let expected):
            add(.missingPage, place, seconds, "Page \(number) stands where \(expected) was due.")
        case .timeBack(let samples):
            add(.timeReversed, place, seconds, "Time goes back by \(samples) samples.")
        case .afterEnd:
            add(
                .spliced, place, seconds,
                "Pages follow the end mark of their stream: it is moved to the last one.")
        case .packetsUnreadable(let count):
            let what = count == 1 ? "1 packet is" : "\(count) packets are"
            add(.torn, place, seconds, "\(what) none that the codec knows.")
        case .packetTorn:
            add(.torn, place, seconds, "A packet is not whole; players leave it out.")
        }
    }

    /// How much sound a hole takes with it: `, 1.360 seconds lost`.
    private static func lost(_ finding: OggStream.Finding, _ codec: OggCodec) -> String? {
        guard case .pagesMissing(_, let samples?) = finding, let rate = codec.granuleRate else {
            return nil
        }
        let rest = String(samples % rate * 1_000 / rate)
        let decimals = String(repeating: "0", count: 3 - rest.count) + rest
        return ", \(samples / rate).\(decimals) seconds lost"
    }
}
