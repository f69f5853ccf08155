internal import Foundation

/// State that one thread at a time touches.
///
/// `Synchronization.Mutex` would do, but on Linux the thread sanitizer does not see into it and
/// tells an app that embeds the library of races that are none; Foundation's lock it knows.
package final class Guarded<State>: @unchecked Sendable {
    // SAFETY: `state` is touched only while `lock` is held.
    private var state: State
    private let lock = NSLock()

    package init(_ state: sending State) { self.state = state }

    /// Runs `body` alone with the state. Keep it short.
    package func withLock<Result: ~Copyable, Failure: Error>(
        _ body: (inout State) throws(Failure) -> sending Result
    ) throws(Failure) -> sending Result {
        lock.lock()
        defer { lock.unlock() }
        return try body(&state)
    }
}
