internal import DurableLog
internal import Posix
internal import TestKit

/// A log whose only segment holds whatever: recovery neither traps nor gives what it cannot have
/// read, and the log can be written and read back afterwards.
func log(_ input: [UInt8]) {
    let disk = SimulatedFileSystem()
    let segment = SegmentInput(input).bytes
    do throws(SystemError) {
        try disk.createFolder("log")
        let file = try disk.open("log/segment-000001", .create)
        try file.write(segment, at: 0)
    } catch {
        fatalError("a disk in memory fails: \(error)")
    }
    open(disk) { log, frames in
        for frame in frames {
            let payload = try? frame.readPayload()
            expect(payload?.count == frame.location.byteCount, "a payload is not all there")
        }
        let location = append(to: log)
        let isSame = (try? log.read(location)) == payload
        expect(isSame, "what was just written reads otherwise")
        log.release(frames.map(\.location))
        log.doChores()
    }
    open(disk) { _, frames in
        expect(frames.contains { $0.payload == payload }, "an acknowledged frame is lost")
    }
}

private let frame = Frame(.note, recording: (.max, .max), sequence: .max, offset: .max)
private let payload: [UInt8] = Array("acknowledged".utf8)

private let settings: ChunkLog.Settings = {
    var settings = ChunkLog.Settings(folder: "log")
    settings.segmentBytes = SegmentInput.byteCount
    settings.poolBytes = SegmentInput.byteCount
    settings.logBytesMax = 8 * SegmentInput.byteCount
    settings.reserveBytes = SegmentInput.byteCount
    settings.startsThreads = false
    return settings
}()

private func open(_ disk: SimulatedFileSystem, _ body: (ChunkLog, [RecoveredFrame]) -> Void) {
    var frames: [RecoveredFrame] = []
    do throws(LogError) {
        let log = try ChunkLog.open(
            settings, fileSystem: disk, observer: Unheard(), random: { 7 },
            replay: { frame in
                frames.append(frame)
                return .live
            })
        body(log, frames)
        log.close()
    } catch {
        expect(error == .usedUp, "a log that can be read is not opened: \(error)")
    }
}

private func append(to log: ChunkLog) -> FrameLocation {
    let answer = Lock<FrameLocation?>(nil)
    do throws(LogError) {
        try log.append(frame, payload: payload) { result in
            answer.withLock { $0 = try? result.get() }
        }
        log.commitQueued()
    } catch {
        fatalError("the log takes nothing: \(error)")
    }
    guard let location = answer.withLock({ $0 }) else { fatalError("an append failed") }
    return location
}

private struct Unheard: LogObserver {
    func committed(_ batch: CommittedBatch) {}
    func failed(_ error: SystemError, frames: Int) {}
    func damaged(_ damage: LogDamage) {}
    func choreFailed(_ error: SystemError) {}
}
