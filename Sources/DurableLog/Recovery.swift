internal import Digests
internal import Posix

/// Finds out what the folder holds: reads every segment, follows the chain of batches, and gives
/// each whole frame to the owner, in LSN order.
struct Recovery {
    struct Result: Sendable {
        var segments: [UInt32: Segment] = [:]
        var nextNumber: UInt32 = 0
        var nextGeneration: UInt64 = 1
        /// The highest LSN that was ever used, as far as anyone can tell.
        var lastLSN: UInt64 = 0
        /// Of the last good batch.
        var checksum: UInt32 = 0
        /// Files whose headers could not be read, this time.
        var unreadable = 0
    }

    private(set) var result = Result()
    private let site: LogSite

    init(_ site: LogSite) { self.site = site }

    mutating func run(
        _ replay: (RecoveredFrame) -> FrameDisposition
    ) throws(SystemError) {
        try site.fileSystem.createFolder(site.settings.folder)
        for name in try site.fileSystem.names(in: site.settings.folder).sorted() {
            if let number = site.number(name) { try take(number) }
        }
        let ends = endsByGeneration()
        let used = result.segments.values.filter { $0.phase == .closed }
            .compactMap { segment in segment.header.map { (segment, $0) } }
            .sorted { $0.1.generation < $1.1.generation }
        for (segment, header) in used {
            var walk = SegmentWalk(segment, header, end: ends[header.generation], site)
            let end = walk.run(replay)
            result.segments[segment.number]?.header?.end = end
            result.segments[segment.number]?.isSealed = header.end != nil
            result.segments[segment.number]?.isTrusted = walk.isReadable
            result.segments[segment.number]?.liveFrames = walk.liveFrames
            result.segments[segment.number]?.liveBytes = walk.liveBytes
            result.checksum = end.checksum
            result.lastLSN = max(result.lastLSN, walk.highestLSN)
        }
        if result.unreadable > 0 { skipNumbers() }
    }

    /// A segment that cannot be read now may be read later: its numbers are not given again.
    private mutating func skipNumbers() {
        result.nextGeneration += 1 << 20
        result.lastLSN += 1 << 32
    }

    /// Takes a segment's file into the books: blank, free or in use.
    private mutating func take(_ number: UInt32) throws(SystemError) {
        result.nextNumber = max(result.nextNumber, number + 1)
        let path = site.path(number)
        let file = try site.fileSystem.open(path, .update)
        let byteCount = Int(try file.byteCount)
        let (header, isBlank) = Self.readHeader(file)
        var segment = Segment(number: number, file: file, byteCount: byteCount, phase: .free)
        if let header, header.number == number {
            note(header)
            segment.header = header
            if header.state != .free { segment.phase = .closed }
        } else if !isBlank {
            // Whatever it is, it stays as it is: nobody can say that it is not needed.
            let range = 0..<Int64(byteCount)
            site.observer.damaged(
                LogDamage(segment: number, range: range, detail: "its header is unreadable"))
            result.unreadable += 1
            return
        }
        if segment.phase == .free, byteCount != site.settings.segmentBytes {
            return try site.fileSystem.remove(path)
        }
        result.segments[number] = segment
    }

    /// The header, and whether there never was one. A page that cannot be read is not blank.
    private static func readHeader(
        _ file: any StoredFile
    ) -> (header: SegmentHeader?, isBlank: Bool) {
        let page = Slab(byteCount: Layout.pageBytes)
        do throws(SystemError) {
            let count = try file.read(into: page.buffer, at: 0)
            page.buffer.part(count, Layout.pageBytes - count).zero()
        } catch {
            return (nil, false)
        }
        let bytes = UnsafeRawBufferPointer(page.buffer)
        return (SegmentHeader.decode(bytes), bytes.isZero)
    }

    private mutating func note(_ header: SegmentHeader) {
        result.nextGeneration = max(result.nextGeneration, header.generation + 1)
        result.lastLSN = max(result.lastLSN, header.firstLSN - 1)
        for end in header.earlierEnds + (header.end.map { [$0] } ?? []) {
            result.nextGeneration = max(result.nextGeneration, end.generation + 1)
            result.lastLSN = max(result.lastLSN, end.lastLSN)
        }
    }

    /// Where the good batches of each life end, as far as headers say it.
    private func endsByGeneration() -> [UInt64: SegmentEnd] {
        let headers = result.segments.values.compactMap(\.header)
        let ends = headers.flatMap { $0.earlierEnds + ($0.end.map { [$0] } ?? []) }
        return Dictionary(ends.map { ($0.generation, $0) }, uniquingKeysWith: { first, _ in first })
    }
}
