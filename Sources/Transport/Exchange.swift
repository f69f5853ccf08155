package import HTTP1
package import Posix

/// One request and its answer. Used by one task, on its connection's loop, until the handler
/// returns.
///
/// A handler that returns without an answer makes a 500, and the connection is closed.
package final class Exchange {
    package let head: RequestHead
    /// Whether an answer was begun.
    package private(set) var hasResponded = false

    init(head: RequestHead) {
        self.head = head
    }

    /// The peer's address and port, as text.
    package var peer: String { "" }

    /// The whole body, contiguous, valid until the handler returns. Call it once.
    ///
    /// Sends `100 Continue` first if the client waits for it (RFC 9110 §10.1.1). Its length
    /// (chunked: `maxBytes`) is reserved from `bodyBytesInFlightMax` before a byte is read.
    /// `observe` sees every piece as it comes, in order.
    package func readBody(
        maxBytes: Int, observe: (UnsafeRawBufferPointer) -> Void = { _ in }
    ) async throws(BodyError) -> LentBytes {
        fatalError("not yet")
    }

    /// The whole answer. The transport adds Date, Content-Length and Connection, and leaves the
    /// body out where HTTP does (HEAD, 204, 304). A peer that is gone is no error.
    package func respond(
        _ status: Int, _ fields: [(String, String)] = [], _ body: [UInt8] = []
    ) async {
        fatalError("not yet")
    }

    /// Begins an answer of `byteCount` bytes, which `write` and `send` deliver. For HEAD they
    /// do nothing.
    package func beginStream(
        _ status: Int, _ fields: [(String, String)], byteCount: Int64
    ) async {
        fatalError("not yet")
    }

    /// Sends the next bytes of the answer.
    package func write(_ bytes: UnsafeRawBufferPointer) async throws(WriteError) {
        fatalError("not yet")
    }

    /// Sends the next bytes of the answer.
    package func write(_ bytes: [UInt8]) async throws(WriteError) {
        fatalError("not yet")
    }

    /// Sends `range` of a file as the next bytes of the answer: sendfile(2).
    package func send(file descriptor: Int32, range: Range<Int64>) async throws(WriteError) {
        fatalError("not yet")
    }
}
