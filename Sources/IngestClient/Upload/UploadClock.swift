/// Time for an uploader: the seam where tests pass it by themselves.
package protocol UploadClock: Sendable {
    /// Since any start; it never jumps, and goes on while the machine sleeps if it can.
    var now: Duration { get }
    /// Returns early when the task is cancelled.
    func sleep(for duration: Duration) async
}

/// The system's continuous clock.
package struct SystemUploadClock: UploadClock {
    private let start = ContinuousClock.now

    package init() {}

    package var now: Duration { start.duration(to: .now) }

    package func sleep(for duration: Duration) async {
        // Cancelled: whoever cancelled it knows.
        try? await Task.sleep(for: duration)
    }
}
