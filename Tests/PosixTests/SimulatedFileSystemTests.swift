import Glibc
import Posix
import TestKit
import Testing

/// The instrument itself: what it says to be lost is lost, and nothing else.
@Suite struct SimulatedFileSystemTests {
    /// A synced file of 4 KiB of ones, overwritten with twos and then with threes.
    private static func written() throws -> SimulatedFileSystem {
        let disk = SimulatedFileSystem(folder: "d")
        let file = try disk.open("d/file", .create)
        try file.write([UInt8](repeating: 1, count: 4096), at: 0)
        try file.syncData()
        try disk.syncFolder("d")
        try file.write([UInt8](repeating: 2, count: 2048), at: 0)
        try file.write([UInt8](repeating: 3, count: 1024), at: 1024)
        return disk
    }

    /// The first byte of each sector.
    private static func sectors(_ disk: SimulatedFileSystem) throws -> [UInt8] {
        let bytes = try disk.contents("d/file")
        let sectors = stride(from: 0, to: bytes.count, by: 512).map { Array(bytes[$0..<$0 + 512]) }
        #expect(sectors.allSatisfy { Set($0).count == 1 }, "a sector is whole")
        return sectors.map { $0[0] }
    }

    @Test func unsyncedBytesAreLostOrKept() throws {
        let disk = try Self.written()
        #expect(try Self.sectors(disk.afterPowerCut(.lost)) == [1, 1, 1, 1, 1, 1, 1, 1])
        #expect(try Self.sectors(disk.afterPowerCut(.kept)) == [2, 2, 3, 3, 1, 1, 1, 1])
        try disk.open("d/file", .update).syncData()
        #expect(try Self.sectors(disk.afterPowerCut(.lost)) == [2, 2, 3, 3, 1, 1, 1, 1])
        #expect(disk.platter().dirtySectors.isEmpty)
    }

    @Test func unsyncedSectorsCanBeChosen() throws {
        let disk = try Self.written()
        let platter = disk.platter()
        #expect(platter.dirtySectors.map(\.index) == [0, 1, 2, 3])
        let kept = Set(platter.dirtySectors.filter { $0.index % 2 == 1 })
        let after = SimulatedFileSystem.afterPowerCut(platter, .keeping(kept))
        #expect(try Self.sectors(after) == [1, 2, 1, 3, 1, 1, 1, 1])
    }

    @Test func aSeedMixesTheVersionsOfEachSectorTheSameWayEveryTime() throws {
        let disk = try Self.written()
        var seen: Set<[UInt8]> = []
        for seed in UInt64(0)..<40 {
            let sectors = try Self.sectors(disk.afterPowerCut(.seeded(seed)))
            #expect(try Self.sectors(disk.afterPowerCut(.seeded(seed))) == sectors)
            #expect(Array(sectors[4...]) == [1, 1, 1, 1])
            seen.insert(sectors)
        }
        #expect(seen.count > 10)
    }

    @Test func thePowerCanGoAfterAnyCall() throws {
        let disk = try Self.written()
        // open, write, sync, syncFolder, write, write.
        #expect(disk.callCount == 6)
        #expect(try disk.afterPowerCut(call: 0, .kept).names(in: "d") == [])
        #expect(try disk.afterPowerCut(call: 1, .kept).contents("d/file") == [])
        #expect(try Self.sectors(disk.afterPowerCut(call: 2, .kept)).count == 8)
        #expect(try disk.afterPowerCut(call: 2, .lost).contents("d/file") == [])
        #expect(try Self.sectors(disk.afterPowerCut(call: 5, .kept))[2] == 2)
    }

    @Test func unsyncedNamesAreLostOrKept() throws {
        let disk = try Self.written()
        try disk.rename("d/file", to: "d/other")
        try disk.open("d/new", .create).syncData()
        #expect(try disk.afterPowerCut(.kept, names: .lost).names(in: "d") == ["file"])
        #expect(try disk.afterPowerCut(.kept, names: .kept).names(in: "d") == ["new", "other"])
        let some = try (UInt64(0)..<20).map {
            try disk.afterPowerCut(.kept, names: .seeded($0)).names(in: "d")
        }
        #expect(Set(some) == [["file"], ["other"], ["new", "other"]])
        try disk.syncFolder("elsewhere")
        #expect(try disk.afterPowerCut(.kept, names: .lost).names(in: "d") == ["file"])
        try disk.syncFolder("d")
        #expect(try disk.afterPowerCut(.lost, names: .lost).names(in: "d") == ["new", "other"])
    }

    @Test func whatAFailedSyncCoveredIsNeverForSureOnTheDisk() throws {
        let disk = try Self.written()
        let file = try disk.open("d/file", .update)
        disk.fail { $0.kind == .sync ? .error(EIO) : nil }
        #expect(throws: SystemError("sync", "d/file", EIO)) { try file.syncData() }
        disk.fail(nil)
        try file.write([UInt8](repeating: 4, count: 512), at: 512)
        try file.syncData()
        #expect(try Self.sectors(disk.afterPowerCut(.lost)) == [1, 4, 1, 1, 1, 1, 1, 1])
        #expect(try Self.sectors(disk.afterPowerCut(.kept)) == [2, 4, 3, 3, 1, 1, 1, 1])
    }

    @Test func aShortWriteWritesItsFirstPart() throws {
        let disk = try Self.written()
        let file = try disk.open("d/file", .update)
        disk.fail { $0.kind == .write ? .short(512, EIO) : nil }
        #expect(throws: SystemError("write", "d/file", EIO)) {
            try file.write([UInt8](repeating: 5, count: 2048), at: 0)
        }
        disk.fail(nil)
        #expect(try Self.sectors(disk) == [5, 2, 3, 3, 1, 1, 1, 1])
    }

    @Test func aFullDiskTakesWhatFits() throws {
        let disk = try Self.written()
        disk.limit(toBytes: 5000)
        #expect(try disk.freeBytes("d") == 904)
        let file = try disk.open("d/other", .create)
        #expect(throws: SystemError("write", "d/other", ENOSPC)) {
            try file.write([UInt8](repeating: 1, count: 1000), at: 0)
        }
        #expect(try file.byteCount == 904)
        // What is there already can be overwritten.
        try disk.open("d/file", .update).write([9], at: 0)
        try disk.remove("d/other")
        #expect(try disk.freeBytes("d") == 904)
    }

    @Test func rotIsThereAfterAPowerCut() throws {
        let disk = try Self.written()
        disk.rot("d/file", 4000..<4001)
        #expect(try disk.afterPowerCut(.lost).contents("d/file")[4000] == 254)
    }

    @Test func readsCanFailToo() throws {
        let disk = try Self.written()
        disk.fail { $0.kind == .read ? .error(EIO) : nil }
        #expect(throws: SystemError("read", "d/file", EIO)) { try disk.contents("d/file") }
    }
}
