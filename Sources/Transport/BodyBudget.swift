internal import Posix
internal import Reactor
internal import Synchronization

/// The memory that bodies of all loops may take together. Who finds no room waits.
///
/// An address may hold three times what it leaves free: alone three quarters of the memory, two
/// that promise bodies and send none three sevenths each, and so on, so that there is room for
/// whoever comes next (the dynamic thresholds of Choudhury and Hahne, "Dynamic queue length
/// thresholds for shared-memory packet switches", 1998). An address's bodies are served in the
/// order of arrival, the addresses in turn.
final class BodyBudget: Sendable {
    private struct Waiter {
        let byteCount: Int
        let continuation: LoopContinuation<Bool>
    }

    private struct Account {
        var heldBytes = 0
        var waiters: [Waiter] = []
    }

    private struct State {
        var available: Int
        var accounts: [PeerAddress: Account] = [:]
        /// Addresses that have waiters. The first one's turn is next.
        var turns: [PeerAddress] = []
        /// Somebody who holds nothing waits: others hold too much.
        var isShort = false
        var isClosed = false
    }

    private let total: Int
    private let state: Lock<State>
    private let waiting = Atomic(0)

    init(_ byteCount: Int) {
        total = byteCount
        state = Lock(State(available: byteCount))
    }

    /// How many bodies wait.
    var waiterCount: Int { waiting.load(ordering: .relaxed) }

    /// Reserves `byteCount`, at most everything there is. Returns what `release` is to be told,
    /// or nil if the server closes.
    func reserve(_ byteCount: Int, for address: PeerAddress) async -> Int? {
        let byteCount = min(byteCount, total)
        let isThere = state.withLock { state in
            let account = state.accounts[address] ?? Account()
            guard !state.isClosed, !state.isShort, account.waiters.isEmpty,
                hasRoom(byteCount, account, state.available)
            else { return false }
            state.available -= byteCount
            state.accounts[address, default: Account()].heldBytes += byteCount
            return true
        }
        if isThere { return byteCount }
        waiting.add(1, ordering: .relaxed)
        defer { waiting.subtract(1, ordering: .relaxed) }
        let granted = await withLoopContinuation { continuation in
            enqueue(Waiter(byteCount: byteCount, continuation: continuation), address)
        }
        return granted ? byteCount : nil
    }

    func release(_ byteCount: Int, of address: PeerAddress) {
        resume(
            state.withLock { state in
                state.available += byteCount
                state.accounts[address]?.heldBytes -= byteCount
                defer { Self.forget(address, &state) }
                return admit(&state)
            }, true)
    }

    /// Whoever waits, or comes to wait, is turned away.
    func close() {
        let waiters = state.withLock { state in
            state.isClosed = true
            defer { state.turns = [] }
            return state.turns.flatMap { address in
                defer { state.accounts[address]?.waiters = [] }
                return state.accounts[address]?.waiters ?? []
            }
        }
        resume(waiters, false)
    }

    /// Whether what `address` holds keeps others from their room: bodies of its own, or somebody
    /// who has none.
    func isContended(by address: PeerAddress) -> Bool {
        guard waiterCount > 0 else { return false }
        return state.withLock { state in
            state.isShort || state.accounts[address]?.waiters.isEmpty == false
        }
    }

    private func enqueue(_ waiter: Waiter, _ address: PeerAddress) {
        let (admitted, isClosed) = state.withLock { state in
            if state.isClosed { return ([waiter], true) }
            state.accounts[address, default: Account()].waiters.append(waiter)
            if state.accounts[address]?.waiters.count == 1 { state.turns.append(address) }
            return (admit(&state), false)
        }
        resume(admitted, !isClosed)
    }

    /// Takes out those for whom there is room now. An address that holds something is passed over
    /// while it has no room; behind one that holds nothing all wait, or a large body would never
    /// get any.
    private func admit(_ state: inout State) -> [Waiter] {
        var admitted: [Waiter] = []
        var index = 0
        state.isShort = false
        while index < state.turns.count {
            let address = state.turns[index]
            guard var account = state.accounts[address], let waiter = account.waiters.first
            else { preconditionFailure("a turn without a waiter") }
            if hasRoom(waiter.byteCount, account, state.available) {
                state.accounts[address] = nil
                state.available -= waiter.byteCount
                account.heldBytes += waiter.byteCount
                admitted.append(account.waiters.removeFirst())
                state.turns.remove(at: index)
                if !account.waiters.isEmpty { state.turns.append(address) }
                state.accounts[address] = account
            } else if account.heldBytes == 0 {
                state.isShort = true
                break
            } else {
                index += 1
            }
        }
        return admitted
    }

    private func hasRoom(_ byteCount: Int, _ account: Account, _ available: Int) -> Bool {
        let free = available - byteCount
        return available == total || free >= 0 && (account.heldBytes + byteCount) / 3 <= free
    }

    private static func forget(_ address: PeerAddress, _ state: inout State) {
        guard let account = state.accounts[address], account.heldBytes == 0,
            account.waiters.isEmpty
        else { return }
        state.accounts[address] = nil
    }

    private func resume(_ waiters: [Waiter], _ granted: Bool) {
        for waiter in waiters { waiter.continuation.resume(returning: granted) }
    }
}
