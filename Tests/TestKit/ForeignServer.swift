package import Posix

/// Something that listens and gives every connection the same bytes, whatever is asked: another
/// program, or a Holdfast server of another time.
package final class ForeignServer: Sendable {
    package let port: UInt16
    private let listener: ProxySocket.Listener
    private let count = Lock(0)

    /// Listens on a free port of 127.0.0.1.
    package init(answering bytes: [UInt8]) throws(SystemError) {
        listener = try ProxySocket.Listener()
        port = listener.port
        Thread.start("foreign server") { [listener, count] in
            while let client = listener.accept() {
                count.withLock { $0 += 1 }
                Self.answer(client, bytes)
            }
        }
    }

    /// An answer of HTTP with a document, after which the connection ends.
    package convenience init(
        status: Int, type: String = "text/html", _ document: String
    ) throws(SystemError) {
        let head =
            "HTTP/1.1 \(status) Something\r\nContent-Type: \(type)\r\n"
            + "Content-Length: \(document.utf8.count)\r\nConnection: close\r\n\r\n"
        try self.init(answering: Array((head + document).utf8))
    }

    deinit { listener.close() }

    /// How many connections there were.
    package var connectionCount: Int { count.withLock { $0 } }

    /// One at a time is enough: it says its text at once, and reads until the other side goes.
    private static func answer(_ client: consuming Descriptor, _ bytes: [UInt8]) {
        let raw = client.raw
        var piece = [UInt8](repeating: 0, count: 16 << 10)
        guard ProxySocket.receive(raw, &piece) > 0, ProxySocket.sendAll(bytes[...], to: raw)
        else { return }
        ProxySocket.endSending(raw)
        while ProxySocket.receive(raw, &piece) > 0 {}
    }
}
