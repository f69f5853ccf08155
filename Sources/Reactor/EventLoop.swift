internal import CLinux
internal import Glibc
package import Posix

/// A thread that runs tasks and waits for descriptors: epoll as a `TaskExecutor`.
///
/// A task started with `executorPreference: loop` runs here, and comes back here after every
/// await. A wait is: try the system call; on EAGAIN await `readable` or `writable`, which lets
/// other tasks run. Events are edge-triggered, each descriptor is registered once.
// SAFETY: `inbox` has its lock; the rest is touched only on the loop's thread.
package final class EventLoop: TaskExecutor, @unchecked Sendable {
    /// Work from other threads.
    private struct Inbox {
        var jobs: [UnownedJob] = []
        var calls: [@Sendable () -> Void] = []
        /// The loop is in its wait, or about to be: whoever adds something wakes it, once.
        var isAsleep = false
        var isStopping = false
        var hasStarted = false

        var isEmpty: Bool { jobs.isEmpty && calls.isEmpty }
    }

    /// Jobs are run in rounds, each round those that the round before enqueued. After this many
    /// the loop looks at its descriptors again, so that tasks that yield cannot starve them.
    private static let roundsMax = 4

    package let name: String
    private let poller = Poller()
    private let inbox = Lock(Inbox())
    private var local: [UnownedJob] = []
    private var running: [UnownedJob] = []
    private var calls: [@Sendable () -> Void] = []
    private var table = RegistrationTable()
    private var deadlines = DeadlineHeap()
    private var isStopping = false
    /// The time when the loop last looked at its descriptors: good enough for deadlines.
    package private(set) var now = Moment.now()

    /// `name`: at most 15 bytes are shown.
    package init(name: String) { self.name = name }

    /// Starts the loop's thread. Call it once.
    package func start() {
        let isFirst = inbox.withLock { inbox in
            defer { inbox.hasStarted = true }
            return !inbox.hasStarted
        }
        precondition(isFirst, "an event loop is started once")
        Thread.start(name) { self.run() }
    }

    /// Ends the thread once it has nothing left to run. Whatever waits then waits for ever: stop
    /// a loop only after those who use it.
    package func stop() {
        wakeIfNeeded { $0.isStopping = true }
    }

    /// Whether the caller runs on this loop's thread.
    package var isCurrent: Bool {
        holdfast_current_executor() == UnsafeRawPointer(Unmanaged.passUnretained(self).toOpaque())
    }

    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        if isCurrent {
            local.append(job)
        } else {
            wakeIfNeeded { $0.jobs.append(job) }
        }
    }

    /// Runs `body` on the loop's thread soon, in the order of the calls. From any thread.
    ///
    /// To resume many tasks of this loop at once, resume them all in one `body`: that takes one
    /// lock and one wake-up.
    package func perform(_ body: @escaping @Sendable () -> Void) {
        wakeIfNeeded { $0.calls.append(body) }
    }

    private func wakeIfNeeded(_ change: (inout Inbox) -> Void) {
        let wakes = inbox.withLock { inbox in
            change(&inbox)
            defer { inbox.isAsleep = false }
            return inbox.isAsleep
        }
        guard wakes else { return }
        if let batch = WakeBatch.current { batch.add(self) } else { wake() }
    }

    func wake() { poller.wake() }

    // MARK: the loop

    private func run() {
        let address = UnsafeRawPointer(Unmanaged.passUnretained(self).toOpaque())
        holdfast_set_current_executor(address)
        let executor = asUnownedTaskExecutor()
        while true {
            takeInbox()
            runJobs(executor)
            if isStopping, local.isEmpty { break }
            poll()
        }
        holdfast_set_current_executor(nil)
    }

    private func runJobs(_ executor: UnownedTaskExecutor) {
        for _ in 0..<Self.roundsMax where !local.isEmpty {
            swap(&local, &running)
            for job in running { job.runSynchronously(on: executor) }
            running.removeAll(keepingCapacity: true)
        }
    }

    private func takeInbox() {
        inbox.withLock { inbox in
            inbox.isAsleep = false
            isStopping = inbox.isStopping
            if !inbox.jobs.isEmpty {
                local.append(contentsOf: inbox.jobs)
                inbox.jobs.removeAll(keepingCapacity: true)
            }
            if !inbox.calls.isEmpty { swap(&inbox.calls, &calls) }
        }
        guard !calls.isEmpty else { return }
        for call in calls { call() }
        calls.removeAll()
    }

    private func poll() {
        var isIdle = local.isEmpty
        if isIdle {
            isIdle = inbox.withLock { inbox in
                inbox.isAsleep = inbox.isEmpty && !inbox.isStopping
                return inbox.isAsleep
            }
        }
        poller.wait(milliseconds: isIdle ? millisecondsToDeadline() : 0) { key, mask in
            dispatch(key, mask)
        }
        now = .now()
        while let due = deadlines.popDue(now) { expire(due) }
    }

    /// Rounded up: to wake too early would be a turn for nothing.
    private func millisecondsToDeadline() -> Int32 {
        guard let earliest = deadlines.earliest else { return -1 }
        let left = max(0, earliest.nanoseconds - Moment.now().nanoseconds)
        return Int32(min((left + 999_999) / 1_000_000, 3_600_000))
    }

    private func dispatch(_ key: UInt64, _ mask: UInt32) {
        guard key != Poller.wakeKey, let registration = table[key] else { return }
        let gone = EPOLLHUP.rawValue | EPOLLERR.rawValue
        registration.note(
            readable: mask & EPOLLIN.rawValue != 0, writable: mask & EPOLLOUT.rawValue != 0,
            hungUp: mask & (EPOLLRDHUP.rawValue | gone) != 0, broken: mask & gone != 0)
        guard registration.waiter != nil, registration.take(registration.interest) else { return }
        resume(registration, .ready)
    }

    private func expire(_ registration: Registration) {
        guard registration.waiter != nil else { return }
        if registration.deadline <= now {
            resume(registration, .timedOut)
        } else {
            deadlines.schedule(registration, at: registration.deadline)
        }
    }

    private func resume(_ registration: Registration, _ readiness: Readiness) {
        guard let waiter = registration.waiter else { return }
        registration.waiter = nil
        switch waiter {
        case .task(let continuation): continuation.resume(returning: readiness)
        case .handler(let handler): handler.became(readiness)
        }
    }
}

