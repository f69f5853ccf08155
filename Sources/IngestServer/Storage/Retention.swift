internal import Posix
internal import Recordings

/// The thread that lets go of recordings, by the settings' rules; see `RecordingStore.retain`.
///
/// It does little at a time: what it begins is carried out by the log and, behind everything that
/// somebody waits for, by the assembler.
final class Retention: Sendable {
    fileprivate struct Life {
        var isClosed = false
        var hasStarted = false
        var hasEnded = false
    }

    /// A fact that is to be forgotten as soon as no frame in the log can bring it back.
    struct Forgotten: Sendable {
        let id: RecordingID
        /// Its frames are at or below.
        let lsn: UInt64
    }

    let forgotten = Lock<[Forgotten]>([])
    private let life = Lock(Life())

    /// Starts the thread. It keeps the store alive until `close`.
    func start(_ store: RecordingStore) {
        life.withLock { $0.hasStarted = true }
        let interval = store.settings.retention.interval
        Thread.start("retention") { [self] in
            while !life.wait(atMost: interval, until: { $0.isClosed }, then: { $0.isClosed }) {
                store.retain()
            }
            life.withLock { $0.hasEnded = true }
            life.signal()
        }
    }

    /// Blocks until the thread has ended.
    func close() {
        let hasStarted = life.withLock { life in
            life.isClosed = true
            return life.hasStarted
        }
        life.signal()
        if hasStarted { life.wait(until: { $0.hasEnded }, then: { _ in }) }
    }
}

/// Counts what is under way, to wait until all of it has come back.
final class Tally: Sendable {
    private let count = Lock(0)

    func begin() { count.withLock { $0 += 1 } }

    func end() {
        count.withLock { $0 -= 1 }
        count.signal()
    }

    /// Blocks.
    func waitForAll() { count.wait(until: { $0 == 0 }, then: { _ in }) }
}
