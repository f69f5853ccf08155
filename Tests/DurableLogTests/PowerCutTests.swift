import DurableLog
import Glibc
import Posix
import TestKit
import Testing

/// The power goes after every single call to the disk, and what was not synced is lost, kept, or
/// kept in part.
@Suite struct PowerCutTests {
    private struct Story {
        let kept: [(frame: Kept, acknowledged: Int, released: Int?)]
        let failed: [(frame: Frame, told: Int)]
        let bench: Bench
    }

    /// Appends in groups, releases most of it, recycles; one commit fails if `failsSync` says so.
    private static func live(_ seed: UInt64, failsSync: Bool) throws -> Story {
        var random = SeededRandom(seed)
        let bench = try Bench(.init(), seed: seed)
        var frames: [(Frame, [UInt8], Answer)] = []
        var released: [FrameLocation: Int] = [:]
        var releasable: [FrameLocation] = []
        for round in 0..<24 {
            let isFailing = failsSync && round == 9
            if isFailing { bench.disk.fail { $0.kind == .sync ? .error(EIO) : nil } }
            let first = frames.count
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let number = UInt64(frames.count)
                let bytes = payload(number, Int.random(in: 0...9000, using: &random))
                frames.append((chunk(number), bytes, try bench.append(chunk(number), bytes)))
            }
            bench.log.commitQueued()
            if isFailing {
                bench.disk.fail(nil)
                continue
            }
            releasable += try frames[first...].map { try $0.2.location }
            releasable.shuffle(using: &random)
            let count = Int.random(in: 0...releasable.count, using: &random)
            for location in releasable.suffix(count) { released[location] = bench.disk.callCount }
            bench.log.release(releasable.suffix(count))
            releasable.removeLast(count)
            if Bool.random(using: &random) { bench.log.doChores() }
        }
        let kept = try frames.filter { $0.2.error == nil }.map { frame, bytes, answer in
            let location = try answer.location
            return (Kept(frame, bytes, location), try #require(answer.call), released[location])
        }
        let failed = try frames.filter { $0.2.error != nil }
            .map { ($0.0, try #require($0.2.call)) }
        return Story(kept: kept, failed: failed, bench: bench)
    }

    @Test(arguments: [1, 2, 3] as [UInt64], [false, true])
    func whatWasAcknowledgedIsThereAndNothingElse(_ seed: UInt64, _ failsSync: Bool) throws {
        let story = try Self.live(seed, failsSync: failsSync)
        for call in 0...story.bench.disk.callCount {
            let platter = story.bench.disk.platter(afterCall: call)
            let cuts: [(Platter.Unsynced, Platter.UnsyncedNames)] = [
                (.lost, .lost), (.kept, .kept), (.seeded(seed &* 31 &+ UInt64(call)), .kept),
            ]
            for (unsynced, names) in cuts {
                let disk = SimulatedFileSystem.afterPowerCut(platter, unsynced, names: names)
                let bench = try Bench(disk, seed: seed + 100)
                let complaint = Self.complaint(story, bench, call)
                #expect(complaint == nil, "seed \(seed), call \(call), \(unsynced)")
            }
        }
    }

    /// What is wrong with what `bench` recovered after `call`; nil when it is right.
    private static func complaint(_ story: Story, _ bench: Bench, _ call: Int) -> String? {
        if !bench.observer.seen.damages.isEmpty { return "damage is told" }
        let recovered = Dictionary(uniqueKeysWithValues: bench.recovered.map { ($0.location, $0) })
        for (kept, acknowledged, released) in story.kept where acknowledged <= call {
            if let released, released <= call { continue }
            if recovered[kept.location] != kept { return "\(kept.location) is missing" }
        }
        let written = Dictionary(uniqueKeysWithValues: story.kept.map { ($0.frame.location, $0) })
        let lastAcknowledged = story.kept.map(\.acknowledged).filter { $0 <= call }.max() ?? 0
        for frame in bench.recovered {
            if written[frame.location]?.frame == frame { continue }
            // A batch whose commit failed may come back as long as nothing came after it.
            let isFailed = story.failed.contains {
                $0.frame == frame.frame && $0.told > lastAcknowledged
            }
            if !isFailed { return "\(frame.location) was never written" }
        }
        let lsns = bench.recovered.map(\.location.lsn)
        return lsns == lsns.sorted() ? nil : "the order is wrong"
    }

    @Test func aLogThatWasCutAgainAndAgainKeepsAll() throws {
        var disk = SimulatedFileSystem()
        var kept: [Kept] = []
        for round in UInt64(0)..<12 {
            let bench = try Bench(disk, seed: round + 1)
            #expect(bench.recovered == kept, "round \(round)")
            #expect(bench.observer.seen.damages.isEmpty)
            kept += try bench.store(round * 10..<round * 10 + 3, bytes: 3000)
            if round % 3 == 1 { bench.log.doChores() }
            // In flight when the power goes.
            _ = try bench.append(chunk(1000 + round), payload(round, 7000))
            bench.log.commitQueued()
            let call = bench.disk.callCount - 1
            let torn = bench.disk.platter(afterCall: call).dirtySectors.dropFirst()
            disk = bench.disk.afterPowerCut(call: call, .keeping(Set(torn)))
        }
    }
}
