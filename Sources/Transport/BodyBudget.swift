internal import Posix
internal import Reactor
internal import Synchronization

/// The memory that bodies of all loops may take together. Who finds no room waits, and is served
/// in the order of arrival.
///
/// One address has at most three quarters of it, so that whoever promises bodies and sends none
/// keeps only itself waiting: its waiters are passed over while it has its share.
final class BodyBudget: Sendable {
    private struct Waiter {
        let byteCount: Int
        let address: PeerAddress
        let continuation: LoopContinuation<Bool>
    }

    private struct State {
        var available: Int
        var held: [PeerAddress: Int] = [:]
        var waiters: [Waiter] = []
        var isClosed = false
    }

    private let share: Int
    private let state: Lock<State>
    private let waiting = Atomic(0)

    init(_ byteCount: Int) {
        share = byteCount - byteCount / 4
        state = Lock(State(available: byteCount))
    }

    /// Reserves `byteCount`, at most an address's share. Returns what `release` is to be told, or
    /// nil if the server closes.
    func reserve(_ byteCount: Int, for address: PeerAddress) async -> Int? {
        let byteCount = min(byteCount, share)
        let isThere = state.withLock { state in
            guard !state.isClosed, state.waiters.isEmpty, state.available >= byteCount,
                hasShare(address, byteCount, state)
            else { return false }
            Self.take(byteCount, address, &state)
            return true
        }
        if isThere { return byteCount }
        waiting.add(1, ordering: .relaxed)
        defer { waiting.subtract(1, ordering: .relaxed) }
        let granted = await withLoopContinuation { continuation in
            enqueue(
                Waiter(byteCount: byteCount, address: address, continuation: continuation))
        }
        return granted ? byteCount : nil
    }

    func release(_ byteCount: Int, of address: PeerAddress) {
        resume(
            state.withLock { state in
                state.available += byteCount
                let left = state.held[address, default: 0] - byteCount
                state.held[address] = left > 0 ? left : nil
                return admit(&state)
            }, true)
    }

    /// Turns all waiters away, now and later.
    func close() {
        let waiters = state.withLock { state in
            state.isClosed = true
            defer { state.waiters.removeAll() }
            return state.waiters
        }
        resume(waiters, false)
    }

    /// Somebody waits. One load, for it is asked at every wait for a body.
    var isContended: Bool { waiting.load(ordering: .relaxed) > 0 }

    /// How many wait.
    var waiterCount: Int { state.withLock { $0.waiters.count } }

    private func enqueue(_ waiter: Waiter) {
        let (admitted, isClosed) = state.withLock { state in
            if state.isClosed { return ([waiter], true) }
            state.waiters.append(waiter)
            return (admit(&state), false)
        }
        resume(admitted, !isClosed)
    }

    /// Takes the first waiters out for whom there is room now. Whoever comes behind one that
    /// lacks only room waits with it, or a large body would never get any.
    private func admit(_ state: inout State) -> [Waiter] {
        var admitted: [Waiter] = []
        var isFull = false
        var waiters = state.waiters
        state.waiters = []
        waiters.removeAll { waiter in
            guard !isFull, hasShare(waiter.address, waiter.byteCount, state) else { return false }
            guard waiter.byteCount <= state.available else {
                isFull = true
                return false
            }
            Self.take(waiter.byteCount, waiter.address, &state)
            admitted.append(waiter)
            return true
        }
        state.waiters = waiters
        return admitted
    }

    private func hasShare(_ address: PeerAddress, _ byteCount: Int, _ state: State) -> Bool {
        state.held[address, default: 0] + byteCount <= share
    }

    private static func take(_ byteCount: Int, _ address: PeerAddress, _ state: inout State) {
        state.available -= byteCount
        state.held[address, default: 0] += byteCount
    }

    private func resume(_ waiters: [Waiter], _ granted: Bool) {
        for waiter in waiters { waiter.continuation.resume(returning: granted) }
    }
}
