internal import Digests
internal import Posix

/// Follows the batches of one segment's life and gives its whole frames to the owner.
struct SegmentWalk: ~Copyable {
    private struct Batch {
        let head: BatchHead
        let checksum: UInt32
    }

    private(set) var liveFrames = 0
    private(set) var liveBytes = 0
    /// The highest LSN seen in any batch, good or not.
    private(set) var highestLSN: UInt64

    /// Every page could be read, whatever was on it.
    var isReadable: Bool { reader.failure == nil }

    private let segment: Segment
    private let header: SegmentHeader
    /// Where its good batches are known to end; nil for the segment that was being written.
    private let knownEnd: SegmentEnd?
    private let site: LogSite
    private var reader: SegmentReader

    init(_ segment: Segment, _ header: SegmentHeader, end: SegmentEnd?, _ site: LogSite) {
        self.segment = segment
        self.header = header
        self.site = site
        knownEnd = end
        highestLSN = header.firstLSN - 1
        reader = SegmentReader(segment.file, byteCount: segment.byteCount)
    }

    /// Returns where the good batches end.
    mutating func run(_ replay: (RecoveredFrame) -> FrameDisposition) -> SegmentEnd {
        var batches = findBatches()
        if knownEnd == nil, let last = batches.last, !isWhole(last) { batches.removeLast() }
        for batch in batches { replayFrames(batch, replay) }
        if let failure = reader.failure { report(0..<Int64(segment.byteCount), "\(failure)") }
        let last = batches.last
        return knownEnd
            ?? SegmentEnd(
                generation: header.generation,
                offset: last?.head.endOffset ?? Int64(Layout.pageBytes),
                lastLSN: last?.head.lastLSN ?? header.firstLSN - 1,
                checksum: last?.checksum ?? header.checksumBefore)
    }
}

// MARK: Finding batches

extension SegmentWalk {
    /// The byte after the last that batches may take.
    private var bound: Int {
        min(segment.byteCount, knownEnd.map { Int($0.offset) } ?? segment.byteCount)
    }

    /// All batches whose heads are whole. A break before a known end, or before a batch that
    /// calls what was there synced, is damage; any other is where the writing stopped.
    private mutating func findBatches() -> [Batch] {
        var batches: [Batch] = []
        var position = Layout.pageBytes
        var nextLSN = header.firstLSN
        var chain: UInt32? = header.checksumBefore
        while position < bound {
            var batch = batch(at: position)
            if batch == nil {
                chain = nil
                batch = batchAfter(position)
                let isDamage = knownEnd != nil || (batch?.head.syncedLSN ?? 0) >= nextLSN
                guard isDamage else { break }
                let end = batch?.head.fileOffset ?? Int64(bound)
                report(Int64(position)..<end, "the head of a batch is unreadable")
            }
            guard let batch else { break }
            if let chain, chain != batch.head.checksumBefore {
                report(Int64(position)..<Int64(position), "a batch does not follow the one before")
            }
            batches.append(batch)
            chain = batch.checksum
            position = Int(batch.head.endOffset)
            nextLSN = batch.head.lastLSN + 1
            highestLSN = max(highestLSN, batch.head.lastLSN)
        }
        return batches
    }

    private mutating func batch(at position: Int) -> Batch? {
        guard
            let (head, checksum) = BatchHead.decode(
                reader.bytes(position, Layout.headBytes), header.seed,
                generation: header.generation, fileOffset: Int64(position)),
            head.endOffset <= Int64(bound)
        else { return nil }
        return Batch(head: head, checksum: checksum)
    }

    private mutating func batchAfter(_ position: Int) -> Batch? {
        for next in stride(from: position + Layout.pageBytes, to: bound, by: Layout.pageBytes) {
            if let batch = batch(at: next) { return batch }
        }
        return nil
    }

