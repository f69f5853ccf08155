/// Follows an Ogg file as it comes (RFC 3533; RFC 7845 for Opus) and says how it is finished.
///
/// The finished file is the received one, minus what is torn at its end, with a handful of bytes
/// changed in place: the end mark (EOS) on the last page of a stream whose recorder did not get
/// to write it, and what `OggGap` does around damage. Granules and packets are never changed.
package struct OggReader: Sendable {
    /// How many logical streams may run at once, and how many damages are told one by one.
    private static let streamsMax = 32
    private static let damageMax = 200

    private var pages = OggPageReader()
    /// The logical streams of the link at hand (RFC 3533 §4: links follow one another).
    private var streams: [OggStream] = []
    private var gap = OggGap()
    /// The last good page, which the file will end with.
    private var last: OggPageHeader?
    private var goodStart: Int64?
    package private(set) var goodEnd: Int64 = 0
    /// Seconds in the links before this one.
    private var secondsBefore = 0.0
    private var linkCount = 0
    package private(set) var edits: [Edit] = []
    package private(set) var report = OggReport()
    /// Streams whose recorder did not set their end mark.
    package private(set) var unendedCount = 0

    package init() {}

    package mutating func append(_ bytes: Span<UInt8>) {
        withPages { $0.append(bytes, $1) }
    }

    package mutating func skip(_ count: Int64) {
        withPages { $0.skip(count, $1) }
        gap.addMissing(count)
    }

    package mutating func finish() {
        withPages { $0.cut($1) }
        endLink()
        let tail = goodEnd..<pages.offset
        if !tail.isEmpty { report.addTail(gap, tail, seconds, hasMedia: last != nil) }
    }

    private mutating func withPages(
        _ body: (inout OggPageReader, OggPageReader.Visitor) -> Void
    ) {
        var reader = OggPageReader()
        swap(&reader, &pages)
        body(&reader) { event, page in take(event, page) }
        pages = reader
    }

    package var seconds: Double { secondsBefore + (streams.map(\.seconds).max() ?? 0) }

    private mutating func take(_ event: OggPageReader.Event, _ bytes: Span<UInt8>) {
        switch event {
        case .broken(let offset, let isCut): gap.addPattern(offset, isCut ? .cut : .checksum)
        case .page(let header, let offset, _):
            take(header, offset..<offset + Int64(bytes.count), bytes)
        }
    }

    private mutating func take(
        _ header: OggPageHeader, _ range: Range<Int64>, _ bytes: Span<UInt8>
    ) {
        let time = seconds
        let found = streams.firstIndex { $0.serial == header.serial }
        if let found, streams[found].isBehind(header) {
            report.addLeftOut(header, range, time)
            gap.addOutOfOrder(range)
            return
        }
        guard let index = streamIndex(for: header, found) else {
            report.addLeftOut(header, range, time)
            gap.addOutOfOrder(range)
            return
        }
        let previous = streams[index].lastPage
        let findings = streams[index].add(header, offset: range.lowerBound, bytes)
        bridge(to: range.lowerBound, findings, at: time)
        for finding in findings {
            if finding == .afterEnd, let previous {
                edits.append(Self.edit(previous, flipping: .endsStream))
            }
            report.add(finding, header, streams[index].codec, range, time)
        }
        goodStart = goodStart ?? range.lowerBound
        goodEnd = range.upperBound
        last = header
    }

    /// Passes over what lies between the last good page and the next one.
    private mutating func bridge(
        to start: Int64, _ findings: [OggStream.Finding], at time: Double
    ) {
        guard start > goodEnd else { return }
        let range = goodEnd..<start
        report.add(gap, range, time)
        edits += gap.edits(in: range, after: last.map { ($0.serial, $0.sequence) })
        gap = OggGap()
    }

    /// The stream a page belongs to; a new one where it begins one. Nil: there are too many.
    private mutating func streamIndex(for header: OggPageHeader, _ found: Int?) -> Int? {
        if let found, !header.flags.contains(.beginsStream) { return found }
        if header.flags.contains(.beginsStream), found != nil || hasContent { endLink() }
        guard streams.count < Self.streamsMax else { return nil }
        if streams.isEmpty { linkCount += 1 }
        streams.append(OggStream(serial: header.serial))
        return streams.count - 1
    }

    /// Whether the link is beyond its first pages: then another first page begins the next link.
    private var hasContent: Bool { streams.contains { $0.pageCount > 1 } }

    /// Sets the end mark where the recorder did not, and adds the link's time to the whole.
    private mutating func endLink() {
        for stream in streams where !stream.hasEnded {
            guard let page = stream.lastPage else { continue }
            unendedCount += 1
            edits.append(Self.edit(page, flipping: .endsStream))
        }
        secondsBefore = seconds
        streams = []
    }

    /// Flips flags of a page that is no longer at hand: the bytes from its flags to its checksum.
    private static func edit(_ page: OggStream.LastPage, flipping flags: OggPageHeader.Flags)
        -> Edit
    {
        var header = page.header
        header.flags.formSymmetricDifference(flags)
        header.checksum = page.header.checksum(flipping: flags, pageByteCount: page.byteCount)
        let first = OggPageHeader.flagsOffset
        return Edit(
            offset: page.offset + Int64(first),
            bytes: Array(header.bytes[first..<OggPageHeader.checksumOffset + 4]))
    }
}
