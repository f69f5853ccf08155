internal import Foundation
internal import Synchronization

/// Memory that large reads of one file take turns with: new memory for each costs a page fault
/// every 4 KiB, a sixth of the time that a file takes to be sent.
// SAFETY: memory is in `spare` or has one owner: the read that took it, then the Data that it
// filled, which gives it back when its last copy is gone.
final class ReadBuffers: Sendable {
    /// Below it malloc(3) does the same by itself.
    private static let bytesMin = 128 << 10
    /// The system's pages: what is read to 16 bytes behind the start of one, where malloc(3) has
    /// it, takes three times as long to be copied.
    private static let alignment = 4096
    /// The system's client of HTTP has fewer requests than that on their way.
    private static let spareMax = 8

    private struct Spare: @unchecked Sendable {
        let start: UnsafeMutableRawPointer
        let byteCount: Int
    }

    struct Memory {
        let start: UnsafeMutableRawPointer
        fileprivate let byteCount: Int
        fileprivate let owner: ReadBuffers?

        func giveBack() {
            guard let owner else { return free(start) }
            owner.keep(Spare(start: start, byteCount: byteCount))
        }

        /// The first `count` bytes, all of them filled: Data may copy a few at once and let go.
        func filled(_ count: Int) -> Data {
            guard owner != nil else {
                return Data(bytesNoCopy: start, count: count, deallocator: .free)
            }
            return Data(
                bytesNoCopy: start, count: count, deallocator: .custom { _, _ in giveBack() })
        }
    }

    private let spare = Mutex<[Spare]>([])

    deinit { for memory in spare.withLock({ $0 }) { free(memory.start) } }

    /// Room for `count` bytes, with anything in it. Errors: there is none.
    func take(_ count: Int, _ path: String) throws(OutboxError) -> Memory {
        let isLarge = count >= Self.bytesMin
        if isLarge, let kept = spare.withLock({ $0.popLast() }) {
            if kept.byteCount >= count {
                return Memory(start: kept.start, byteCount: kept.byteCount, owner: self)
            }
            free(kept.start)
        }
        var memory: UnsafeMutableRawPointer?
        guard posix_memalign(&memory, Self.alignment, count) == 0, let start = memory else {
            throw .failed(operation: "read \(path)", reason: "there is no memory for it")
        }
        return Memory(start: start, byteCount: count, owner: isLarge ? self : nil)
    }

    private func keep(_ memory: Spare) {
        let isKept = spare.withLock { spare in
            if spare.count == Self.spareMax { return false }
            spare.append(memory)
            return true
        }
        if !isKept { free(memory.start) }
    }
}
