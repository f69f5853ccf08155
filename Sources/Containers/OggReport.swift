/// The damage found in one Ogg file, in words.
package struct OggReport: Sendable {
    /// A file that is damaged everywhere is told of this often, then only counted.
    private static let damageMax = 200

    package private(set) var damage: [MediaDamage] = []
    /// How many more there are than `damage` tells.
    package private(set) var untold = 0

    package init() {}

    package mutating func add(
        _ kind: MediaDamage.Kind, _ range: Range<Int64>, _ seconds: Double, _ detail: String
    ) {
        guard damage.count < Self.damageMax else {
            untold += 1
            return
        }
        damage.append(MediaDamage(kind: kind, detail: detail, range: range, seconds: seconds))
    }
}

extension OggReport {
    /// Tells what lies between two good pages, `range`, at `seconds` of the recording.
    mutating func add(_ gap: OggGap, _ range: Range<Int64>, _ seconds: Double) {
        let unreadable = Int64(range.count) - gap.missingByteCount - gap.outOfOrderByteCount
        if gap.missingByteCount > 0 {
            add(
                "missing-bytes", range, seconds,
                "\(gap.missingByteCount) bytes are missing; sound goes on behind them.")
        }
        guard unreadable > 0 else { return }
        let what =
            if gap.causes.contains(.checksum) {
                "A page's checksum is wrong, so its sound is left out"
            } else if gap.causes.contains(.cut) {
                "A page is cut short, so its sound is left out"
            } else {
                "These bytes are no Ogg page and are left out"
            }
        add("unreadable-bytes", range, seconds, "\(what): \(unreadable) bytes.")
    }

    /// Tells what lies behind the last good page, or that there is none.
    mutating func addTail(
        _ gap: OggGap, _ range: Range<Int64>, _ seconds: Double, hasMedia: Bool
    ) {
        guard hasMedia else {
            add("no-media", range, seconds, "There is no whole Ogg page in it.")
            return
        }
        let unreadable = Int64(range.count) - gap.outOfOrderByteCount
        guard unreadable > 0 else { return }
        let what =
            gap.causes.contains(.checksum)
            ? "The checksum of the last page is wrong" : "The last page is cut short"
        add(
            "torn-end", range, seconds,
            "\(what): \(unreadable) bytes at the end are left out.")
    }

    mutating func addLeftOut(_ header: OggPageHeader, _ range: Range<Int64>, _ seconds: Double) {
        add(
            "out-of-order", range, seconds,
            "Page \(header.sequence) came again or too late, and is left out.")
    }

    /// Tells what is wrong with a page.
    mutating func add(
        _ finding: OggStream.Finding, _ header: OggPageHeader, _ codec: OggCodec,
        _ range: Range<Int64>, _ seconds: Double
    ) {
        switch finding {
        case .startMissing:
            add(
                "missing-start", range, seconds,
                "The first page of stream \(header.serial) is missing: without it nothing can "
                    + "be decoded.")
        case .pagesMissing(let count, let samples):
            var lost = ""
            if let samples, let rate = codec.granuleRate {
                lost = ", and with them \(Self.seconds(samples, rate)) seconds"
            }
            add(
                "missing-pages", range.lowerBound..<range.lowerBound, seconds,
                "\(count) pages before page \(header.sequence) are missing\(lost).")
        case .outOfOrder(let sequence, let expected):
            add(
                "out-of-order", range, seconds,
                "Page \(sequence) stands where page \(expected) was due.")
        case .granuleBack(let samples):
            add("time-backwards", range, seconds, "Time goes back by \(samples) samples.")
        case .afterEnd:
            add(
                "after-end", range, seconds,
                "Pages follow the end of their stream; its end mark is moved to the last one.")
        case .packetsUnreadable(let count):
            add("unreadable-packets", range, seconds, "\(count) packets cannot be decoded.")
        case .packetTorn:
            add("torn-packet", range, seconds, "Part of a packet is missing.")
        }
    }

    /// Samples as seconds with three decimals.
    private static func seconds(_ samples: Int64, _ rate: Int64) -> String {
        let rest = String(samples % rate * 1_000 / rate)
        return "\(samples / rate)." + String(repeating: "0", count: 3 - rest.count) + rest
    }
}
