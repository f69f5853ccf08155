internal import Reactor

/// How long the next bytes of a body may take.
struct Pace {
    private let loop: EventLoop
    private let limits: LoopLimits
    private let start: Moment

    init(_ shard: Shard) {
        loop = shard.loop
        limits = shard.limits
        start = shard.loop.now
    }

    /// The moment at which a body of which `received` bytes are here is slower than the least
    /// rate, or has stood still for too long.
    func deadline(_ received: Int) -> Moment {
        let allowed = limits.bodyGrace &+ Int64(received) &* limits.nanosecondsPerBodyByte
        return min(start + allowed, loop.now + limits.idleTimeout)
    }
}
