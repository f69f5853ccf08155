import Digests
import DurableLog
import Glibc
import Posix
import TestKit

/// A small log on a simulated disk, driven by hand: what a test appends is committed when the
/// test says so, and every call to the disk has its number.
final class Bench: Sendable {
    let disk: SimulatedFileSystem
    let log: ChunkLog
    let observer: Witness
    /// What `open` replayed.
    let recovered: [Kept]

    /// 64 KiB segments: four at the start, sixteen at most, one of them the reserve.
    static let settings: ChunkLog.Settings = {
        var settings = ChunkLog.Settings(folder: "log")
        settings.segmentBytes = 1 << 16
        settings.poolBytes = 4 << 16
        settings.logBytesMax = 16 << 16
        settings.reserveBytes = 1 << 16
        settings.startsThreads = false
        return settings
    }()

    init(
        _ disk: SimulatedFileSystem = .init(), _ settings: ChunkLog.Settings = Bench.settings,
        seed: UInt64 = 1, _ disposition: (RecoveredFrame) -> FrameDisposition = { _ in .live }
    ) throws {
        self.disk = disk
        let observer = Witness()
        let random = Lock(SeededRandom(seed))
        var recovered: [Kept] = []
        log = try ChunkLog.open(
            settings, fileSystem: disk, observer: observer,
            random: { random.withLock { $0.next() } },
            replay: { frame in
                let payload = (try? frame.readPayload()) ?? []
                recovered.append(Kept(frame.frame, payload, frame.location))
                return disposition(frame)
            })
        self.recovered = recovered
        self.observer = observer
    }

    /// Queues a frame; what became of it is in the answer after a commit.
    func append(_ frame: Frame, _ payload: [UInt8] = []) throws(LogError) -> Answer {
        let answer = Answer()
        try log.append(frame, payload: payload) { [disk] in answer.take($0, disk.callCount) }
        return answer
    }

    /// Stores chunks with these numbers and this many bytes, each in its own batch.
    func store(_ recordings: Range<UInt64>, bytes: Int) throws -> [Kept] {
        try recordings.map { recording in
            let bytes = payload(recording, bytes)
            return Kept(chunk(recording), bytes, try store(chunk(recording), bytes))
        }
    }

    /// Commits one frame alone.
    @discardableResult
    func store(_ frame: Frame, _ payload: [UInt8] = []) throws -> FrameLocation {
        let answer = try append(frame, payload)
        log.commitQueued()
        return try answer.location
    }
}

/// A frame with its payload.
struct Kept: Equatable, Sendable {
    let frame: Frame
    let payload: [UInt8]
    let location: FrameLocation

    init(_ frame: Frame, _ payload: [UInt8], _ location: FrameLocation) {
        self.frame = frame
        self.payload = payload
        self.location = location
    }

    /// By memory: comparing arrays element by element is slow without optimization.
    static func == (one: Kept, other: Kept) -> Bool {
        one.frame == other.frame && one.location == other.location
            && one.payload.count == other.payload.count
            && one.payload.withUnsafeBytes { one in
                other.payload.withUnsafeBytes { other in
                    guard let first = one.baseAddress, let second = other.baseAddress else {
                        return true
                    }
                    return memcmp(first, second, one.count) == 0
                }
            }
    }
}

/// What an append was told, and after which call to the disk.
final class Answer: Sendable {
    struct Unanswered: Error {}

    private let state = Lock<(result: Result<FrameLocation, LogError>, call: Int)?>(nil)

    func take(_ result: Result<FrameLocation, LogError>, _ call: Int) {
        state.withLock { state in
            precondition(state == nil, "an append is answered once")
            state = (result, call)
        }
    }

    var location: FrameLocation {
        get throws {
            guard let answer = state.withLock({ $0 }) else { throw Unanswered() }
            return try answer.result.get()
        }
    }

    var error: LogError? {
        guard case .failure(let error)? = state.withLock({ $0 })?.result else { return nil }
        return error
    }

    var call: Int? { state.withLock { $0?.call } }
}

/// Keeps what the log tells.
final class Witness: LogObserver {
    struct Seen: Sendable {
        var batches: [CommittedBatch] = []
        var failures: [SystemError] = []
        var damages: [LogDamage] = []
        var choreFailures: [SystemError] = []
    }

    private let state = Lock(Seen())

    var seen: Seen { state.withLock { $0 } }

    func committed(_ batch: CommittedBatch) { state.withLock { $0.batches.append(batch) } }
    func failed(_ error: SystemError, frames: Int) { state.withLock { $0.failures.append(error) } }
    func damaged(_ damage: LogDamage) { state.withLock { $0.damages.append(damage) } }
    func choreFailed(_ error: SystemError) { state.withLock { $0.choreFailures.append(error) } }
}

/// A chunk of the recording with this number.
func chunk(_ recording: UInt64, sequence: Int64 = 0, offset: Int64 = 0) -> Frame {
    Frame(.chunk, recording: (7, recording), sequence: sequence, offset: offset)
}

/// Bytes that only this seed gives.
func payload(_ seed: UInt64, _ count: Int) -> [UInt8] {
    var random = SeededRandom(seed)
    let words = (0..<(count + 7) / 8).map { _ in random.next() }
    return words.withUnsafeBytes { Array($0.prefix(count)) }
}
