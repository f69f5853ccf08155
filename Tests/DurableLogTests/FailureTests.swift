import DurableLog
import Glibc
import Posix
import TestKit
import Testing

/// Writes and syncs that fail.
@Suite struct FailureTests {
    enum Failing: CaseIterable {
        case sync, write, shortWrite

        func fault(_ call: SimulatedFileSystem.Call) -> SimulatedFileSystem.Fault? {
            switch (self, call.kind) {
            case (.sync, .sync), (.write, .write): .error(EIO)
            case (.shortWrite, .write): .short(700, EIO)
            default: nil
            }
        }
    }

    /// Stores one batch, fails a second, stores a third.
    private static func fail(
        _ failing: Failing
    ) throws -> (bench: Bench, kept: [Kept], failed: [Answer]) {
        let bench = try Bench()
        var kept = try bench.store(0..<1, bytes: 500)
        bench.disk.fail(failing.fault)
        let failed = try (1...3).map { try bench.append(chunk($0), payload($0, 500)) }
        bench.log.commitQueued()
        bench.disk.fail(nil)
        #expect(!bench.log.state.isHealthy)
        kept += try bench.store(4..<5, bytes: 500)
        return (bench, kept, failed)
    }

    @Test(arguments: Failing.allCases)
    func aFailedBatchFailsWholeAndItsSegmentTakesNoMore(_ failing: Failing) throws {
        let (bench, kept, failed) = try Self.fail(failing)
        for answer in failed {
            guard case .failed(let error)? = answer.error else {
                Issue.record("the append should fail")
                continue
            }
            #expect(error.number == EIO)
        }
        #expect(kept[0].location.segment != kept[1].location.segment)
        #expect(bench.observer.seen.failures.count == 1)
        let state = bench.log.state
        #expect(state.isHealthy && state.lastFailure?.number == EIO)
        #expect(try bench.log.read(kept[0].location) == kept[0].payload)
    }

    @Test(arguments: Failing.allCases, [false, true])
    func aFailedBatchNeverComesBack(_ failing: Failing, _ doesChores: Bool) throws {
        let (bench, kept, _) = try Self.fail(failing)
        if doesChores { bench.log.doChores() }
        for unsynced in [Platter.Unsynced.lost, .kept, .seeded(5)] {
            let again = try Bench(bench.disk.afterPowerCut(unsynced), seed: 2)
            #expect(again.recovered == kept)
            #expect(again.observer.seen.damages.isEmpty)
        }
    }

    /// The segment after the failed one names its end; that must not be lost with it.
    @Test func aFailedBatchStaysGoneWhenTheNextSegmentIsRecycled() throws {
        let (bench, kept, _) = try Self.fail(.sync)
        // The failed segment cannot even be sealed.
        let failedPath = "log/segment-00000\(kept[0].location.segment.number)"
        bench.disk.fail { $0.path == failedPath ? .error(EIO) : nil }
        let next = try bench.store(5..<60, bytes: 4000)
        bench.log.release(kept[1].location)
        bench.log.release(next.map(\.location))
        bench.log.doChores()
        let last = try bench.store(60..<100, bytes: 4000)
        let again = try Bench(bench.disk.afterPowerCut(.kept), seed: 2)
        let recovered = again.recovered.map(\.frame)
        #expect(!recovered.contains { (1...3).contains($0.recording.1) })
        #expect(recovered.contains(kept[0].frame))
        #expect(last.allSatisfy { again.recovered.contains($0) })
    }

    /// Nor is its file removed, should that one fail as well.
    @Test func aFailedBatchStaysGoneWhenTheNextSegmentIsRemoved() throws {
        let (bench, kept, _) = try Self.fail(.sync)
        let failedPath = "log/segment-00000\(kept[0].location.segment.number)"
        bench.disk.fail { $0.path == failedPath || $0.kind == .sync ? .error(EIO) : nil }
        _ = try bench.append(chunk(5))
        bench.log.commitQueued()
        bench.disk.fail { $0.path == failedPath ? .error(EIO) : nil }
        bench.log.release(kept[1].location)
        bench.log.doChores()
        let again = try Bench(bench.disk.afterPowerCut(.kept), seed: 2)
        let recovered = again.recovered.map(\.frame.recording.1)
        #expect(recovered.contains(0) && !recovered.contains { (1...3).contains($0) })
    }

    @Test func aSegmentThatFailedIsRemovedWhenNobodyNeedsIt() throws {
        let (bench, kept, _) = try Self.fail(.sync)
        let path = "log/segment-00000\(kept[0].location.segment.number)"
        bench.log.doChores()
        #expect(bench.disk.exists(path))
        bench.log.release(kept[0].location)
        bench.log.doChores()
        #expect(!bench.disk.exists(path))
    }

    @Test func failuresInARowTakeASegmentEach() throws {
        let bench = try Bench()
        let first = try bench.store(0..<1, bytes: 100)
        bench.disk.fail { $0.kind == .sync ? .error(EIO) : nil }
        var failed: [Answer] = []
        for recording in UInt64(1)...6 {
            failed.append(try bench.append(chunk(recording)))
            bench.log.commitQueued()
        }
        bench.disk.fail(nil)
        #expect(failed.allSatisfy { $0.error != nil })
        let last = try bench.store(7..<8, bytes: 100)
        for doesChores in [false, true] {
            if doesChores { bench.log.doChores() }
            let again = try Bench(bench.disk.afterPowerCut(.kept), seed: 2)
            #expect(again.recovered == first + last)
            #expect(again.observer.seen.damages.isEmpty)
        }
    }

    @Test func anUnreadableFolderIsAnError() {
        let disk = SimulatedFileSystem()
        disk.fail { $0.kind == .createFolder ? .error(EACCES) : nil }
        #expect(throws: LogError.failed(SystemError("createFolder", "log", EACCES))) {
            try Self.open(disk)
        }
    }

    private static func open(_ disk: SimulatedFileSystem) throws(LogError) {
        _ = try ChunkLog.open(
            Bench.settings, fileSystem: disk, observer: Witness(), replay: { _ in .live })
    }
}