    private func report(
        _ range: Range<Int64>, _ detail: String, _ frame: FrameHead? = nil
    ) {
        site.observer.damaged(
            LogDamage(
                segment: segment.number, range: range, frame: frame?.frame,
                payloadBytes: frame?.payloadBytes ?? 0, detail: detail))
    }
}

// MARK: Frames

extension SegmentWalk {
    /// The frames' heads, all read before any payload; nil for one that is not as it was written.
    private mutating func frameHeads(_ batch: Batch) -> (heads: [FrameHead?], areWhole: Bool) {
        var checksum = header.seed.checksum
        var heads: [FrameHead?] = []
        heads.reserveCapacity(batch.head.frameCount)
        for index in 0..<batch.head.frameCount {
            let bytes = reader.bytes(place(batch, frame: index), Layout.headBytes)
            checksum = CRC32C.of(bytes, from: checksum)
            let head = FrameHead.decode(bytes, header.seed).flatMap { head in
                head.lsn == batch.head.firstLSN + UInt64(index)
                    && head.payloadOffset + head.payloadBytes <= batch.head.byteCount
                    ? head : nil
            }
            heads.append(head)
        }
        let areWhole = checksum == batch.head.frameHeadsChecksum && !heads.contains(nil)
        return (heads, areWhole)
    }

    /// Whether every head and every payload of the batch is as it was written.
    private mutating func isWhole(_ batch: Batch) -> Bool {
        let (heads, areWhole) = frameHeads(batch)
        guard areWhole else { return false }
        for case let head? in heads where !hasWholePayload(batch, head) { return false }
        return true
    }

    private mutating func replayFrames(
        _ batch: Batch, _ replay: (RecoveredFrame) -> FrameDisposition
    ) {
        for (index, head) in frameHeads(batch).heads.enumerated() {
            guard let head else {
                let start = Int64(place(batch, frame: index))
                report(start..<start + Int64(Layout.headBytes), "the head of a frame is unreadable")
                continue
            }
            replayFrame(batch, head, replay)
        }
    }

    private mutating func replayFrame(
        _ batch: Batch, _ head: FrameHead, _ replay: (RecoveredFrame) -> FrameDisposition
    ) {
        let offset = batch.head.fileOffset + Int64(head.payloadOffset)
        guard hasWholePayload(batch, head) else {
            report(offset..<offset + Int64(head.payloadBytes), "a payload is damaged", head)
            return
        }
        let location = FrameLocation(
            segment: header.reference, fileOffset: offset, byteCount: head.payloadBytes,
            crc32c: head.payloadChecksum, lsn: head.lsn)
        let payload = head.frame.kind == .chunk ? nil : self.payload(batch, head)
        let recovered = RecoveredFrame(
            frame: head.frame, location: location, payload: payload, file: segment.file)
        guard replay(recovered) == .live else { return }
        liveFrames += 1
        liveBytes += head.payloadBytes
    }

    private func place(_ batch: Batch, frame index: Int) -> Int {
        Int(batch.head.fileOffset) + (index + 1) * Layout.headBytes
    }

    private mutating func hasWholePayload(_ batch: Batch, _ frame: FrameHead) -> Bool {
        var checksum: UInt32 = 0
        forEachPart(batch, frame) { checksum = CRC32C.of($0, from: checksum) }
        return checksum == frame.payloadChecksum
    }

    private mutating func payload(_ batch: Batch, _ frame: FrameHead) -> [UInt8] {
        var payload: [UInt8] = []
        payload.reserveCapacity(frame.payloadBytes)
        forEachPart(batch, frame) { payload.append(contentsOf: $0) }
        return payload
    }

    /// The payload in parts of bounded length.
    private mutating func forEachPart(
        _ batch: Batch, _ frame: FrameHead, _ body: (UnsafeRawBufferPointer) -> Void
    ) {
        var offset = Int(batch.head.fileOffset) + frame.payloadOffset
        let end = offset + frame.payloadBytes
        while offset < end {
            let count = min(end - offset, SegmentReader.windowBytes)
            body(reader.bytes(offset, count))
            offset += count
        }
    }
}
