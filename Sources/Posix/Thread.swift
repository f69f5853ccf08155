internal import CLinux
internal import Glibc

/// A thread of its own, with a name that `top -H` and `perf` show.
package enum Thread {
    private final class Start {
        let name: String
        let body: @Sendable () -> Void
        init(_ name: String, _ body: @escaping @Sendable () -> Void) {
            self.name = name
            self.body = body
        }
    }

    /// Starts `body` on a new detached thread. `name`: at most 15 bytes are kept.
    package static func start(_ name: String, _ body: @escaping @Sendable () -> Void) {
        var thread = pthread_t()
        let start = Unmanaged.passRetained(Start(name, body))
        let failure = pthread_create(
            &thread, nil,
            { argument in
                // SAFETY: `argument` is the retained Start passed below, taken once.
                let start = Unmanaged<Start>.fromOpaque(argument!).takeRetainedValue()
                holdfast_name_thread(String(start.name.prefix(15)))
                start.body()
                return nil
            }, start.toOpaque())
        precondition(failure == 0, "no thread for \(name): error \(failure)")
        pthread_detach(thread)
    }
}
