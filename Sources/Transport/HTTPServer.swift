package import Logging
package import Posix
package import Reactor

/// Answers a request. Runs on its connection's loop; it may await anything, and whatever it
/// awaits comes back to the loop.
package typealias ExchangeHandler = @Sendable (Exchange) async -> Void

/// HTTP/1.1 over TCP: a listener on each loop, a task for each connection.
package final class HTTPServer: Sendable {
    /// `loops` must be started by the caller and outlive the server.
    package init(
        host: String, port: UInt16, loops: [EventLoop], limits: TransportLimits,
        logger: Logger, observer: any TransportObserver, handler: @escaping ExchangeHandler
    ) {
        fatalError("not yet")
    }

    /// Binds (SO_REUSEPORT) and begins to accept. Errors: EADDRINUSE and its like.
    package func start() throws(SystemError) {}

    /// The port, once started: the one asked for, or what the system chose for 0.
    package var port: UInt16 { 0 }

    /// Stops accepting, closes idle connections, lets exchanges in flight end with
    /// `Connection: close`, and after `limit` closes the rest. Returns when all are closed, or
    /// one second after the limit; says how many connections were still open then.
    @discardableResult
    package func drain(within limit: Duration) async -> Int { 0 }
}
