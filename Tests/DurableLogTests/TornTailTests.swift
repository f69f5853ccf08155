import DurableLog
import Posix
import TestKit
import Testing

/// The last batch is cut at every sector in every combination, over an earlier life of the same
/// segment whose frames are whole.
@Suite struct TornTailTests {
    /// A log whose four segments are full of released frames: three of them are free, the fourth
    /// takes no more. Batches of the earlier life start where those of the new one will.
    private static func used() throws -> Bench {
        let bench = try Bench()
        var locations: [FrameLocation] = []
        for round in 0..<60 {
            locations.append(try bench.store(chunk(900 + UInt64(round)), payload(77, 3900)))
        }
        bench.log.release(locations)
        bench.log.doChores()
        return bench
    }

    /// What was recovered of what came after `used`.
    private static func ofThisLife(_ bench: Bench) -> [Kept] {
        bench.recovered.filter { $0.frame.recording.1 < 900 }
    }

    private struct Case {
        let platter: Platter
        let sectors: [Platter.Sector]
        /// Of the batch that was being written.
        let torn: [Kept]
        /// Acknowledged before, in the present segment.
        let acknowledged: [Kept]
    }

    /// Writes `frames` as one batch and stops between its write and its sync.
    private static func tear(
        _ bench: Bench, _ frames: [(Frame, [UInt8])], acknowledged: [Kept]
    ) throws -> Case {
        let answers = try frames.map { try bench.append($0.0, $0.1) }
        bench.log.commitQueued()
        let platter = bench.disk.platter(afterCall: bench.disk.callCount - 1)
        let torn = try zip(frames, answers).map { Kept($0.0, $0.1, try $1.location) }
        return Case(
            platter: platter, sectors: platter.dirtySectors, torn: torn,
            acknowledged: acknowledged)
    }

    /// Recovers `torn` with only these sectors kept; says whether the batch came back.
    private static func check(_ torn: Case, keeping kept: Set<Platter.Sector>) throws -> Bool {
        let disk = SimulatedFileSystem.afterPowerCut(torn.platter, .keeping(kept))
        let bench = try Bench(disk, seed: 2)
        let recovered = Self.ofThisLife(bench)
        let isWhole = recovered == torn.acknowledged + torn.torn
        let isDropped = recovered == torn.acknowledged
        let hasNoDamage = bench.observer.seen.damages.isEmpty
        #expect(isWhole || isDropped, "sectors \(kept.map(\.index).sorted())")
        #expect(hasNoDamage, "sectors \(kept.map(\.index).sorted())")
        return isWhole
    }

    private static func subset(_ sectors: [Platter.Sector], _ mask: Int) -> Set<Platter.Sector> {
        Set(sectors.indices.filter { mask >> $0 & 1 == 1 }.map { sectors[$0] })
    }

    @Test func aTornBatchIsWholeOrGoneInEveryCombinationOfSectors() throws {
        let bench = try Self.used()
        let before = try bench.store(chunk(1), payload(1, 3900))
        let torn = try Self.tear(
            bench, [(chunk(2), payload(2, 1500)), (chunk(3), payload(3, 2300))],
            acknowledged: [Kept(chunk(1), payload(1, 3900), before)])
        #expect(torn.sectors.count == 8)
        var whole = 0
        for mask in 0..<256 {
            if try Self.check(torn, keeping: Self.subset(torn.sectors, mask)) { whole += 1 }
        }
        #expect(whole == 1)
    }

    @Test func paddingDoesNotMatter() throws {
        let bench = try Self.used()
        let before = try bench.store(chunk(1), payload(1, 3900))
        let torn = try Self.tear(
            bench, [(chunk(2), payload(2, 700))],
            acknowledged: [Kept(chunk(1), payload(1, 3900), before)])
        // 64 + 64 + 700 bytes: two sectors of eight.
        let kept = Set(torn.sectors.prefix(2))
        #expect(try Self.check(torn, keeping: kept))
    }

