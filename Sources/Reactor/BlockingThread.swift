internal import CLinux
internal import Posix

/// A thread of its own for an actor whose work blocks: a `SerialExecutor`.
///
/// An actor pins itself to it:
/// ```
/// nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }
/// ```
/// Several actors may share one thread. Jobs run in the order they were enqueued.
package final class BlockingThread: SerialExecutor {
    private struct Queue {
        var jobs: [UnownedJob] = []
        var isStopping = false
    }

    private let queue = Lock(Queue())

    /// Starts the thread. `name`: at most 15 bytes are shown. `idlePriority` gives it only time
    /// that nobody else wants (SCHED_IDLE).
    package init(name: String, idlePriority: Bool = false) {
        Thread.start(name, idlePriority: idlePriority) { self.run() }
    }

    /// Ends the thread once its queue is empty. Jobs enqueued later are never run: stop it after
    /// the actors that use it.
    package func stop() {
        queue.withLock { $0.isStopping = true }
        queue.signal()
    }

    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.withLock { $0.jobs.append(job) }
        queue.signal()
    }

    /// Whether the caller runs on this thread.
    package var isCurrent: Bool { holdfast_current_executor() == address }

    package func isIsolatingCurrentContext() -> Bool? { isCurrent }

    package func checkIsolated() {
        precondition(isCurrent, "this is work for another thread")
    }

    private var address: UnsafeRawPointer {
        UnsafeRawPointer(Unmanaged.passUnretained(self).toOpaque())
    }

    private func run() {
        holdfast_set_current_executor(address)
        let executor = asUnownedSerialExecutor()
        var jobs: [UnownedJob] = []
        var isStopping = false
        while !isStopping {
            queue.wait(until: { !$0.jobs.isEmpty || $0.isStopping }) { queue in
                swap(&queue.jobs, &jobs)
                isStopping = queue.isStopping && jobs.isEmpty
            }
            for job in jobs { job.runSynchronously(on: executor) }
            jobs.removeAll(keepingCapacity: true)
        }
        holdfast_set_current_executor(nil)
    }
}
