internal import CLinux
internal import Glibc

/// A thread of its own, with a name that `top -H` and `perf` show.
package enum Thread {
    private final class Start {
        let name: String
        let isIdle: Bool
        let body: @Sendable () -> Void
        init(_ name: String, _ isIdle: Bool, _ body: @escaping @Sendable () -> Void) {
            self.name = name
            self.isIdle = isIdle
            self.body = body
        }
    }

    /// Starts `body` on a new detached thread. `name`: at most 15 bytes are kept.
    /// `idlePriority` gives it only time that nobody else wants (SCHED_IDLE).
    package static func start(
        _ name: String, idlePriority: Bool = false, _ body: @escaping @Sendable () -> Void
    ) {
        var thread = pthread_t()
        let start = Unmanaged.passRetained(Start(name, idlePriority, body))
        let failure = pthread_create(
            &thread, nil,
            { argument in
                // SAFETY: `argument` is the retained Start passed below, taken once.
                let start = Unmanaged<Start>.fromOpaque(argument!).takeRetainedValue()
                holdfast_name_thread(String(start.name.prefix(15)))
                // Without the priority the thread still does its work.
                if start.isIdle { _ = holdfast_idle_priority() }
                start.body()
                return nil
            }, start.toOpaque())
        precondition(failure == 0, "no thread for \(name): error \(failure)")
        pthread_detach(thread)
    }
}
