internal import Reactor

/// How fast a body must come.
struct Pace {
    /// How soon a body that stands still notices that others have come to wait for its room.
    private static let lookInterval: Int64 = 2_000_000_000

    private let shard: Shard
    private let address: PeerAddress
    private let start: Moment

    /// The clock starts now. `address`: who sends the body.
    init(_ shard: Shard, _ address: PeerAddress) {
        self.shard = shard
        self.address = address
        start = shard.loop.now
    }

    /// Receives the next bytes of a body of which `received` are here. `timedOut`: it is slower
    /// than the least rate, stands still, or is in the way of others.
    func receive(
        _ connection: Connection, into buffer: UnsafeMutableRawBufferPointer, received: Int
    ) async throws(Connection.Silence) -> Int {
        let still = shard.loop.now + shard.limits.idleTimeout
        while true {
            let look = shard.loop.now + Self.lookInterval
            do throws(Connection.Silence) {
                return try await connection.receive(
                    into: buffer, until: min(look, still, deadline(received)))
            } catch {
                let isOver = shard.loop.now >= min(still, deadline(received))
                guard error == .timedOut, !isOver else { throw error }
            }
        }
    }

    private func deadline(_ received: Int) -> Moment {
        let limits = shard.limits
        if shard.budget.isContended(by: address) { return start + limits.bodyGrace }
        return start + (limits.bodyGrace &+ Int64(received) &* limits.nanosecondsPerBodyByte)
    }
}
