import Digests
import DurableLog
import Posix
import TestKit
import Testing

@Suite struct AppendTests {
    @Test(arguments: FrameKind.allCases)
    func everyKindComesBackAsItWas(_ kind: FrameKind) throws {
        let bench = try Bench()
        let frame = Frame(kind, recording: (.max, 3), sequence: 9, offset: 1 << 40)
        let bytes = payload(1, 1000)
        let location = try bench.store(frame, bytes)
        bench.log.close()
        let again = try Bench(bench.disk)
        #expect(again.recovered == [Kept(frame, bytes, location)])
        #expect(again.observer.seen.damages.isEmpty)
    }

    @Test(arguments: [0, 1, 3967, 3968, 3969, 16384])
    func payloadsOfAnyLengthCanBeReadAndRecovered(_ count: Int) throws {
        let bench = try Bench()
        let bytes = payload(2, count)
        let location = try bench.store(chunk(1), bytes)
        #expect(location.byteCount == count)
        #expect(location.crc32c == CRC32C.of(bytes))
        #expect(try bench.log.read(location) == bytes)
        let again = try Bench(bench.disk.afterPowerCut(.lost))
        #expect(again.recovered == [Kept(chunk(1), bytes, location)])
    }

    @Test func aReadBeginsAnywhereInThePayload() throws {
        let bench = try Bench()
        let location = try bench.store(chunk(1), Array(0..<100))
        let buffer = Slab(byteCount: 10)
        #expect(try bench.log.read(location, into: buffer.buffer, from: 95) == 5)
        #expect(Array(buffer.buffer[..<5]) == [95, 96, 97, 98, 99])
        #expect(try bench.log.read(location, into: buffer.buffer, from: 100) == 0)
    }

    @Test func whatIsQueuedGoesInOneWriteAndOneSyncAndIsAnsweredInOrder() throws {
        let bench = try Bench()
        try bench.store(chunk(0))
        let before = bench.disk.callCount
        let answers = try (1...20).map { try bench.append(chunk($0), payload($0, 100)) }
        #expect(answers.allSatisfy { $0.call == nil })
        bench.log.commitQueued()
        #expect(bench.disk.callCount == before + 2)
        let lsns = try answers.map { try $0.location.lsn }
        #expect(lsns == Array(2...21))
        #expect(bench.observer.seen.batches.map(\.frames) == [1, 20])
    }

    @Test func lentAndOwnPayloadsMixInOneBatch() throws {
        let bench = try Bench()
        let slab = Slab(byteCount: 4096)
        slab.buffer.copyBytes(from: payload(3, 4096))
        let answers = [Answer(), Answer(), Answer()]
        let frames = (1...3).map { chunk($0) }
        try bench.log.append(frames[0], payload: slab.lend(0..<100)) { answers[0].take($0, 0) }
        try bench.log.append(frames[1], payload: [5, 6]) { answers[1].take($0, 0) }
        try bench.log.append(
            frames[2], payload: slab.lend(100..<4096),
            crc32c: CRC32C.of(slab.lend(100..<4096).buffer)
        ) { answers[2].take($0, 0) }
        bench.log.commitQueued()
        let again = try Bench(bench.disk.afterPowerCut(.lost))
        let payloads = [Array(payload(3, 4096)[..<100]), [5, 6], Array(payload(3, 4096)[100...])]
        #expect(again.recovered.map(\.frame) == frames)
        #expect(again.recovered.map(\.payload) == payloads)
        #expect(try again.recovered.map(\.location) == answers.map { try $0.location })
    }

    @Test func aCommitTakesNoMoreThanItMay() throws {
        var settings = Bench.settings
        settings.commitBytesMax = 8192
        let bench = try Bench(.init(), settings)
        for recording in 1...6 { _ = try bench.append(chunk(UInt64(recording)), payload(1, 3000)) }
        _ = try bench.append(chunk(7), payload(1, 16384))
        bench.log.commitQueued()
        #expect(bench.observer.seen.batches.map(\.frames) == [2, 2, 2, 1])
    }

    @Test func aBatchHasAtMostAThousandFrames() throws {
        var settings = Bench.settings
        settings.segmentBytes = 1 << 18
        settings.logBytesMax = 1 << 24
        settings.poolBytes = 0
        let bench = try Bench(.init(), settings)
        for recording in 0..<1500 { _ = try bench.append(chunk(UInt64(recording))) }
        bench.log.commitQueued()
        #expect(bench.observer.seen.batches.map(\.frames) == [1000, 500])
        #expect(try Bench(bench.disk, settings).recovered.count == 1500)
    }

    @Test func aFrameNeverSpansSegments() throws {
        let bench = try Bench()
        let locations = try (0..<12).map { try bench.store(chunk($0), payload($0, 16000)) }
        #expect(locations.allSatisfy { $0.fileOffset + 16000 <= 1 << 16 })
        #expect(Set(locations.map(\.segment)).count == 4)
        let again = try Bench(bench.disk.afterPowerCut(.lost))
        #expect(again.recovered.map(\.location) == locations)
    }

    @Test func aClosedLogTakesAndGivesNothing() throws {
        let bench = try Bench()
        let location = try bench.store(chunk(1), [1, 2, 3])
        let queued = try bench.append(chunk(2))
        bench.log.close()
        bench.log.close()
        #expect(queued.error == nil && queued.call != nil)
        #expect(throws: LogError.closed) { try bench.append(chunk(3)) }
        #expect(throws: SystemError.self) { try bench.log.read(location) }
        bench.log.release(location)
    }

    @Test func theStateTellsWhatIsInTheLog() throws {
        let bench = try Bench()
        let empty = bench.log.state
        #expect(empty.segmentsFree == 4 && empty.segmentsLive == 0 && empty.bytesLive == 0)
        #expect(empty.oldestReplayableLSN == 1 && empty.lastLSN == 0 && empty.isHealthy)
        _ = try bench.append(chunk(1), payload(1, 500))
        #expect(bench.log.state.bytesQueued == 500)
        #expect(bench.log.state.bytesRoom < empty.bytesRoom)
        bench.log.commitQueued()
        let state = bench.log.state
        #expect(state.bytesQueued == 0 && state.bytesLive == 500 && state.lastLSN == 1)
        #expect(state.segmentsLive == 1 && state.segmentsFree == 3)
        #expect(state.oldestSegment == nil)
    }
}
