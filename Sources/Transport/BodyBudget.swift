internal import Posix
internal import Reactor
internal import Synchronization

/// The memory that bodies of all loops may take together. Who finds no room waits, and is served
/// in the order of arrival.
final class BodyBudget: Sendable {
    private struct Waiter {
        let byteCount: Int
        let continuation: LoopContinuation<Bool>
    }

    private struct State {
        var available: Int
        var waiters: [Waiter] = []
        /// Waiters before this index are served.
        var first = 0
        var isClosed = false
    }

    private let total: Int
    private let state: Lock<State>
    private let waiting = Atomic(0)

    init(_ byteCount: Int) {
        total = byteCount
        state = Lock(State(available: byteCount))
    }

    /// Reserves `byteCount`, at most everything there is. Returns what `release` is to be told,
    /// or nil if the server closes.
    func reserve(_ byteCount: Int) async -> Int? {
        let byteCount = min(byteCount, total)
        let isThere = state.withLock { state in
            guard !state.isClosed, state.first == state.waiters.count,
                state.available >= byteCount
            else { return false }
            state.available -= byteCount
            return true
        }
        if isThere { return byteCount }
        waiting.add(1, ordering: .relaxed)
        defer { waiting.subtract(1, ordering: .relaxed) }
        let granted = await withLoopContinuation { continuation in
            enqueue(Waiter(byteCount: byteCount, continuation: continuation))
        }
        return granted ? byteCount : nil
    }

    func release(_ byteCount: Int) {
        resume(
            state.withLock { state in
                state.available += byteCount
                return Self.admit(&state)
            }, true)
    }

    /// Turns all waiters away, now and later.
    func close() {
        let waiters = state.withLock { state in
            state.isClosed = true
            defer { state.waiters.removeAll() }
            defer { state.first = 0 }
            return Array(state.waiters[state.first...])
        }
        resume(waiters, false)
    }

    /// Somebody waits. One load, for it is asked at every wait for a body.
    var isContended: Bool { waiting.load(ordering: .relaxed) > 0 }

    /// How many wait.
    var waiterCount: Int { state.withLock { $0.waiters.count - $0.first } }

    private func enqueue(_ waiter: Waiter) {
        let (admitted, isClosed) = state.withLock { state in
            if state.isClosed { return ([waiter], true) }
            state.waiters.append(waiter)
            return (Self.admit(&state), false)
        }
        resume(admitted, !isClosed)
    }

    /// Takes the first waiters out for whom there is room now.
    private static func admit(_ state: inout State) -> [Waiter] {
        var admitted: [Waiter] = []
        while state.first < state.waiters.count,
            state.waiters[state.first].byteCount <= state.available
        {
            state.available -= state.waiters[state.first].byteCount
            admitted.append(state.waiters[state.first])
            state.first += 1
        }
        // Half of the array served: worth moving the other half.
        if state.first > 0, state.first * 2 >= state.waiters.count {
            state.waiters.removeFirst(state.first)
            state.first = 0
        }
        return admitted
    }

    private func resume(_ waiters: [Waiter], _ granted: Bool) {
        for waiter in waiters { waiter.continuation.resume(returning: granted) }
    }
}
