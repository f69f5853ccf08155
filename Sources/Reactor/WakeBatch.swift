internal import CLinux

/// The loops that a thread of its own has work for, woken all together once it has handed out
/// everything: without this the first of a hundred tasks wakes its loop, which then wakes and
/// sleeps again and again beside the thread that goes on resuming.
final class WakeBatch {
    private var loops: [EventLoop] = []

    /// The batch that the calling thread collects for; nil wakes at once.
    static var current: WakeBatch? {
        guard let address = holdfast_wake_batch() else { return nil }
        // SAFETY: it is set only while `EventLoop.wakingTogether` holds the object.
        return Unmanaged<WakeBatch>.fromOpaque(address).takeUnretainedValue()
    }

    func add(_ loop: EventLoop) { loops.append(loop) }

    func wakeAll() {
        for loop in loops { loop.wake() }
        loops.removeAll(keepingCapacity: true)
    }
}

extension EventLoop {
    /// Runs `body`, which resumes many tasks, on a thread that is no loop's; each loop concerned
    /// is woken once, at the end.
    package static func wakingTogether(_ body: () -> Void) {
        guard WakeBatch.current == nil else { return body() }
        let batch = WakeBatch()
        withExtendedLifetime(batch) {
            holdfast_set_wake_batch(Unmanaged.passUnretained(batch).toOpaque())
            body()
            holdfast_set_wake_batch(nil)
            batch.wakeAll()
        }
    }
}
