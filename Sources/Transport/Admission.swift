internal import Synchronization

/// How many connections there are over all loops, and what becomes of one more.
final class Admission: Sendable {
    enum Verdict: Equatable {
        case serve
        /// Answer its request 503 and close it.
        case refuse
        /// Too many are being refused already: close it at once.
        case drop
    }

    /// Connections that may be open only to be told that there are too many.
    static let refusalsMax = 64

    private let connectionsMax: Int
    private let count = Atomic(0)

    init(connectionsMax: Int) { self.connectionsMax = connectionsMax }

    var connectionCount: Int { count.load(ordering: .relaxed) }

    /// Counts one more. Whatever the verdict, `leave` follows when it is closed.
    func enter() -> Verdict {
        let now = count.add(1, ordering: .relaxed).newValue
        if now <= connectionsMax { return .serve }
        return now <= connectionsMax + Self.refusalsMax ? .refuse : .drop
    }

    func leave() { count.subtract(1, ordering: .relaxed) }
}
