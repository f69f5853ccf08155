internal import Digests
internal import Posix

/// The memory in which one batch after the other is put together: heads, and the payloads that
/// the log keeps itself. Lent payloads are not copied; they are pieces of the write.
///
/// Not thread-safe: it belongs to the log's thread.
struct BatchBuffer: ~Copyable {
    // SAFETY: allocated and freed here alone; pieces point into it only until the next `build`.
    private var scratch: UnsafeMutableRawBufferPointer
    private let header: UnsafeMutableRawBufferPointer
    private let zeros: UnsafeMutableRawBufferPointer

    /// What to write, in order.
    private(set) var pieces: [UnsafeRawBufferPointer] = []
    /// Where each frame's payload goes, in order of the frames.
    private(set) var locations: [FrameLocation] = []

    init() {
        scratch = .allocate(byteCount: 1 << 16, alignment: Layout.pageBytes)
        header = .allocate(byteCount: Layout.pageBytes, alignment: Layout.pageBytes)
        zeros = .allocate(byteCount: Layout.pageBytes, alignment: Layout.pageBytes)
        zeros.zero()
    }

    deinit {
        scratch.deallocate()
        header.deallocate()
        zeros.deallocate()
    }

    /// Puts a batch together. `head`: all but its counts and checksums. Returns the batch's
    /// checksum and byte count. Payloads that the log keeps come first, right after the heads.
    mutating func build(
        _ entries: ArraySlice<Entry>, _ head: BatchHead, _ segment: SegmentHeader,
        writesHeader: Bool
    ) -> (checksum: UInt32, byteCount: Int) {
        let headBytes = (entries.count + 1) * Layout.headBytes
        let owned = entries.reduce(0) { $0 + $1.owned.count }
        reserve(headBytes + owned)
        pieces.removeAll(keepingCapacity: true)
        locations.removeAll(keepingCapacity: true)
        if writesHeader {
            segment.encode(into: header)
            pieces.append(.init(header))
        }
        pieces.append(.init(scratch.part(0, headBytes + owned)))
        let byteCount = layOut(
            entries, head, segment, ownedFrom: headBytes, lentFrom: headBytes + owned)

        var head = head
        head.byteCount = byteCount
        head.frameCount = entries.count
        head.frameHeadsChecksum = CRC32C.of(
            .init(scratch.part(Layout.headBytes, headBytes - Layout.headBytes)),
            from: segment.seed.checksum)
        let checksum = head.encode(into: scratch.part(0, Layout.headBytes), segment.seed)
        let padding = Layout.pages(byteCount) - byteCount
        if padding > 0 { pieces.append(.init(zeros.part(0, padding))) }
        return (checksum, byteCount)
    }

    /// Writes the frame heads and says where each payload goes. Returns the batch's byte count.
    private mutating func layOut(
        _ entries: ArraySlice<Entry>, _ head: BatchHead, _ segment: SegmentHeader,
        ownedFrom: Int, lentFrom: Int
    ) -> Int {
        var (owned, lent) = (ownedFrom, lentFrom)
        var lsn = head.firstLSN
        var slot = Layout.headBytes
        for entry in entries {
            let isOwned = entry.payload.count == 0
            let offset = isOwned ? owned : lent
            let frameHead = FrameHead(
                frame: entry.frame, lsn: lsn, payloadOffset: offset,
                payloadBytes: entry.payloadBytes, payloadChecksum: entry.crc32c)
            frameHead.encode(into: scratch.part(slot, Layout.headBytes), segment.seed)
            locations.append(
                FrameLocation(
                    segment: segment.reference, fileOffset: head.fileOffset + Int64(offset),
                    byteCount: entry.payloadBytes, crc32c: entry.crc32c, lsn: lsn))
            if isOwned {
                entry.owned.withUnsafeBytes {
                    scratch.part(owned, $0.count).copyMemory(from: $0)
                }
                owned += entry.owned.count
            } else {
                pieces.append(entry.payload.buffer)
                lent += entry.payload.count
            }
            lsn += 1
            slot += Layout.headBytes
        }
        return lent
    }

    private mutating func reserve(_ bytes: Int) {
        guard bytes > scratch.count else { return }
        scratch.deallocate()
        scratch = .allocate(byteCount: bytes * 2, alignment: Layout.pageBytes)
    }
}
