package import HTTP1
package import Posix

/// Why a body could not be had.
package enum BodyError: Error, Sendable {
    /// It is longer than the caller allows. The answer (413) reaches the client: the transport
    /// lingers before it closes.
    case tooLarge(limitBytes: Int)
    /// The peer went away in the middle, or the server is closing. Nobody hears an answer.
    case disconnected
    /// Slower than the least body rate. Answer 408.
    case timedOut
    /// The chunked coding is broken. Answer with the error's status.
    case malformed(HTTPError)
}

/// Why bytes could not be sent. The connection is closed when the handler returns.
package enum WriteError: Error, Sendable, Equatable {
    /// The peer went away, or the server is closing.
    case disconnected
    /// The peer took nothing for `writeTimeout`.
    case timedOut
    /// sendfile(2) or send(2) failed for a reason of its own, or the file ended early.
    case failed(SystemError)
}
