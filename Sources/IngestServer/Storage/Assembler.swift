internal import DurableLog
internal import Posix
internal import Synchronization

/// Moves bytes from the log home and publishes, on one thread of its own, a slice at a time.
///
/// Recordings that somebody waits for go first; the others ripen for `checkpointInterval`. What
/// still has a whole slice to move need not ripen again. Of both, whatever waits longest goes
/// first, so that none pins the log.
final class Assembler: Sendable {
    private let queues: Lock<AssemblyQueues<Entry>>
    private let lagBytes = Atomic<Int64>(0)
    private let unseenBytes = Atomic<Int64>(0)
    private let room = Atomic<Int64>(.max)
    private let closing = Atomic<Bool>(false)
    /// A frame that asks the log whether it works again is on its way.
    private let isProbing = Atomic<Bool>(false)

    init(interval: Duration) { queues = Lock(AssemblyQueues(interval: interval)) }

    /// Bytes acknowledged that are not yet in their recordings' own files.
    var lag: Int64 { lagBytes.load(ordering: .relaxed) }
    func lag(by change: Int64) { lagBytes.wrappingAdd(change, ordering: .relaxed) }

    /// Bytes of the disk, at the last look, beyond the reserve and what is still to move home.
    var roomBytes: Int64 { room.load(ordering: .relaxed) }

    /// New bytes are refused until there is room again.
    var isDiskLow: Bool { roomBytes < 0 }

    /// Nothing that is asked of it now is sure to be done before the end.
    var isClosing: Bool { closing.load(ordering: .sequentiallyConsistent) }

    /// Work that somebody waits for.
    func urge(_ entry: Entry) {
        queues.withLock { $0.urge(entry) }
        queues.signal()
    }

    /// Work that may wait for more of its kind.
    func ripen(_ entry: Entry) {
        if queues.withLock({ $0.ripen(entry, at: .now) }) { queues.signal() }
    }

    /// Work of which there is a whole slice.
    func goOn(_ entry: Entry) {
        queues.withLock { $0.goOn(entry, at: .now) }
        queues.signal()
    }

    /// Starts the thread. It keeps the store alive until `close`.
    func start(_ store: RecordingStore) {
        Thread.start("assembler") {
            let worker = AssemblyWorker(store)
            self.look(at: store)
            while let next = self.next(store) {
                switch next {
                case .urgent(let entry): worker.perform(entry, isUrgent: true)
                case .ripe(let entry): worker.perform(entry, isUrgent: false)
                case .idle: break
                }
                let isPressed = store.logIsPressed
                let isIdle = self.queues.withLock { queues in
                    !queues.hasWork(isPressed: isPressed, at: .now)
                }
                worker.settle(isIdle: isIdle)
                self.look(at: store)
            }
            worker.settle(isIdle: true)
            self.queues.withLock { $0.hasEnded = true }
            self.queues.signal()
        }
    }

    /// Blocks until the thread has done what was urgent and ended.
    func close() {
        closing.store(true, ordering: .sequentiallyConsistent)
        queues.withLock { $0.isClosed = true }
        queues.signal()
        queues.wait(until: { $0.hasEnded }, then: { _ in })
    }

    private static let tick = Duration.seconds(1)

    private func next(_ store: RecordingStore) -> AssemblyQueues<Entry>.Next? {
        let isPressed = store.logIsPressed
        let wait = queues.withLock { $0.wait(at: .now, atMost: Self.tick) }
        return queues.wait(
            atMost: wait,
            until: { $0.isClosed || $0.hasWork(isPressed: isPressed, at: .now) },
            then: { $0.next(isPressed: isPressed, at: .now) })
    }

    private func look(at store: RecordingStore) {
        lookAtDisk(store)
        probe(store)
    }

    /// How much may arrive between two looks at the free space.
    private static let unseenBytesMax: Int64 = 4 << 20

    /// Says how many bytes are about to be taken in; looks at the disk once in a while.
    func admit(_ byteCount: Int64, _ store: RecordingStore) {
        let seen = unseenBytes.wrappingAdd(byteCount, ordering: .relaxed).newValue
        if seen > Self.unseenBytesMax { lookAtDisk(store) }
    }

    private func lookAtDisk(_ store: RecordingStore) {
        unseenBytes.store(0, ordering: .relaxed)
        // An unreadable figure changes nothing: the writes themselves will say what is wrong.
        if let free = try? store.files.freeBytes(store.settings.folder) {
            room.store(free - lag - store.settings.diskReserveBytes, ordering: .relaxed)
        }
    }

    /// Whether a log that refused works again is found out by writing to it; nobody else might,
    /// for a server that is not ready gets no requests.
    private func probe(_ store: RecordingStore) {
        let log = store.log
        let state = log.state
        guard !state.isHealthy || store.isLogFull(state),
            !isProbing.exchange(true, ordering: .relaxed)
        else { return }
        do throws(LogError) {
            try log.append(Frame(.note, recording: (0, 0))) { [self] result in
                if case .success(let location) = result { log.release(location) }
                isProbing.store(false, ordering: .relaxed)
            }
        } catch {
            // It says so itself, in its state.
            isProbing.store(false, ordering: .relaxed)
        }
    }
}
