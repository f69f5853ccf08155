internal import Glibc

/// SIGTERM, SIGINT and SIGHUP as something to wait for. A second one of the first two ends the
/// process at once.
///
/// Make it on the main thread before any other thread is there: the signals are blocked in the
/// thread that makes it, and threads inherit that.
struct ProcessSignals: Sendable {
    private let names: AsyncStream<String>
    private let feed: AsyncStream<String>.Continuation

    init() {
        // A client that goes away while it is written to is an error of that write, no signal.
        signal(SIGPIPE, SIG_IGN)
        var set = Self.set
        pthread_sigmask(SIG_BLOCK, &set, nil)
        (names, feed) = AsyncStream.makeStream(of: String.self)
    }

    /// The name of the next signal, as soon as it has come.
    func next() async -> String {
        var iterator = names.makeAsyncIterator()
        return await iterator.next() ?? "none"
    }

    /// Gives the calling thread to waiting for signals, for good. Blocks.
    func watch() -> Never {
        var (set, number, count) = (Self.set, Int32(0), 0)
        while true {
            if sigwait(&set, &number) != 0 { continue }
            if number != SIGHUP { count += 1 }
            if count > 1 { _exit(1) }
            feed.yield(number == SIGINT ? "SIGINT" : number == SIGHUP ? "SIGHUP" : "SIGTERM")
        }
    }

    private static var set: sigset_t {
        var set = sigset_t()
        sigemptyset(&set)
        sigaddset(&set, SIGTERM)
        sigaddset(&set, SIGINT)
        sigaddset(&set, SIGHUP)
        return set
    }
}
