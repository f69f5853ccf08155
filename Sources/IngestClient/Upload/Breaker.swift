/// Keeps requests from a server that does not answer: after some failures in a row none goes out,
/// until one cheap probe is answered. Pure: times are told, as durations since any start.
struct Breaker {
    private enum State {
        case closed(failures: Int)
        case open(until: Duration)
        case probing(since: Duration)
    }

    /// So many failures in a row, with no success between them, open it.
    static let failuresMax = 3

    /// Failed probes in a row.
    private(set) var attempts = 0
    private var state = State.open(until: .zero)
    private let probes: RetryPolicy

    /// It begins open: the first request of all is a probe.
    init(probes: RetryPolicy) { self.probes = probes }

    var isClosed: Bool { if case .closed = state { true } else { false } }

    /// When the next probe is due; nil while none is needed.
    var probeAt: Duration? { if case .open(let until) = state { until } else { nil } }

    /// When the probe that is on its way was sent.
    var probingSince: Duration? { if case .probing(let since) = state { since } else { nil } }

    mutating func beginProbe(at now: Duration) { state = .probing(since: now) }

    /// Returns whether the server was gone until now.
    mutating func succeeded() -> Bool {
        defer { (state, attempts) = (.closed(failures: 0), 0) }
        return !isClosed
    }

    /// A request failed. Returns the wait until a probe, if the breaker opens by this.
    mutating func failed(
        at now: Duration, retryAfter: Duration?, fraction: Double
    ) -> Duration? {
        guard case .closed(let failures) = state else { return nil }
        guard failures + 1 >= Self.failuresMax else {
            state = .closed(failures: failures + 1)
            return nil
        }
        return open(at: now, retryAfter, fraction)
    }

    /// The probe failed. Returns the wait until the next one.
    mutating func probeFailed(
        at now: Duration, retryAfter: Duration?, fraction: Double
    ) -> Duration? {
        guard case .probing = state else { return nil }
        attempts += 1
        return open(at: now, retryAfter, fraction)
    }

    private mutating func open(
        at now: Duration, _ retryAfter: Duration?, _ fraction: Double
    ) -> Duration {
        let delay = probes.delay(
            afterAttempt: attempts + 1, fraction: fraction, retryAfter: retryAfter)
        state = .open(until: now + delay)
        return delay
    }
}
