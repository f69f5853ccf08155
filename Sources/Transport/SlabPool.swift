internal import Posix

/// Slabs that are free for the next body, for one loop. The last given back is leased first: it
/// is still in the cache.
struct SlabPool {
    /// Room behind what was asked for: a receive that asks for more than the body has comes back
    /// short, and that says that the socket is empty without another system call.
    static let slackBytes = 4096
    /// The smallest slab has 16 KiB and slack.
    private static let firstShift = 14
    /// Free slabs beyond this are given back to the system.
    private let keptBytesMax: Int

    private var free: [[Slab]] = []
    private(set) var keptBytes = 0

    init(keptBytesMax: Int = 64 << 20) { self.keptBytesMax = keptBytesMax }

    /// A slab of at least `byteCount` and slack: powers of two, so that few kinds serve all.
    mutating func lease(_ byteCount: Int) -> Slab {
        let kind = Self.kind(byteCount)
        if kind < free.count, let slab = free[kind].popLast() {
            keptBytes -= slab.byteCount
            return slab
        }
        return Slab(byteCount: 1 << (kind + Self.firstShift) + Self.slackBytes)
    }

    mutating func giveBack(_ slab: Slab) {
        guard keptBytes + slab.byteCount <= keptBytesMax else { return }
        let kind = Self.kind(slab.byteCount - Self.slackBytes)
        while free.count <= kind { free.append([]) }
        free[kind].append(slab)
        keptBytes += slab.byteCount
    }

    private static func kind(_ byteCount: Int) -> Int {
        let wanted = max(byteCount, 1 << firstShift)
        return Int.bitWidth - (wanted - 1).leadingZeroBitCount - firstShift
    }
}
