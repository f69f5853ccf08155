package import HTTP1
internal import Logging
internal import Posix
internal import Reactor

/// One request and its answer. Used by one task, on its connection's loop, until the handler
/// returns.
///
/// A handler that returns without an answer makes a 500, and the connection is closed.
package final class Exchange {
    /// What becomes of the connection.
    enum Ending {
        case keep
        case close
        /// Close, but let the peer see the answer first.
        case linger
    }

    package let head: RequestHead
    /// To read the body costs more than to refuse the request without: it is long, of unknown
    /// length, or the client waits to be asked for it. A short one is read or skipped, and the
    /// connection lives on.
    package var isBodyLong: Bool { !isBodyWhole && !isBodyAsked && skippableBytes == 0 }
    /// Whether an answer was begun.
    package internal(set) var hasResponded = false

    let connection: Connection
    /// All of the body was received, or there is none: the next request follows.
    var isBodyWhole: Bool
    /// The handler asked for the body: whatever came of it is its business.
    var isBodyAsked = false
    /// The body's memory, unless it lies in the connection's input.
    var slab: Slab?
    var reservedBytes = 0
    /// Bytes of the answer that were promised and not sent yet.
    var unsentBytes: Int64 = 0
    /// A write failed: nobody is there.
    var isBroken = false
    /// What the answer's head said.
    var keepsAlive = false

    init(_ head: RequestHead, _ connection: Connection) {
        self.head = head
        self.connection = connection
        switch head.framing {
        case .none, .length(0): isBodyWhole = true
        case .length, .chunked: isBodyWhole = false
        }
    }

    /// The peer's address and port, as text: `127.0.0.1:4711` or `[::1]:4711`.
    package var peer: String { SocketAddress.peer(of: connection.socket) }

    /// Ends the exchange after its handler: what was lent is taken back.
    func finish() async -> Ending {
        if !hasResponded, !isBroken {
            connection.shard.logger.error(
                "a handler did not answer",
                metadata: ["method": "\(head.method)", "path": "\(head.path)"])
            isBodyWhole = false
            isBodyAsked = true
            await respond(500)
        }
        if let slab { connection.shard.pool.giveBack(slab) }
        slab = nil
        if reservedBytes > 0 {
            connection.shard.budget.release(reservedBytes, of: connection.ticket.address)
        }
        reservedBytes = 0
        if isBroken || unsentBytes > 0 { return .close }
        guard keepsAlive else { return .linger }
        if !isBodyWhole { await skipBody() }
        return isBodyWhole ? .keep : .close
    }
}
