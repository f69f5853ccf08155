internal import Glibc
internal import Posix

/// Sockets on this machine, as proxies need them. Every call blocks.
enum ProxySocket {
    /// A listening socket; it goes when the proxy and its thread have both let go.
    final class Listener: Sendable {
        let port: UInt16
        private let socket: Descriptor

        /// On a free port of 127.0.0.1.
        init() throws(SystemError) {
            let socket = try ProxySocket.socket()
            port = try ProxySocket.listen(socket.raw)
            self.socket = socket
        }

        /// Nil: the listener was closed.
        func accept() -> Descriptor? {
            while true {
                let client = Glibc.accept(socket.raw, nil, nil)
                if client >= 0 { return Descriptor(owning: client) }
                if errno != EINTR && errno != ECONNABORTED { return nil }
            }
        }

        func close() { shutdown(socket.raw, Int32(SHUT_RDWR)) }
    }

    /// Two sockets that go when both directions have ended.
    final class Pair: Sendable {
        let client: Descriptor
        let server: Descriptor

        init(client: consuming Descriptor, server: consuming Descriptor) {
            self.client = client
            self.server = server
            for raw in [self.client.raw, self.server.raw] {
                ProxySocket.set(raw, IPPROTO_TCP, TCP_NODELAY, 1)
            }
        }

        func hangUp() {
            shutdown(client.raw, Int32(SHUT_RDWR))
            shutdown(server.raw, Int32(SHUT_RDWR))
        }
    }

    static func connect(to port: UInt16) throws(SystemError) -> Descriptor {
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

    /// Copies until either side ends, or `before`, which hears of each piece, says false.
    static func copy(
        _ source: Int32, to target: Int32, pieceBytes: Int = 16 << 10, before: (Int) -> Bool
    ) {
        var piece = [UInt8](repeating: 0, count: pieceBytes)
        while true {
            let count = receive(source, &piece)
            guard count > 0, before(count), sendAll(piece[..<count], to: target) else { return }
        }
    }

    /// How many bytes came; 0 at the end, less after an error.
    static func receive(_ source: Int32, _ piece: inout [UInt8]) -> Int {
        while true {
            let count = piece.withUnsafeMutableBytes { recv(source, $0.baseAddress, $0.count, 0) }
            if count >= 0 || errno != EINTR { return count }
        }
    }

    /// Whether all of it went.
    static func sendAll(_ bytes: ArraySlice<UInt8>, to target: Int32) -> Bool {
        var rest = bytes
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes {
                send(target, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            if count < 0, errno == EINTR { continue }
            if count <= 0 { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }

    static func set(
        _ raw: Int32, _ level: some BinaryInteger, _ name: Int32, _ value: Int32
    ) {
        var value = value
        setsockopt(raw, Int32(level), name, &value, 4)
    }

    /// The other side sees the end; what it sends still comes.
    static func endSending(_ raw: Int32) { shutdown(raw, Int32(SHUT_WR)) }

    /// The next close sends a reset.
    static func resetOnClose(_ raw: Int32) {
        var value = linger(l_onoff: 1, l_linger: 0)
        setsockopt(raw, SOL_SOCKET, SO_LINGER, &value, socklen_t(MemoryLayout<linger>.size))
    }

    static func sleep(milliseconds: Int) {
        var left = timespec(
            tv_sec: milliseconds / 1000, tv_nsec: milliseconds % 1000 * 1_000_000)
        withUnsafeMutablePointer(to: &left) {
            while nanosleep($0, $0) == -1, errno == EINTR {}
        }
    }

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

    private static func loopback(port: UInt16) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return address
    }
}
