internal import Digests
internal import Glibc

/// How the log lies on disk. All numbers are little-endian.
///
/// A segment: one page of header (two copies, so that one bad sector does not take it), then
/// batches, each on a page boundary: a batch head, one frame head a frame, the payloads.
enum Layout {
    /// Batches start on multiples of this.
    static let pageBytes = 4096
    /// Of a batch head and of a frame head.
    static let headBytes = 64
    /// Of one copy of the segment's header: a sector, which a disk writes whole or not at all.
    static let sectorBytes = 512
    /// Where the second copy lies in the header page.
    static let copyOffset = 2048
    /// No generation and no LSN on disk is higher: what a log counts on from never overflows.
    static let numberMax: UInt64 = 1 << 62
    /// A log that has counted this far is not opened: as much again is left to one that is open.
    static let openNumberMax: UInt64 = 1 << 61

    static func pages(_ bytes: Int) -> Int { (bytes + pageBytes - 1) & ~(pageBytes - 1) }
}

/// The checksum that heads of one segment's life are seeded with: neither an earlier life nor a
/// client's payload knows the 64 random bits.
struct Seed: Equatable, Sendable {
    let bits: UInt64
    let checksum: UInt32

    init(_ bits: UInt64) {
        self.bits = bits
        checksum = withUnsafeBytes(of: bits.littleEndian) { CRC32C.of($0) }
    }

    /// Of a head: all its bytes but the last four, which hold the result.
    func checksum(ofHead head: UnsafeRawBufferPointer) -> UInt32 {
        CRC32C.of(.init(rebasing: head.dropLast(4)), from: checksum)
    }
}

// SAFETY: all checked against the buffer's bounds in debug; callers check offsets against what the
// frame's own checksum covers. Raw, for the log's memory is aligned for the disk and no Array.
extension UnsafeRawBufferPointer {
    /// Whether all whole words are zero.
    var isZero: Bool {
        !stride(from: 0, through: count - 8, by: 8).contains { number($0, as: UInt64.self) != 0 }
    }

    func number<Number: FixedWidthInteger & BitwiseCopyable>(
        _ offset: Int, as type: Number.Type = Number.self
    ) -> Number {
        Number(littleEndian: loadUnaligned(fromByteOffset: offset, as: type))
    }

    /// `count` bytes from `offset`.
    func part(_ offset: Int, _ count: Int) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: self[offset..<offset + count])
    }
}

// SAFETY: as above.
extension UnsafeMutableRawBufferPointer {
    func zero() {
        if let baseAddress { memset(baseAddress, 0, count) }
    }

    func put<Number: FixedWidthInteger & BitwiseCopyable>(_ number: Number, _ offset: Int) {
        storeBytes(of: number.littleEndian, toByteOffset: offset, as: Number.self)
    }

    /// `count` bytes from `offset`.
    func part(_ offset: Int, _ count: Int) -> UnsafeMutableRawBufferPointer {
        UnsafeMutableRawBufferPointer(rebasing: self[offset..<offset + count])
    }
}
