import DurableLog
import Glibc
import Posix
import TestKit
import Testing

/// Recycling, and what happens when there is no room.
@Suite struct RoomTests {
    /// Stores chunks until the log is full.
    private static func fill(_ bench: Bench) throws -> [Kept] {
        var kept: [Kept] = []
        while true {
            let recording = UInt64(kept.count)
            do {
                kept += try bench.store(recording..<recording + 1, bytes: 12000)
            } catch let error as LogError {
                #expect(error == .full)
                return kept
            }
        }
    }

    @Test func segmentsAreRecycledAndNotCreatedAnew() throws {
        let bench = try Bench()
        let names = try bench.disk.names(in: "log")
        for round in UInt64(0)..<40 {
            let kept = try bench.store(round * 10..<round * 10 + 10, bytes: 12000)
            bench.log.release(kept.map(\.location))
            bench.log.doChores()
        }
        #expect(try bench.disk.names(in: "log") == names)
        #expect(bench.log.state.bytesLive == 0)
        let again = try Bench(bench.disk.afterPowerCut(.lost))
        #expect(again.recovered.count <= 10)
        #expect(again.observer.seen.damages.isEmpty)
    }

    @Test func aSegmentIsHeldByItsLastLiveFrame() throws {
        let bench = try Bench()
        let kept = try bench.store(0..<16, bytes: 12000)
        let first = kept.filter { $0.location.segment == kept[0].location.segment }
        bench.log.release(first.dropLast().map(\.location))
        bench.log.doChores()
        let before = bench.log.state
        #expect(before.oldestSegment == first[0].location.segment)
        #expect(before.oldestReplayableLSN == 1)
        #expect(try bench.log.read(first[first.count - 1].location).count == 12000)
        bench.log.release(first[first.count - 1].location)
        #expect(bench.log.state.oldestReplayableLSN == 1, "until it is marked free on disk")
        bench.log.doChores()
        let after = bench.log.state
        #expect(after.segmentsFree == before.segmentsFree + 1)
        #expect(after.oldestReplayableLSN == UInt64(first.count) + 1)
        #expect(throws: SystemError.self) {
            _ = try bench.store(20..<40, bytes: 12000)
            _ = try bench.log.read(first[0].location)
        }
    }

    @Test func aSegmentFreedButNotMarkedIsReplayedOnceMore() throws {
        let bench = try Bench()
        let kept = try bench.store(0..<10, bytes: 12000)
        bench.log.release(kept.map(\.location))
        let again = try Bench(bench.disk.afterPowerCut(.lost)) { _ in .dead }
        #expect(again.recovered == kept)
        again.log.doChores()
        #expect(again.log.state.segmentsLive == 0)
        let third = try Bench(again.disk.afterPowerCut(.lost))
        #expect(third.recovered.isEmpty)
    }

    @Test func aFullLogTakesOnlyWhatUsesTheReserve() throws {
        let bench = try Bench()
        let kept = try Self.fill(bench)
        // Sixteen segments of which one is the reserve, five chunks in each.
        #expect(kept.count == 75)
        #expect(bench.log.state.bytesRoom < 16384)
        let delete = Frame(.delete, recording: (7, 0))
        let finalize = Frame(.finalize, recording: (7, 1))
        try bench.store(delete)
        try bench.store(finalize, payload(1, 300))
        #expect(throws: LogError.full) { try bench.append(chunk(99), payload(1, 12000)) }
        let first = kept.filter { $0.location.segment == kept[0].location.segment }
        bench.log.release(first.map(\.location))
        bench.log.doChores()
        try bench.store(chunk(99), payload(1, 12000))
        let again = try Bench(bench.disk.afterPowerCut(.lost))
        #expect(again.recovered.count == 75 - first.count + 3)
    }

    @Test func theReserveIsThereAfterEveryCrash() throws {
        var disk = try Self.filled()
        for round in UInt64(0)..<3 {
            let bench = try Bench(disk, seed: round + 2)
            #expect(throws: LogError.full) { try bench.append(chunk(99), payload(1, 12000)) }
            try bench.store(Frame(.delete, recording: (7, round)))
            disk = bench.disk.afterPowerCut(.lost)
        }
        #expect(try Bench(disk).recovered.count == 78)
    }

    private static func filled() throws -> SimulatedFileSystem {
        let bench = try Bench()
        _ = try fill(bench)
        return bench.disk
    }

    @Test func aFullDiskIsAFullLogUntilThereIsRoomAgain() throws {
        let bench = try Bench()
        bench.disk.limit(toBytes: 6 << 16)
        let kept = try Self.fill(bench)
        #expect(kept.count == 25, "five segments and the reserve")
        #expect(bench.observer.seen.choreFailures.allSatisfy { $0.isNoSpace })
        #expect(!bench.observer.seen.choreFailures.isEmpty)
        #expect(bench.observer.seen.failures.isEmpty && bench.log.state.isHealthy)
        try bench.store(Frame(.delete, recording: (7, 0)))
        bench.disk.limit(toBytes: 20 << 16)
        try bench.store(chunk(99), payload(1, 12000))
        let again = try Bench(bench.disk.afterPowerCut(.lost))
        #expect(again.recovered.count == 27)
    }

    @Test func aDiskWithoutRoomForThePoolIsNoReasonNotToStart() throws {
        let disk = SimulatedFileSystem()
        disk.limit(toBytes: 3 << 16)
        let bench = try Bench(disk)
        #expect(bench.log.state.segmentsFree == 3)
        try bench.store(chunk(1), payload(1, 100))
    }

    @Test func spareSegmentsAreMadeAheadInTheBackground() throws {
        var settings = Bench.settings
        settings.poolBytes = 0
        let bench = try Bench(.init(), settings)
        #expect(bench.log.state.segmentsFree == 0)
        bench.log.doChores()
        #expect(bench.log.state.segmentsFree == 3)
        _ = try bench.store(0..<4, bytes: 12000)
        #expect(bench.log.state.segmentsFree == 2)
        bench.log.doChores()
        #expect(bench.log.state.segmentsFree == 3)
    }

    @Test func segmentsOfAnotherLengthAreReadAndThenRemoved() throws {
        let bench = try Bench()
        let kept = try bench.store(0..<6, bytes: 12000)
        bench.log.close()
        var settings = Bench.settings
        settings.segmentBytes = 1 << 17
        settings.logBytesMax = 1 << 22
        let again = try Bench(bench.disk, settings, seed: 2)
        #expect(again.recovered == kept)
        again.log.release(kept.map(\.location))
        again.log.doChores()
        for name in try again.disk.names(in: "log") {
            #expect(try again.disk.contents("log/" + name).count == 1 << 17)
        }
    }

    @Test func aHalfWrittenSegmentIsThrownAway() throws {
        let disk = SimulatedFileSystem(folder: "log")
        let file = try disk.open("log/segment-000007", .create)
        try file.write([UInt8](repeating: 0, count: 5000), at: 0)
        let bench = try Bench(disk)
        #expect(!disk.exists("log/segment-000007"))
        #expect(bench.log.state.segmentsFree == 4)
        #expect(bench.observer.seen.damages.isEmpty)
    }
}
