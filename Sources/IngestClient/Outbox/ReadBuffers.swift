internal import Foundation

/// Memory that large reads of one file take turns with: new memory for each costs a page fault
/// every 4 KiB, together a third of the processor's time for sending a file.
// SAFETY: memory is in `spare` or has one owner: the read that took it, then the Data that it
// filled, which gives it back when its last copy is gone. Each was allocated with its byte count.
final class ReadBuffers: Sendable {
    /// Below it malloc(3) does the same by itself.
    private static let bytesMin = 128 << 10
    /// The system's pages: what is read to 16 bytes behind the start of one, where malloc(3) has
    /// it, takes three times as long to be copied.
    private static let alignment = 4096
    /// The system's client of HTTP has fewer requests than that on their way.
    private static let spareMax = 8

    private struct Spare {
        /// As a number: only who takes it out makes a pointer of it again.
        let address: UInt
        let byteCount: Int
    }

    private let spare = Guarded<[Spare]>([])

    deinit {
        for memory in spare.withLock({ $0 }) {
            free(UnsafeMutableRawPointer(bitPattern: memory.address))
        }
    }

    /// Data of `count` bytes that `fill` wrote, all of them. Errors: `fill`'s, or no memory.
    func data(
        _ count: Int, _ path: String,
        fill: (UnsafeMutableRawPointer) throws(OutboxError) -> Void
    ) throws(OutboxError) -> Data {
        // Small ones are not kept: Data copies a few bytes at once and lets go of their memory.
        guard count >= Self.bytesMin else {
            guard let start = malloc(count) else { throw Self.noMemory(path) }
            do throws(OutboxError) { try fill(start) } catch {
                free(start)
                throw error
            }
            return Data(bytesNoCopy: start, count: count, deallocator: .free)
        }
        let (start, byteCount) = try take(count, path)
        do throws(OutboxError) { try fill(start) } catch {
            keep(start, byteCount)
            throw error
        }
        return Data(
            bytesNoCopy: start, count: count,
            deallocator: .custom { start, _ in self.keep(start, byteCount) })
    }

    private func take(
        _ count: Int, _ path: String
    ) throws(OutboxError) -> (UnsafeMutableRawPointer, byteCount: Int) {
        if let kept = spare.withLock({ $0.popLast() }) {
            let start = UnsafeMutableRawPointer(bitPattern: kept.address)
            if let start, kept.byteCount >= count { return (start, kept.byteCount) }
            free(start)
        }
        var start: UnsafeMutableRawPointer?
        guard posix_memalign(&start, Self.alignment, count) == 0, let start else {
            throw Self.noMemory(path)
        }
        return (start, count)
    }

    private func keep(_ start: UnsafeMutableRawPointer, _ byteCount: Int) {
        let memory = Spare(address: UInt(bitPattern: start), byteCount: byteCount)
        let isKept = spare.withLock { spare in
            if spare.count == Self.spareMax { return false }
            spare.append(memory)
            return true
        }
        if !isKept { free(start) }
    }

    private static func noMemory(_ path: String) -> OutboxError {
        .failed(operation: "read \(path)", reason: "there is no memory for it")
    }
}
