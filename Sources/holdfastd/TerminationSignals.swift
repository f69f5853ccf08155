internal import Glibc
internal import Posix

/// SIGTERM and SIGINT as something to wait for. A second one ends the process at once.
///
/// Make it before any other thread is there: the signals are blocked in the calling thread,
/// and threads inherit that.
struct TerminationSignals: Sendable {
    private let names: AsyncStream<String>

    init() {
        // A client that goes away while it is written to is an error of that write, no signal.
        signal(SIGPIPE, SIG_IGN)
        var set = sigset_t()
        sigemptyset(&set)
        sigaddset(&set, SIGTERM)
        sigaddset(&set, SIGINT)
        pthread_sigmask(SIG_BLOCK, &set, nil)
        let (names, feed) = AsyncStream.makeStream(of: String.self)
        self.names = names
        let waited = set
        Thread.start("signals") {
            var (set, number, count) = (waited, Int32(0), 0)
            while sigwait(&set, &number) == 0 {
                count += 1
                if count > 1 { _exit(1) }
                feed.yield(number == SIGINT ? "SIGINT" : "SIGTERM")
            }
        }
    }

    /// The name of the first signal, as soon as it has come.
    func next() async -> String {
        var iterator = names.makeAsyncIterator()
        return await iterator.next() ?? "none"
    }
}
