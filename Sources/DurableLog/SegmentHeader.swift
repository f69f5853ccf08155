internal import Digests

/// Where the good batches of one life of a segment end.
struct SegmentEnd: Equatable, Sendable {
    var generation: UInt64
    /// The byte after the last good batch, in the segment's file.
    var offset: Int64
    var lastLSN: UInt64
    /// Of the last good batch.
    var checksum: UInt32
}

/// The first page of a segment.
///
/// It goes to disk with the first batch, again when the segment has taken its last (sealed), and
/// when nobody needs its frames any more (free).
struct SegmentHeader: Equatable, Sendable {
    enum State: UInt32 {
        case open = 1
        case sealed = 2
        case free = 3
    }

    var number: UInt32
    /// Rises with every life of every segment of the log.
    var generation: UInt64
    var seed: Seed
    var firstLSN: UInt64
    /// Of the batch before the first.
    var checksumBefore: UInt32
    var state: State
    /// Once sealed or free.
    var end: SegmentEnd?
    /// Ends of earlier segments that were not sealed on disk when this life began: what lies
    /// beyond them was never acknowledged and must not come back.
    var earlierEnds: [SegmentEnd]

    static let earlierEndsMax = 12
    private static let magic: UInt64 = 0x3147_4f4c_5346_4448  // "HDFSLOG1"
    private static let endBytes = 32
    private static let fixedBytes = 96

    var reference: SegmentReference { .init(number: number, generation: generation) }

    /// Both copies, in `page`.
    func encode(into page: UnsafeMutableRawBufferPointer) {
        page.zero()
        let copy = page.part(0, Layout.sectorBytes)
        copy.put(Self.magic, 0)
        copy.put(state.rawValue, 8)
        copy.put(number, 12)
        copy.put(generation, 16)
        copy.put(seed.bits, 24)
        copy.put(firstLSN, 32)
        copy.put(checksumBefore, 40)
        copy.put(UInt32(earlierEnds.count), 44)
        if let end { Self.put(end, copy.part(56, Self.endBytes)) }
        for (index, end) in earlierEnds.enumerated() {
            Self.put(end, copy.part(Self.fixedBytes + index * Self.endBytes, Self.endBytes))
        }
        copy.put(CRC32C.of(.init(copy.part(0, Layout.sectorBytes - 4))), Layout.sectorBytes - 4)
        page.part(Layout.copyOffset, Layout.sectorBytes).copyMemory(from: .init(copy))
    }

    /// The newer of the two copies that are whole; nil when none is.
    static func decode(_ page: UnsafeRawBufferPointer) -> SegmentHeader? {
        let first = decode(copy: page.part(0, Layout.sectorBytes))
        let second = decode(copy: page.part(Layout.copyOffset, Layout.sectorBytes))
        guard let first, let second else { return first ?? second }
        return second.generation > first.generation ? second : first
    }

    private static func decode(copy: UnsafeRawBufferPointer) -> SegmentHeader? {
        let last = Layout.sectorBytes - 4
        let count = Int(copy.number(44, as: UInt32.self))
        guard copy.number(0) == magic, count <= earlierEndsMax,
            copy.number(last) == CRC32C.of(copy.part(0, last)),
            let state = State(rawValue: copy.number(8))
        else { return nil }
        let end = Self.end(copy.part(56, endBytes))
        let header = SegmentHeader(
            number: copy.number(12), generation: copy.number(16), seed: Seed(copy.number(24)),
            firstLSN: copy.number(32), checksumBefore: copy.number(40), state: state,
            end: end.offset == 0 ? nil : end,
            earlierEnds: (0..<count).map {
                Self.end(copy.part(fixedBytes + $0 * endBytes, endBytes))
            })
        return header.isPlausible ? header : nil
    }

    /// Whether one can count on from its numbers; a log that was ever written can.
    private var isPlausible: Bool {
        let ends = earlierEnds + (end.map { [$0] } ?? [])
        return number < .max && generation <= Layout.numberMax
            && (1...Layout.numberMax).contains(firstLSN)
            && ends.allSatisfy {
                $0.generation <= Layout.numberMax && $0.lastLSN <= Layout.numberMax
                    && $0.offset >= 0
            }
    }

    private static func put(_ end: SegmentEnd, _ bytes: UnsafeMutableRawBufferPointer) {
        bytes.put(end.generation, 0)
        bytes.put(end.offset, 8)
        bytes.put(end.lastLSN, 16)
        bytes.put(end.checksum, 24)
    }

    private static func end(_ bytes: UnsafeRawBufferPointer) -> SegmentEnd {
        SegmentEnd(
            generation: bytes.number(0), offset: bytes.number(8), lastLSN: bytes.number(16),
            checksum: bytes.number(24))
    }
}
