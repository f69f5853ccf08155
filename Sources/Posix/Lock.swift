package import Glibc

/// State behind a pthread mutex, with a condition to wait on.
///
/// `Synchronization.Mutex` would do, but the thread sanitizer does not see into it and reports
/// races that are none; a pthread mutex it knows.
package final class Lock<State>: @unchecked Sendable {
    // SAFETY: `state` is touched only between lock and unlock of `mutex`.
    @usableFromInline var state: State
    @usableFromInline let mutex: UnsafeMutablePointer<pthread_mutex_t>
    private let condition: UnsafeMutablePointer<pthread_cond_t>

    package init(_ state: sending State) {
        self.state = state
        mutex = .allocate(capacity: 1)
        condition = .allocate(capacity: 1)
        mutex.initialize(to: pthread_mutex_t())
        condition.initialize(to: pthread_cond_t())
        precondition(pthread_mutex_init(mutex, nil) == 0, "no mutex")
        var attributes = pthread_condattr_t()
        pthread_condattr_init(&attributes)
        pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
        precondition(pthread_cond_init(condition, &attributes) == 0, "no condition")
        pthread_condattr_destroy(&attributes)
    }

    deinit {
        pthread_cond_destroy(condition)
        pthread_mutex_destroy(mutex)
        condition.deallocate()
        mutex.deallocate()
    }

    /// Runs `body` alone with the state. Keep it short: it must not wait for anything.
    @inlinable
    package func withLock<Result: ~Copyable, Failure: Error>(
        _ body: (inout State) throws(Failure) -> sending Result
    ) throws(Failure) -> sending Result {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return try body(&state)
    }

    /// Blocks: waits until `isReady` says so, then runs `body` in the same turn.
    package func wait<Result: ~Copyable>(
        until isReady: (borrowing State) -> Bool, then body: (inout State) -> sending Result
    ) -> sending Result {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        while !isReady(state) { pthread_cond_wait(condition, mutex) }
        return body(&state)
    }

    /// Blocks: waits until `isReady` says so, at most for `time`, then runs `body` in the same
    /// turn, ready or not.
    package func wait<Result: ~Copyable>(
        atMost time: Duration, until isReady: (borrowing State) -> Bool,
        then body: (inout State) -> sending Result
    ) -> sending Result {
        var deadline = timespec()
        clock_gettime(CLOCK_MONOTONIC, &deadline)
        let nanoseconds =
            Int64(deadline.tv_nsec) + time.components.attoseconds / 1_000_000_000
        deadline.tv_sec += Int(time.components.seconds + nanoseconds / 1_000_000_000)
        deadline.tv_nsec = Int(nanoseconds % 1_000_000_000)
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        while !isReady(state) {
            if pthread_cond_timedwait(condition, mutex, &deadline) == ETIMEDOUT { break }
        }
        return body(&state)
    }

    /// Wakes everyone in `wait`, to look at the state again.
    package func signal() { pthread_cond_broadcast(condition) }
}
