import Digests
import DurableLog
import Posix
import TestKit
import Testing

/// Heads with the right checksum and numbers that no log ever wrote: they are damage, no trap.
@Suite struct WildNumberTests {
    /// Eight bytes of the segment's header or of its first batch's head.
    struct Row: Sendable, CustomTestStringConvertible {
        let testDescription: String
        var batch = false
        let offset: Int
        let byte: UInt8
    }

    static let rows = [
        Row(testDescription: "the highest generation", offset: 16, byte: 0xff),
        Row(testDescription: "the highest first LSN", offset: 32, byte: 0xff),
        Row(testDescription: "a first LSN of zero", offset: 32, byte: 0),
        Row(testDescription: "an end before the file", offset: 64, byte: 0xff),
        Row(testDescription: "the highest last LSN", offset: 72, byte: 0xff),
        Row(testDescription: "a batch with the highest LSN", batch: true, offset: 24, byte: 0xff),
    ]

    @Test(arguments: rows)
    func areDamage(_ row: Row) throws {
        let bench = try Bench()
        let kept = try bench.store(0..<20, bytes: 5000)
        bench.log.close()
        let path = "log/segment-00000\(kept[0].location.segment.number)"
        let file = try bench.disk.open(path, .update)
        var bytes = try file.read(Int(try file.byteCount), at: 0)
        for index in 0..<8 { bytes[(row.batch ? 4096 : 0) + row.offset + index] = row.byte }
        if row.batch {
            let seed = CRC32C.of(Array(bytes[24..<32]))
            Self.put(CRC32C.of(Array(bytes[4096..<4156]), from: seed), &bytes, 4156)
        } else {
            // The end has an offset of its own: zero says that there is none.
            if row.offset == 72 { bytes[65] = 32 }
            Self.put(CRC32C.of(Array(bytes[..<508])), &bytes, 508)
            bytes.replaceSubrange(2048..<2560, with: bytes[..<512])
        }
        try file.write(bytes, at: 0)
        let again = try Bench(bench.disk, seed: 2)
        #expect(again.observer.seen.damages.first?.segment == kept[0].location.segment.number)
        #expect(!again.recovered.isEmpty && again.recovered.allSatisfy { kept.contains($0) })
        let more = try again.store(20..<22, bytes: 100)
        let third = try Bench(again.disk, seed: 3)
        #expect(third.recovered.suffix(2) == more[...])
    }

    @Test("numbers that a log may have, with none left behind them, end it before it takes more")
    func usedUp() throws {
        let bench = try Bench()
        let kept = try bench.store(0..<3, bytes: 100)
        bench.log.close()
        let path = "log/segment-00000\(kept[0].location.segment.number)"
        let file = try bench.disk.open(path, .update)
        var bytes = try file.read(Int(try file.byteCount), at: 0)
        // Ends of earlier segments: one, whose last LSN is 2^61.
        bytes[44] = 1
        bytes[96 + 9] = 16
        bytes[96 + 23] = 0x20
        Self.put(CRC32C.of(Array(bytes[..<508])), &bytes, 508)
        bytes.replaceSubrange(2048..<2560, with: bytes[..<512])
        try file.write(bytes, at: 0)
        #expect(throws: LogError.usedUp) { try Bench(bench.disk, seed: 2) }
        // Nothing was written: what is there can still be copied elsewhere.
        #expect(try file.read(bytes.count, at: 0) == bytes)
    }

    private static func put(_ checksum: UInt32, _ bytes: inout [UInt8], _ offset: Int) {
        for index in 0..<4 {
            bytes[offset + index] = UInt8(truncatingIfNeeded: checksum >> (8 * UInt32(index)))
        }
    }
}
