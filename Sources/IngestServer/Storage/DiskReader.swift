internal import Reactor

/// Blocking reads, off the event loops: an actor on a thread of its own.
actor DiskReader {
    private let thread: BlockingThread

    nonisolated var unownedExecutor: UnownedSerialExecutor {
        thread.asUnownedSerialExecutor()
    }

    init(_ name: String) { thread = BlockingThread(name: name) }

    deinit { thread.stop() }

    func perform<Answer: Sendable, Failure: Error>(
        _ body: @Sendable () throws(Failure) -> Answer
    ) async throws(Failure) -> Answer {
        try body()
    }
}
