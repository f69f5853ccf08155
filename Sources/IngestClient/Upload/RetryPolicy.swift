/// How long to wait before a request is tried again: exponential with full jitter, so that many
/// clients of one server that comes back do not come back together.
public struct RetryPolicy: Sendable, Equatable {
    /// A request is sent at most so often before the sender gives up.
    public var attemptsMax: Int
    /// The longest wait before the second attempt; it doubles with each further one.
    public var firstDelay: Duration
    /// No delay is longer, but for a longer Retry-After.
    public var delayMax: Duration

    /// At least one attempt is made, whatever `attemptsMax` says.
    public init(
        attemptsMax: Int = 12, firstDelay: Duration = .milliseconds(200),
        delayMax: Duration = .seconds(20)
    ) {
        self.attemptsMax = attemptsMax
        self.firstDelay = firstDelay
        self.delayMax = delayMax
    }

    /// The wait after attempt number `attempt`, counted from 1.
    ///
    /// - Parameters:
    ///   - fraction: a random number in 0..<1.
    ///   - retryAfter: what the server asked for, added below the jitter: never earlier.
    package func delay(
        afterAttempt attempt: Int, fraction: Double, retryAfter: Duration? = nil
    ) -> Duration {
        // Beyond 2^20 doublings every delayMax that makes sense is long reached.
        let doubled = firstDelay * (1 << min(max(attempt - 1, 0), 20))
        return (retryAfter ?? .zero) + min(doubled, delayMax) * fraction
    }
}
