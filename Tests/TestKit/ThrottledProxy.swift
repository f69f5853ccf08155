internal import Glibc
package import Posix

/// A proxy in front of a server on this machine that hands on at most so many bytes a second,
/// all connections together, and counts them.
///
/// It holds little: what the reader does not take, the server is not asked for.
package final class ThrottledProxy: Sendable {
    package let port: UInt16
    private let listener: Listener
    private let traffic: Traffic

    /// A listening socket; it goes when the proxy and its thread have both let go.
    private final class Listener: Sendable {
        let socket: Descriptor
        init() throws(SystemError) { socket = try ThrottledProxy.socket() }
    }

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
        listener = try Listener()
        port = try Self.listen(listener.socket.raw)
        traffic = Traffic(server: server, bytesPerSecond: bytesPerSecond)
        Thread.start("throttled proxy") { [listener, traffic] in
            while let client = Self.accept(listener.socket.raw) { Self.serve(client, traffic) }
        }
    }

    deinit { shutdown(listener.socket.raw, Int32(SHUT_RDWR)) }

    /// Bytes sent to clients so far, heads included.
    package var sentBytes: Int64 { traffic.state.withLock { $0.sentBytes } }

    // MARK: One connection

    /// Two sockets that go when both directions have ended.
    private final class Pair: Sendable {
        let client: Descriptor
        let server: Descriptor

        init(client: consuming Descriptor, server: consuming Descriptor) {
            self.client = client
            self.server = server
        }

        func hangUp() {
            shutdown(client.raw, Int32(SHUT_RDWR))
            shutdown(server.raw, Int32(SHUT_RDWR))
        }
    }

    private static func serve(_ client: consuming Descriptor, _ traffic: Traffic) {
        // The client of a server that is gone sees its connection close, as it would itself.
        guard let server = try? connect(to: traffic.server) else { return }
        // What is under way beyond the count stays small.
        for raw in [client.raw, server.raw] {
            set(raw, IPPROTO_TCP, TCP_NODELAY, 1)
            set(raw, SOL_SOCKET, SO_SNDBUF, 64 << 10)
            set(raw, SOL_SOCKET, SO_RCVBUF, 64 << 10)
        }
        let pair = Pair(client: client, server: server)
        Thread.start("proxy, up") {
            copy(pair.client.raw, to: pair.server.raw) { _ in }
            pair.hangUp()
        }
        Thread.start("proxy, down") {
            copy(pair.server.raw, to: pair.client.raw) { count in
                traffic.take(count)
                traffic.state.withLock { $0.sentBytes += Int64(count) }
            }
            pair.hangUp()
        }
    }

    /// Copies until either side ends; `before` hears of each piece before it is sent.
    private static func copy(_ source: Int32, to target: Int32, before: (Int) -> Void) {
        var piece = [UInt8](repeating: 0, count: 16 << 10)
        while true {
            let count = piece.withUnsafeMutableBytes { recv(source, $0.baseAddress, $0.count, 0) }
            if count < 0, errno == EINTR { continue }
            if count <= 0 { return }
            before(count)
            var sent = 0
            while sent < count {
                let more = piece[sent..<count].withUnsafeBytes {
                    send(target, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
                }
                if more < 0, errno == EINTR { continue }
                if more <= 0 { return }
                sent += more
            }
        }
    }

    // MARK: Sockets

    private static func socket() throws(SystemError) -> Descriptor {
        Descriptor(
            owning: try systemCall("socket", "proxy") {
                Glibc.socket(
                    AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
            })
    }

    private static func listen(_ raw: Int32) throws(SystemError) -> UInt16 {
        var address = loopback(port: 0)
        var count = socklen_t(MemoryLayout<sockaddr_in>.size)
        try withUnsafeMutablePointer(to: &address) { pointer throws(SystemError) in
            try pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                address throws(SystemError) in
                _ = try systemCall("bind", "proxy") { bind(raw, address, count) }
                _ = try systemCall("listen", "proxy") { Glibc.listen(raw, 64) }
                _ = try systemCall("getsockname", "proxy") { getsockname(raw, address, &count) }
            }
        }
        return UInt16(bigEndian: address.sin_port)
    }

    private static func accept(_ raw: Int32) -> Descriptor? {
        while true {
            let client = Glibc.accept(raw, nil, nil)
            if client >= 0 { return Descriptor(owning: client) }
            if errno != EINTR && errno != ECONNABORTED { return nil }
        }
    }

    private static func connect(to port: UInt16) throws(SystemError) -> Descriptor {
        let server = try socket()
        var address = loopback(port: port)
        let raw = server.raw
        _ = try systemCall("connect", "127.0.0.1:\(port)") {
            withUnsafePointer(to: &address) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    Glibc.connect(raw, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
                }
            }
        }
        return server
    }

    private static func loopback(port: UInt16) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return address
    }

    private static func set(
        _ raw: Int32, _ level: some BinaryInteger, _ name: Int32, _ value: Int32
    ) {
        var value = value
        setsockopt(raw, Int32(level), name, &value, 4)
    }
}
