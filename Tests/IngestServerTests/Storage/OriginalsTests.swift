import Posix
import Recordings
import TestKit
import Testing

@testable import IngestServer

@Suite("What edits replaced, and the table that keeps it")
struct OriginalsTests {
    /// Edits as readers make them: mostly a flag in each block, now and then a longer field.
    private func edits(_ random: inout SeededRandom, _ count: Int) -> [(
        offset: Int64, bytes: [UInt8]
    )] {
        var offset: Int64 = 0
        return (0..<count).map { _ in
            offset += Int64(random.next() % (random.next() % 8 == 0 ? 1 << 40 : 300))
            let bytes = random.bytes(random.next() % 4 == 0 ? Int(random.next() % 90) + 1 : 1)
            defer { offset += Int64(bytes.count) }
            return (offset, bytes)
        }
    }

    private func restored(_ originals: Originals, _ range: Range<Int64>) -> [UInt8] {
        var bytes = [UInt8](repeating: 0xEE, count: range.count)
        bytes.withUnsafeMutableBytes { originals.restore(range, in: $0) }
        return bytes
    }

    @Test(
        "Gives back every byte, whatever the order they came in",
        arguments: 1...20 as ClosedRange<UInt64>)
    func restores(seed: UInt64) {
        var random = SeededRandom(seed)
        let edits = edits(&random, 400)
        var shuffled = edits
        if seed % 2 == 0 { shuffled.shuffle(using: &random) }
        var originals = Originals()
        for edit in shuffled { originals.insert(edit.bytes, at: edit.offset) }
        var copy = Originals()
        for payload in originals.payloads {
            #expect(payload.count == ChunkTable.payloadBytes)
            let isTaken = copy.append(payload: payload)
            #expect(isTaken)
        }
        for edit in edits {
            let range = edit.offset..<edit.offset + Int64(edit.bytes.count)
            #expect(restored(copy, range) == edit.bytes, "seed \(seed)")
            #expect(copy.covered(range).contains(range))
            // What lies around it is left alone.
            let around = max(0, range.lowerBound - 1)..<range.upperBound
            #expect(restored(copy, around).suffix(edit.bytes.count) == edit.bytes[...])
        }
    }

    @Test("A byte that is not held is not touched")
    func leavesAlone() {
        var originals = Originals()
        originals.insert([1], at: 10)
        originals.insert([2, 3], at: 12)
        originals.insert([4], at: .max - 1)
        #expect(restored(originals, 9..<15) == [0xEE, 1, 0xEE, 2, 3, 0xEE])
        #expect(originals.covered(0..<100).ranges == [10..<11, 12..<14])
        #expect(restored(originals, Int64.max - 2..<Int64.max) == [0xEE, 4])
    }

    @Test("Whatever a payload says, it is taken or refused, and what was taken can be asked for")
    func wildPayloads() throws {
        var random = SeededRandom(7)
        var (taken, refused) = (0, 0)
        for round in 0..<20_000 {
            var originals = Originals()
            originals.insert(random.bytes(20), at: 1000)
            let before = originals
            var payload = try Array(#require(before.payloads.first { _ in true }))
            for _ in 0...random.next() % 4 {
                let index = Int(random.next() % UInt64(payload.count))
                payload[index] = UInt8(random.next() % 256)
            }
            if round % 3 == 0 { payload = random.bytes(payload.count) }
            if originals.append(payload: payload) {
                taken += 1
                for entry in originals.entries {
                    #expect(originals.covered(entry.offset..<entry.offset + 1).byteCount == 1)
                }
            } else {
                refused += 1
                #expect(originals == before)
            }
        }
        #expect(taken > 1000 && refused > 1000)
    }

    @Test("A payload that holds nothing, or more than fits, is none")
    func falseCounts() throws {
        var originals = Originals()
        originals.insert([1, 2, 3], at: 5)
        let whole = try Array(#require(originals.payloads.first { _ in true }))
        for count in [0, 255] as [UInt8] {
            var payload = whole
            payload[8] = count
            let isTaken = originals.append(payload: payload)
            #expect(!isTaken)
        }
        #expect(originals.entries.count == 1)
        originals.insert([4], at: 9)
        #expect(originals.entries.map(\.offset) == [5, 9])
    }

    @Test("A thousand flags of blocks take few bytes each")
    func isSmall() {
        var originals = Originals()
        for block in 0..<1000 { originals.insert([0x80], at: Int64(block) * 250) }
        #expect(originals.rowCount * ChunkTable.rowBytes < 1000 * 5)
    }

    private func table(
        _ disk: any FileSystem, _ rows: [ChunkRow], _ originals: Originals = Originals()
    ) throws {
        var table = try ChunkTable("/chunks", disk, rowCount: 0)
        try table.append(rows, originals: originals)
    }

    private let rows = (0..<20).map { number in
        ChunkRow(
            range: Int64(number) * 10..<Int64(number) * 10 + 10, sequence: Int64(number),
            crc32c: UInt32(number) &* 0x9E37_79B9)
    }

    @Test("Rows come back as they were")
    func table() throws {
        let disk = SimulatedFileSystem()
        var originals = Originals()
        originals.insert(Array(repeating: 7, count: 100), at: 5)
        try table(disk, rows, originals)
        let contents = try ChunkTable.load("/chunks", disk)
        #expect(contents.chunks == rows)
        #expect(contents.rowCount == rows.count + originals.rowCount)
        #expect(restored(contents.originals, 5..<105) == Array(repeating: 7, count: 100))
        #expect(try ChunkTable.load("/nowhere", disk).rowCount == 0)
    }

    @Test("A file cut anywhere keeps its whole rows, and goes on after them")
    func torn() throws {
        let disk = SimulatedFileSystem()
        try table(disk, rows)
        let whole = try disk.contents("/chunks")
        for end in 0...whole.count {
            let file = try disk.open("/chunks", .replace)
            try file.write(Array(whole[..<end]), at: 0)
            let contents = try ChunkTable.load("/chunks", disk)
            #expect(contents.chunks == Array(rows[..<(end / ChunkTable.rowBytes)]))
            #expect(contents.rowCount == end / ChunkTable.rowBytes)
        }
    }

    @Test("A row with any bit changed ends the table")
    func changed() throws {
        let disk = SimulatedFileSystem()
        try table(disk, Array(rows[..<3]))
        let whole = try disk.contents("/chunks")
        for index in 64..<128 {
            var bytes = whole
            bytes[index] ^= UInt8(1) << (index % 8)
            let file = try disk.open("/chunks", .replace)
            try file.write(bytes, at: 0)
            #expect(try ChunkTable.load("/chunks", disk).chunks == [rows[0]])
        }
    }
}
