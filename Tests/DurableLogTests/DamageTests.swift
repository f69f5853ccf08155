import DurableLog
import Glibc
import Posix
import TestKit
import Testing

/// What was synced and cannot be read any more: it is told, and all else comes back.
@Suite struct DamageTests {
    /// Three batches of three frames and 12 KiB each, then a segment's end and a fourth batch in
    /// the next one.
    private static func written() throws -> (disk: SimulatedFileSystem, kept: [Kept]) {
        let bench = try Bench()
        var kept: [Kept] = []
        for batch in UInt64(0)..<3 {
            let frames = (0..<3).map { chunk(batch * 3 + $0) }
            let payloads = (0..<3).map { payload(batch * 3 + $0, 4000) }
            let answers = try zip(frames, payloads).map { try bench.append($0, $1) }
            bench.log.commitQueued()
            for index in 0..<3 {
                kept.append(Kept(frames[index], payloads[index], try answers[index].location))
            }
        }
        kept += try bench.store(9..<13, bytes: 16000)
        return (bench.disk, kept)
    }

    private static func path(_ kept: Kept) -> String {
        "log/segment-00000\(kept.location.segment.number)"
    }

    @Test func aDamagedPayloadIsNamedAndAllElseComesBack() throws {
        let (disk, kept) = try Self.written()
        let place = Int(kept[4].location.fileOffset)
        disk.rot(Self.path(kept[4]), place + 100..<place + 101)
        let bench = try Bench(disk)
        #expect(bench.recovered == Array(kept[..<4] + kept[5...]))
        let damage = try #require(bench.observer.seen.damages.first)
        #expect(bench.observer.seen.damages.count == 1)
        #expect(damage.frame == chunk(4) && damage.payloadBytes == 4000)
        #expect(damage.range == Int64(place)..<Int64(place + 4000))
    }

    @Test func aDamagedFrameHeadTakesOnlyItsFrame() throws {
        let (disk, kept) = try Self.written()
        let batch = Int(kept[3].location.fileOffset) - 4 * 64
        disk.rot(Self.path(kept[3]), batch + 2 * 64 + 8..<batch + 2 * 64 + 9)
        let bench = try Bench(disk)
        #expect(bench.recovered == Array(kept[..<4] + kept[5...]))
        #expect(bench.observer.seen.damages.map(\.frame) == [nil])
    }

    @Test func aDamagedBatchHeadTakesOnlyItsBatch() throws {
        let (disk, kept) = try Self.written()
        let batch = Int(kept[3].location.fileOffset) - 4 * 64
        disk.rot(Self.path(kept[3]), batch + 20..<batch + 21)
        let bench = try Bench(disk)
        #expect(bench.recovered == Array(kept[..<3] + kept[6...]))
        #expect(
            bench.observer.seen.damages.map(\.range) == [Int64(batch)..<Int64(batch + 12288)])
    }

    @Test func theLastBatchOfAClosedLogIsNoTornTail() throws {
        let bench = try Bench()
        let kept = try bench.store(0..<2, bytes: 100)
        bench.log.close()
        bench.disk.rot(Self.path(kept[1]), Int(kept[1].location.fileOffset)..<8400)
        let again = try Bench(bench.disk)
        #expect(again.recovered == [kept[0]])
        #expect(again.observer.seen.damages.map(\.frame) == [chunk(1)])
    }

    @Test(arguments: [0, 2048])
    func oneCopyOfASegmentsHeaderIsEnough(_ copy: Int) throws {
        let (disk, kept) = try Self.written()
        disk.rot(Self.path(kept[0]), copy + 20..<copy + 21)
        let bench = try Bench(disk)
        #expect(bench.recovered == kept)
        #expect(bench.observer.seen.damages.isEmpty)
    }

    @Test func aSegmentWithoutAHeaderIsToldAndLeftAlone() throws {
        let (disk, kept) = try Self.written()
        let path = Self.path(kept[0])
        disk.rot(path, 20..<21)
        disk.rot(path, 2068..<2069)
        let before = try disk.contents(path)
        let bench = try Bench(disk)
        let next = kept.filter { $0.location.segment != kept[0].location.segment }
        #expect(bench.recovered == next && !next.isEmpty)
        #expect(bench.observer.seen.damages.map(\.segment) == [kept[0].location.segment.number])
        _ = try bench.store(20..<60, bytes: 4000)
        let isUntouched = try disk.contents(path) == before
        #expect(isUntouched)
    }

    @Test func aSegmentThatTheDiskCannotReadDoesNotStopTheOthers() throws {
        let (disk, kept) = try Self.written()
        let path = Self.path(kept[0])
        disk.fail { $0.kind == .read && $0.path == path ? .error(EIO) : nil }
        let bench = try Bench(disk)
        #expect(bench.recovered == kept.filter { Self.path($0) != path })
        #expect(bench.observer.seen.damages.count == 1)
    }

    /// What the disk cannot read is no torn tail, even where a torn tail would be.
    @Test func aTailThatTheDiskCannotReadIsTold() throws {
        let bench = try Bench()
        let kept = try bench.store(0..<3, bytes: 5000)
        let place = Int(kept[2].location.fileOffset)
        bench.disk.fail { $0.kind == .read && $0.range.contains(place) ? .error(EIO) : nil }
        let again = try Bench(bench.disk, seed: 2)
        #expect(again.recovered == Array(kept[..<2]))
        #expect(!again.observer.seen.damages.isEmpty)
    }

    @Test func whatCannotBeReadNowMayBeReadLater() throws {
        let bench = try Bench()
        let kept = try bench.store(0..<20, bytes: 5000)
        let last = kept[19].location.segment
        let path = Self.path(kept[19])
        bench.disk.fail { $0.kind == .read && $0.path == path ? .error(EIO) : nil }
        let again = try Bench(bench.disk, seed: 2)
        #expect(again.log.state.oldestReplayableLSN == 0)
        let more = try again.store(20..<22, bytes: 100)
        #expect(more.allSatisfy { $0.location.segment.generation > last.generation })
        bench.disk.fail(nil)
        let third = try Bench(bench.disk, seed: 3)
        #expect(third.recovered == kept + more)
    }

    @Test func filesWithOtherNamesAreNotTheLogs() throws {
        let disk = SimulatedFileSystem(folder: "log")
        for name in ["segment-7", "segment-+00008", "segment-x", "notes"] {
            try disk.open("log/" + name, .create).write([1], at: 0)
        }
        let bench = try Bench(disk)
        #expect(bench.observer.seen.damages.isEmpty)
        #expect(try disk.names(in: "log").count == 8)
    }

    /// Every sector of a segment in turn.
    @Test func noSectorTakesMoreThanItsBatchWithIt() throws {
        let (disk, kept) = try Self.written()
        let path = Self.path(kept[0])
        for sector in 0..<128 {
            disk.rot(path, sector * 512..<(sector + 1) * 512)
            defer { disk.rot(path, sector * 512..<(sector + 1) * 512) }
            // A fresh disk: opening writes to it.
            let bench = try Bench(disk.afterPowerCut(.lost))
            let lost = kept.filter { !bench.recovered.contains($0) }
            #expect(bench.recovered.allSatisfy { kept.contains($0) }, "sector \(sector)")
            #expect(lost.count <= 3, "sector \(sector)")
            #expect(lost.isEmpty || !bench.observer.seen.damages.isEmpty, "sector \(sector)")
            let isHit = lost.allSatisfy { Self.path($0) == path }
            #expect(isHit, "sector \(sector)")
        }
    }
}
