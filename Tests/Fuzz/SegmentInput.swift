internal import Digests

/// A segment of the log made of fuzzed bytes. Random bytes never pass a checksum, so those are
/// put right, unless the first byte of the input is odd.
///
/// This writes down the layout of the log a second time, on purpose: it must not change unseen.
struct SegmentInput {
    static let byteCount = 1 << 16
    private static let pageBytes = 4096
    private static let headBytes = 64

    private(set) var bytes: [UInt8]

    init(_ input: [UInt8]) {
        bytes = Array(input.dropFirst().prefix(Self.byteCount))
        bytes += repeatElement(0, count: Self.byteCount - bytes.count)
        guard let first = input.first, first % 2 == 0 else { return }
        fixHeader(copy: 0)
        fixHeader(copy: 2048)
        for page in stride(from: Self.pageBytes, to: Self.byteCount, by: Self.pageBytes) {
            if bytes[page + 50] == 0, bytes[page + 48] != 0 { fixBatch(page) }
        }
    }

    /// One sector: the magic number first, the checksum last.
    private mutating func fixHeader(copy: Int) {
        guard number(copy, 8) != 0 else { return }
        put(0x3147_4f4c_5346_4448, copy, 8)
        put(UInt64(checksum(copy..<copy + 508)), copy + 508, 4)
    }

    /// A batch's head names the segment's seed and generation and its own place; checksums of the
    /// frames' payloads and heads, then its own.
    private mutating func fixBatch(_ page: Int) {
        put(number(24, 8), page, 8)
        put(number(16, 8), page + 8, 8)
        put(UInt64(page), page + 16, 8)
        let seed = checksum(24..<32)
        var heads = seed
        for index in 0..<Int(number(page + 48, 2)) {
            let head = page + (index + 1) * Self.headBytes
            guard head + Self.headBytes <= bytes.count else { break }
            let start = page + Int(number(head + 48, 4))
            let end = start + Int(number(head + 52, 4))
            if end <= bytes.count { put(UInt64(checksum(start..<end)), head + 4, 4) }
            put(UInt64(checksum(head..<head + 60, from: seed)), head + 60, 4)
            heads = checksum(head..<head + Self.headBytes, from: heads)
        }
        put(UInt64(heads), page + 56, 4)
        put(UInt64(checksum(page..<page + 60, from: seed)), page + 60, 4)
    }

    private func number(_ offset: Int, _ count: Int) -> UInt64 {
        bytes[offset..<offset + count].reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }

    private mutating func put(_ number: UInt64, _ offset: Int, _ count: Int) {
        for index in 0..<count {
            bytes[offset + index] = UInt8(truncatingIfNeeded: number >> (8 * UInt64(index)))
        }
    }

    private func checksum(_ range: Range<Int>, from seed: UInt32 = 0) -> UInt32 {
        bytes.withUnsafeBytes { CRC32C.of(.init(rebasing: $0[range]), from: seed) }
    }
}
