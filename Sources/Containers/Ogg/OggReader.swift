/// Follows an Ogg file as it comes (RFC 3533; RFC 7845 for Opus) and says how it is finished.
///
/// The finished file is the received one, minus what is torn at its end, with a handful of bytes
/// changed in place: the end mark (EOS) on the last page of a stream whose recorder did not get
/// to write it, and what `OggGap` does around damage. Granules and packets are never changed.
/// It holds at most one page.
package struct OggReader: MediaReader {
    /// How many logical streams may run at once.
    private static let streamsMax = 32
    /// How many tracks are described one by one, over all links.
    private static let tracksMax = 64

    private var pages = OggPageReader()
    /// The logical streams of the link at hand: links follow one another (RFC 3533 §4).
    private var streams: [OggStream] = []
    /// What the links before it hold.
    private var tracksBefore: [MediaDescription.Track] = []
    private var secondsBefore = 0.0
    private var framesBefore: Int64 = 0

    private var gap = OggGap()
    /// The last good page, where it ends, and where the first one begins.
    private var last: OggPageHeader?
    private var goodEnd: Int64 = 0
    private var goodStart: Int64?
    /// Where the first page of any stream lies; without one nothing can be decoded.
    private var beginning: Int64?

    private var edits: [Edit] = []
    private var report = OggReport()
    private var notes: [String] = []
    /// Frames that came to light when a hole cut a page short.
    private var waitingFrames: [Frame] = []

    /// - Parameter headReserveBytes: not needed; an Ogg file is edited where it is.
    package init(headReserveBytes: Int = 0) {}

    package mutating func read(_ bytes: Span<UInt8>, frame: (Frame) -> Void) {
        tellWaitingFrames(frame)
        var reader = takePages()
        reader.append(bytes) { take($0, $1, frame) }
        pages = reader
    }

    package mutating func skip(_ byteCount: Int64) {
        var waiting: [Frame] = []
        var reader = takePages()
        reader.skip(byteCount) { event, page in take(event, page) { waiting.append($0) } }
        pages = reader
        waitingFrames += waiting
        gap.addMissing(byteCount)
    }

    package mutating func takeEdits() -> [Edit] {
        defer { edits = [] }
        return edits
    }

    package consuming func finish(
        frame: (Frame) -> Void
    ) -> (artifact: Artifact, edits: [Edit]) {
        tellWaitingFrames(frame)
        var reader = takePages()
        reader.cut { take($0, $1, frame) }
        pages = reader
        let length = pages.offset
        endLink(at: length)
        report.addTail(gap, goodEnd..<length, seconds)
        let description = description
        guard let beginning, framesBefore > 0 else {
            let reason = report.addWithoutMedia(length: length, hasPages: last != nil)
            let artifact = Artifact.asReceived(
                length: length, description: description, damage: report.entries,
                unverifiedReason: reason)
            return (artifact, edits)
        }
        // Players look for the first page right at the start.
        var artifact = Artifact(
            head: [], start: goodStart == beginning ? beginning : 0, end: goodEnd, index: [],
            description: description,
            damage: report.entries)
        artifact.notes = notes
        return (artifact, edits)
    }

    package var description: MediaDescription {
        var description = MediaDescription(container: "ogg")
        description.tracks = tracksBefore + streams.map { track(of: $0) }
        if seconds > 0 { description.durationMilliseconds = seconds * 1_000 }
        return description
    }

    private var seconds: Double { secondsBefore + (streams.map(\.seconds).max() ?? 0) }

    private mutating func tellWaitingFrames(_ frame: (Frame) -> Void) {
        for waiting in waitingFrames { frame(waiting) }
        waitingFrames = []
    }

    /// Hands out the page reader while its events are taken; it is put back at once.
    private mutating func takePages() -> OggPageReader {
        var reader = OggPageReader()
        swap(&reader, &pages)
        return reader
    }

    private mutating func take(
        _ event: OggPageReader.Event, _ bytes: Span<UInt8>, _ frame: (Frame) -> Void
    ) {
        switch event {
        case .broken(let offset, let isCut):
            gap.addPattern(offset, isCut ? .cut : .checksum)
        case .page(let header, let offset, let byteCount):
            let page = OggStream.Page(header: header, offset: offset, byteCount: byteCount)
            take(page, bytes, frame)
        }
    }

    private mutating func take(
        _ page: OggStream.Page, _ bytes: Span<UInt8>, _ frame: (Frame) -> Void
    ) {
        let time = seconds
        let found = streams.firstIndex { $0.serial == page.header.serial }
        let isBehind = found.map { streams[$0].isBehind(page.header) } ?? false
        guard !isBehind, let index = streamIndex(for: page, found) else {
            report.addLeftOut(page, time)
            gap.addOutOfOrder(page, bytes)
            return
        }
        let previous = streams[index].lastPage
        let base = Int64(clampingNanoseconds: secondsBefore * 1_000_000_000)
        let findings = streams[index].add(page, bytes) { found in
            var found = found
            let (sum, overflow) = found.timestamp.addingReportingOverflow(base)
            found.timestamp = overflow ? .max : sum
            frame(found)
        }
        let isBridged = bridge(to: page, findings, streams[index], after: previous, at: time)
        for finding in findings {
            if case .pagesMissing = finding, isBridged { continue }
            if finding == .afterEnd, let previous, beginning != nil {
                edits.append(Self.edit(previous, flipping: .endsStream))
            }
            report.add(finding, page, streams[index].codec, time)
        }
        goodStart = goodStart ?? page.offset
        goodEnd = page.offset + Int64(page.byteCount)
        last = page.header
    }

    /// Passes over what lies between the last good page and this one, if anything does.
    private mutating func bridge(
        to page: OggStream.Page, _ findings: [OggStream.Finding], _ stream: OggStream,
        after previous: OggStream.Page?, at time: Double
    ) -> Bool {
        guard page.offset > goodEnd else { return false }
        let range = goodEnd..<page.offset
        report.add(gap, range, findings, stream.codec, time)
        if beginning != nil {
            let repairs = gap.edits(
                in: range, after: previous?.header, tagsFor: stream.lacksTags ? stream.serial : nil)
            edits += repairs
            if stream.lacksTags, repairs.contains(where: { $0.offset == range.lowerBound }) {
                notes.append("The tags were lost: empty ones stand in their place.")
            }
        }
        gap = OggGap()
        return true
    }

    /// The stream a page belongs to; a new one where it begins one. Nil: there are too many.
    private mutating func streamIndex(for page: OggStream.Page, _ found: Int?) -> Int? {
        let isFirst = page.header.flags.contains(.beginsStream)
        if let found, !isFirst { return found }
        // All streams of a link begin before any of them goes on (RFC 3533 §4).
        if isFirst, found != nil || streams.contains(where: { $0.pageCount > 1 }) {
            endLink(at: page.offset)
            report.addLink(at: page, seconds)
        }
        guard streams.count < Self.streamsMax else { return nil }
        if isFirst, beginning == nil { beginning = page.offset }
        streams.append(OggStream(serial: page.header.serial))
        return streams.count - 1
    }

    /// Sets the end marks that the recorder did not, and adds the link to the whole. What lies
    /// between the last good page and `end` explains a missing one.
    private mutating func endLink(at end: Int64) {
        let time = seconds
        for stream in streams {
            guard let page = stream.lastPage else { continue }
            if stream.hasOpenPacket { report.addOpenPacket(page, time) }
            if !stream.hasEnded, beginning != nil, stream.packetCount > 0 {
                edits.append(Self.edit(page, flipping: .endsStream))
                if goodEnd == end { report.addEndMissing(page, time) }
            }
            framesBefore += stream.packetCount
            if tracksBefore.count < Self.tracksMax { tracksBefore.append(track(of: stream)) }
        }
        secondsBefore = time
        streams = []
    }

    private func track(of stream: OggStream) -> MediaDescription.Track {
        var track = stream.track
        let before = secondsBefore * 1_000
        func milliseconds(_ nanoseconds: Int64) -> Double {
            before + max(0, Double(nanoseconds) / 1_000_000)
        }
        track.firstMilliseconds = stream.firstNanoseconds.map(milliseconds)
        track.lastMilliseconds = stream.lastNanoseconds.map(milliseconds)
        return track
    }

    /// Flips flags of a page that is no longer at hand: the bytes from its flags to its checksum.
    private static func edit(
        _ page: OggStream.Page, flipping flags: OggPageHeader.Flags
    ) -> Edit {
        var header = page.header
        header.flags.formSymmetricDifference(flags)
        header.checksum = page.header.checksum(flipping: flags, pageByteCount: page.byteCount)
        let range = OggPageHeader.flagsOffset..<OggPageHeader.checksumOffset + 4
        return Edit(
            offset: page.offset + Int64(range.lowerBound), bytes: Array(header.bytes[range]))
    }
}
