internal import Glibc
package import Posix

/// A proxy in front of a server on this machine that hands on at most so many bytes a second,
/// all connections together, and counts them.
///
/// It holds little: what the reader does not take, the server is not asked for.
package final class ThrottledProxy: Sendable {
    package let port: UInt16
    private let listener: ProxySocket.Listener
    private let traffic: Traffic

    /// What all connections share.
    private final class Traffic: Sendable {
        let server: UInt16
        let bytesPerSecond: Int
        let state = Lock((sentBytes: Int64(0), freeAt: ContinuousClock.now))

        init(server: UInt16, bytesPerSecond: Int) {
            self.server = server
            self.bytesPerSecond = bytesPerSecond
        }

        /// Blocks until `count` more bytes would have come through a line this fast.
        func take(_ count: Int) {
            let time = Duration.nanoseconds(Int64(count) * 1_000_000_000 / Int64(bytesPerSecond))
            let due = state.withLock { state in
                state.freeAt = max(state.freeAt, .now) + time
                return state.freeAt
            }
            let wait = ContinuousClock.now.duration(to: due).components
            var left = timespec(
                tv_sec: Int(wait.seconds), tv_nsec: Int(wait.attoseconds / 1_000_000_000))
            guard wait.seconds >= 0 else { return }
            withUnsafeMutablePointer(to: &left) {
                while nanosleep($0, $0) == -1, errno == EINTR {}
            }
        }
    }

    /// Listens on a free port of 127.0.0.1 and hands everything on to `server`'s.
    package init(server: UInt16, bytesPerSecond: Int) throws(SystemError) {
        listener = try ProxySocket.Listener()
        port = listener.port
        traffic = Traffic(server: server, bytesPerSecond: bytesPerSecond)
        Thread.start("throttled proxy") { [listener, traffic] in
            while let client = listener.accept() { Self.serve(client, traffic) }
        }
    }

    deinit { listener.close() }

    /// Bytes sent to clients so far, heads included.
    package var sentBytes: Int64 { traffic.state.withLock { $0.sentBytes } }

    // MARK: One connection

    private static func serve(_ client: consuming Descriptor, _ traffic: Traffic) {
        // The client of a server that is gone sees its connection close, as it would itself.
        guard let server = try? ProxySocket.connect(to: traffic.server) else { return }
        // What is under way beyond the count stays small.
        for raw in [client.raw, server.raw] {
            ProxySocket.set(raw, SOL_SOCKET, SO_SNDBUF, 64 << 10)
            ProxySocket.set(raw, SOL_SOCKET, SO_RCVBUF, 64 << 10)
        }
        let pair = ProxySocket.Pair(client: client, server: server)
        Thread.start("proxy, up") {
            ProxySocket.copy(pair.client.raw, to: pair.server.raw) { _ in true }
            pair.hangUp()
        }
        Thread.start("proxy, down") {
            ProxySocket.copy(pair.server.raw, to: pair.client.raw) { count in
                traffic.take(count)
                traffic.state.withLock { $0.sentBytes += Int64(count) }
                return true
            }
            pair.hangUp()
        }
    }
}
