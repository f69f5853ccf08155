internal import Posix

/// Bytes that were received and not used yet: the head being read, the start of its body, and
/// requests behind it. Holds a slab only while there are any, or are about to be.
// SAFETY: what is handed out lies in the slab, which this alone owns; it is good until the next
// change, and one task uses it. It is kept across awaits, so it is no Span.
struct InputBuffer {
    private var slab: Slab?
    private var start = 0
    private var end = 0

    var count: Int { end - start }
    var isEmpty: Bool { start == end }

    /// What is there. Valid until the next change.
    var bytes: UnsafeRawBufferPointer {
        guard let slab else { return UnsafeRawBufferPointer(start: nil, count: 0) }
        return UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(slab.buffer)[start..<end])
    }

    /// Takes the first `byteCount` off. They stay in place until the next `room` or `give`.
    mutating func consume(_ byteCount: Int) {
        start += byteCount
        assert(start <= end, "more taken than was there")
    }

    /// Room to receive into, behind what is there: not empty as long as `count` is below
    /// `byteCount`, the most that this buffer is meant to hold.
    mutating func room(_ byteCount: Int, _ pool: inout SlabPool) -> UnsafeMutableRawBufferPointer {
        let slab = self.slab ?? pool.lease(byteCount)
        self.slab = slab
        if start > 0, slab.byteCount - end < SlabPool.slackBytes {
            slab.buffer.baseAddress?.copyMemory(
                from: slab.buffer.baseAddress! + start, byteCount: count)
            (start, end) = (0, count)
        }
        return UnsafeMutableRawBufferPointer(rebasing: slab.buffer[end...])
    }

    /// Notes that `byteCount` bytes were received into the room.
    mutating func filled(_ byteCount: Int) { end += byteCount }

    /// Copies bytes in behind what is there.
    mutating func append(_ bytes: UnsafeRawBufferPointer, limit: Int, _ pool: inout SlabPool) {
        guard bytes.count > 0 else { return }
        room(limit, &pool).copyMemory(from: bytes)
        filled(bytes.count)
    }

    /// Gives the slab back if nothing is in it.
    mutating func giveBack(_ pool: inout SlabPool) {
        guard isEmpty, let slab else { return }
        pool.giveBack(slab)
        self.slab = nil
        (start, end) = (0, 0)
    }

    /// Throws everything away.
    mutating func discard(_ pool: inout SlabPool) {
        start = end
        giveBack(&pool)
    }
}
