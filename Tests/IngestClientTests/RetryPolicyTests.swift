import IngestClient
import Testing

@Suite("Waits before a retry") struct RetryPolicyTests {
    static let policy = RetryPolicy(
        attemptsMax: 5, firstDelay: .milliseconds(200), delayMax: .seconds(3))

    @Test(
        "double up to the longest, less a random part",
        arguments: [
            (1, 0.5, Duration.milliseconds(100)), (2, 0.5, .milliseconds(200)),
            (4, 0.25, .milliseconds(400)), (9, 0.5, .milliseconds(1500)), (64, 0, .zero),
        ])
    func doubling(attempt: Int, fraction: Double, expected: Duration) {
        #expect(Self.policy.delay(afterAttempt: attempt, fraction: fraction) == expected)
    }

    @Test("are never shorter than the server asked for")
    func retryAfterIsAFloor() {
        let wait = Self.policy.delay(afterAttempt: 1, fraction: 0.5, retryAfter: .seconds(7))
        #expect(wait == .milliseconds(7100))
    }
}
