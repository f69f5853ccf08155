/// When events are sent: never in a chunk's place, seldom while chunks are sent, at once when
/// nothing else is to do. Pure: times are durations since any start.
struct ReportSchedule {
    /// While recordings are sent.
    static let interval: Duration = .seconds(60)
    /// The first time; what comes before is for chunks alone.
    static let firstDelay: Duration = .seconds(5)
    /// No pause after failures is longer.
    static let pauseMax: Duration = .seconds(3600)

    /// Something waits to be told.
    var hasEvents = false
    /// The job that is on its way, and since when.
    private(set) var inFlight: (number: UInt64, since: Duration)?
    private var nextAt: Duration?
    private var pausedUntil: Duration = .zero
    private var failures = 0

    /// - Parameter isSending: recordings are being sent.
    mutating func isDue(at now: Duration, whileSending isSending: Bool) -> Bool {
        guard hasEvents, inFlight == nil else { return false }
        return now >= dueAt(now, isSending)
    }

    /// When something is to be done though nothing happens.
    func wakeAt(
        _ now: Duration, whileSending isSending: Bool, stallTimeout: Duration
    ) -> Duration? {
        if let inFlight { return inFlight.since + stallTimeout }
        guard hasEvents else { return nil }
        return max(pausedUntil, isSending ? nextAt ?? now : now)
    }

    private mutating func dueAt(_ now: Duration, _ isSending: Bool) -> Duration {
        guard isSending else { return pausedUntil }
        let next = nextAt ?? now + Self.firstDelay
        nextAt = next
        return max(pausedUntil, next)
    }

    mutating func began(_ number: UInt64, at now: Duration) { inFlight = (number, now) }

    /// - Parameter hasMore: more waits to be told.
    mutating func succeeded(_ number: UInt64, at now: Duration, hasMore: Bool) {
        if inFlight?.number == number { inFlight = nil }
        (hasEvents, failures, pausedUntil) = (hasMore, 0, .zero)
        nextAt = now + Self.interval
    }

    /// It is tried again much later: nobody waits for it.
    mutating func failed(at now: Duration, retryAfter: Duration? = nil) {
        inFlight = nil
        failures += 1
        let pause = min(Self.interval * (1 << min(failures - 1, 10)), Self.pauseMax)
        pausedUntil = now + max(pause, retryAfter ?? .zero)
    }

    /// The server is there again: what failed while it was gone says nothing any more.
    mutating func serverIsBack() { (failures, pausedUntil) = (0, .zero) }

    /// The next may go at once: one of its events was set aside.
    mutating func isFree(at now: Duration) {
        inFlight = nil
        nextAt = now
    }
}
