import Dispatch
import Foundation

/// Signals that a person or a system sends to a program that records.
final class StopSignals {
    private let sources: [any DispatchSourceSignal]

    /// - Parameters:
    ///   - stop: for SIGINT, SIGTERM and SIGHUP. The second one ends the program at once.
    ///   - pause: for SIGUSR1.
    init(stop: @escaping @Sendable () -> Void, pause: @escaping @Sendable () -> Void) {
        var sources = Self.stopping.map { number in
            Self.source(number) {
                signal(number, SIG_DFL)
                stop()
            }
        }
        sources.append(Self.source(SIGUSR1, pause))
        self.sources = sources
    }

    deinit {
        for source in sources { source.cancel() }
        for number in Self.stopping { signal(number, SIG_DFL) }
    }

    private static let stopping = [SIGINT, SIGTERM, SIGHUP]

    private static func source(
        _ number: Int32, _ body: @escaping @Sendable () -> Void
    ) -> any DispatchSourceSignal {
        // Dispatch only watches: the signal itself must not end the program.
        signal(number, SIG_IGN)
        let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
        source.setEventHandler(handler: body)
        source.resume()
        return source
    }
}