// MARK: descriptors and waits; all of it on the loop's thread

extension EventLoop {
    /// Takes a non-blocking descriptor over and watches it. Errors: ENOSPC, ENOMEM; the
    /// descriptor is closed then.
    package func register(
        _ descriptor: consuming Descriptor
    ) throws(SystemError) -> Registration {
        assert(isCurrent, "a loop's descriptors are its thread's")
        let raw = descriptor.raw
        let registration = table.insert(descriptor)
        do throws(SystemError) {
            try poller.add(raw, key: registration.key)
        } catch {
            close(registration)
            throw error
        }
        return registration
    }

    /// Closes the descriptor. A task that waits on it is resumed with `.closed`.
    package func close(_ registration: Registration) {
        cancel(registration)
        deadlines.remove(registration)
        table.remove(registration)
        registration.closeDescriptor()
    }

    /// Ends the wait on it, and every later one, with `.closed`. The descriptor stays open.
    package func cancel(_ registration: Registration) {
        assert(isCurrent, "a loop's descriptors are its thread's")
        registration.isCancelled = true
        resume(registration, .closed)
    }

    /// Waits until reading is worth trying again.
    package func readable(
        _ registration: Registration, until deadline: Moment
    ) async -> Readiness {
        await wait(registration, .read, deadline)
    }

    /// Waits until writing is worth trying again.
    package func writable(
        _ registration: Registration, until deadline: Moment
    ) async -> Readiness {
        await wait(registration, .write, deadline)
    }

    /// Waits until `deadline`; less long if the task is cancelled.
    package func sleep(until deadline: Moment) async {
        let timer = table.insert(nil)
        _ = await withTaskCancellationHandler {
            await wait(timer, .read, deadline)
        } onCancel: {
            perform { self.cancel(timer) }
        }
        close(timer)
    }

    /// Lets `handler` wait until reading is worth trying again. If it need not wait, returns why
    /// and keeps nothing of it.
    package func whenReadable(
        _ registration: Registration, until deadline: Moment, _ handler: any ReadinessHandler
    ) -> Readiness? {
        if let known = prepare(registration, .read, deadline) { return known }
        registration.waiter = .handler(handler)
        return nil
    }

    private func wait(
        _ registration: Registration, _ interest: Registration.Interest, _ deadline: Moment
    ) async -> Readiness {
        if let known = prepare(registration, interest, deadline) { return known }
        return await withLoopContinuation { registration.waiter = .task($0) }
    }

    /// Arms the registration for a wait, unless there is none: then returns why.
    private func prepare(
        _ registration: Registration, _ interest: Registration.Interest, _ deadline: Moment
    ) -> Readiness? {
        assert(isCurrent, "a loop's waits are for its own tasks")
        assert(registration.waiter == nil, "one waits on a descriptor at a time")
        if registration.isCancelled { return .closed }
        if registration.take(interest) { return .ready }
        registration.interest = interest
        registration.deadline = deadline
        if deadline < registration.scheduled { deadlines.schedule(registration, at: deadline) }
        return nil
    }
}