    /// The header page goes with the first batch; only its two copies are worth tearing.
    @Test func theFirstBatchOfASegmentTearsWithTheSegmentsHeader() throws {
        let bench = try Self.used()
        var acknowledged: [Kept] = []
        for index in UInt64(0)..<16 {
            let bytes = payload(index, 3900)
            acknowledged.append(
                Kept(chunk(index), bytes, try bench.store(chunk(index), bytes)))
        }
        #expect(Set(acknowledged.map(\.location.segment)).count == 2, "the log should roll over")
        // The last of the sixteen is the first in its segment: look at the disk before its sync.
        let platter = bench.disk.platter(afterCall: bench.disk.callCount - 1)
        let torn = Case(
            platter: platter,
            sectors: platter.dirtySectors.filter { [0, 4].contains($0.index) }
                + platter.dirtySectors.filter { $0.index >= 8 },
            torn: [acknowledged[15]], acknowledged: Array(acknowledged[..<15]))
        #expect(torn.sectors.count == 10)
        var whole = 0
        for mask in 0..<1024 {
            if try Self.check(torn, keeping: Self.subset(torn.sectors, mask)) { whole += 1 }
        }
        #expect(whole == 3, "with one copy of the header or both")
    }

    @Test func aLongBatchIsCutAtEverySector() throws {
        let bench = try Self.used()
        let before = try bench.store(chunk(1), payload(1, 3900))
        let frames = (2..<14).map { (chunk($0), payload($0, 1200)) }
        let torn = try Self.tear(
            bench, frames, acknowledged: [Kept(chunk(1), payload(1, 3900), before)])
        for count in 0...torn.sectors.count {
            let isWhole = try Self.check(torn, keeping: Set(torn.sectors.prefix(count)))
            #expect(isWhole == (count * 512 >= 64 * 13 + 1200 * 12))
            let isLastOnly = try Self.check(torn, keeping: Set(torn.sectors.suffix(count)))
            #expect(isLastOnly == (count == torn.sectors.count))
        }
    }

    @Test func whatAClientSendsIsNeverReadAsABatch() throws {
        let bench = try Self.used()
        // Bytes of the earlier life: whole batches with the right places, as anyone who had ever
        // seen the disk could send them.
        let olds = try (0..<4).map { try bench.disk.contents("log/segment-00000\($0)") }
        let before = try bench.store(chunk(1), payload(1, 3900))
        let old = olds[Int(before.segment.number)]
        // From the payload's first byte on, so that the forged batches lie where they claim to.
        let start = Int(8192 + 128)
        let forged = Array(old[start..<start + 16000])
        let torn = try Self.tear(
            bench, [(chunk(2), forged)],
            acknowledged: [Kept(chunk(1), payload(1, 3900), before)])
        #expect(torn.torn[0].location.fileOffset == Int64(start))
        for index in torn.sectors.indices {
            var kept = Set(torn.sectors)
            kept.remove(torn.sectors[index])
            let isWhole = try Self.check(torn, keeping: kept)
            // A sector that holds the same bytes already does not count.
            #expect(!isWhole || index > 0)
        }
    }

    @Test func aTornBatchStaysGoneAfterTheLogWentOn() throws {
        let bench = try Self.used()
        let before = try bench.store(chunk(1), payload(1, 3900))
        let torn = try Self.tear(bench, [(chunk(2), payload(2, 3900))], acknowledged: [])
        let disk = SimulatedFileSystem.afterPowerCut(
            torn.platter, .keeping(Set(torn.sectors.dropLast())))
        let again = try Bench(disk, seed: 2)
        #expect(Self.ofThisLife(again).map(\.location) == [before])
        let next = try again.store(chunk(3), payload(3, 100))
        #expect(next.segment != before.segment && next.lsn > torn.torn[0].location.lsn)
        // Before and after the torn segment's end was written into its own header.
        for doesChores in [false, true] {
            if doesChores { again.log.doChores() }
            let third = try Bench(disk.afterPowerCut(.lost), seed: 3)
            #expect(Self.ofThisLife(third).map(\.location) == [before, next])
            #expect(third.observer.seen.damages.isEmpty)
        }
    }
}
