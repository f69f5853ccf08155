internal import Foundation

/// Bytes that an app hands over as it gets them, from a microphone's callback say.
public final class PushSource: RecordingSource {
    private struct State {
        var waiting: [UInt8] = []
        var hasEnded = false
    }

    /// An app cannot stop a microphone's past.
    public let isLive = true
    /// Only the app's own.
    public let isKeptElsewhere = false
    private let state = Guarded(State())
    private let arrival = DispatchSemaphore(value: 0)

    /// Nothing has come yet.
    public init() {}

    /// Takes bytes; returns at once. Runs on: any thread, also one of real time.
    public func push(_ bytes: [UInt8]) {
        state.withLock { if !$0.hasEnded { $0.waiting += bytes } }
        arrival.signal()
    }

    /// Nothing follows.
    public func end() {
        state.withLock { $0.hasEnded = true }
        arrival.signal()
    }

    /// Whether nothing that was pushed waits.
    public var isTaken: Bool { state.withLock { $0.waiting.isEmpty } }

    /// All that was pushed since the last call.
    public func read(waiting wait: Duration) throws(RecorderError) -> SourceBytes {
        var found = take()
        if found == .nothing {
            _ = arrival.wait(timeout: .now() + wait / .seconds(1))
            found = take()
        }
        return found
    }

    /// What was pushed already still comes.
    public func interrupt() { end() }

    private func take() -> SourceBytes {
        state.withLock { state in
            guard state.waiting.isEmpty else {
                defer { state.waiting = [] }
                return .bytes(state.waiting)
            }
            return state.hasEnded ? .end : .nothing
        }
    }
}
