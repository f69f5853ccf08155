internal import CLinux
internal import Glibc
internal import Posix

/// A listening TCP socket.
enum ListenSocket {
    /// Connections that wait to be accepted; the system may allow fewer.
    private static let backlog: Int32 = 4096

    /// Binds with SO_REUSEPORT, so that each loop has a listener of its own, and listens.
    /// `host` is an address or a name. Errors: EADDRINUSE, EADDRNOTAVAIL, EACCES; EINVAL for a
    /// host that cannot be resolved.
    static func bind(_ host: String, _ port: UInt16) throws(SystemError) -> Descriptor {
        var hints = addrinfo()
        hints.ai_flags = AI_PASSIVE
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, String(port), &hints, &list) == 0, let address = list?.pointee
        else { throw SystemError("getaddrinfo", host, EINVAL) }
        defer { freeaddrinfo(list) }
        let subject = "\(host):\(port)"
        let type = Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
        let socket = Descriptor(
            owning: try systemCall("socket", subject) {
                Glibc.socket(address.ai_family, type, Int32(IPPROTO_TCP))
            })
        try set(socket.raw, SOL_SOCKET, SO_REUSEADDR, subject)
        try set(socket.raw, SOL_SOCKET, SO_REUSEPORT, subject)
        // Accepted sockets inherit it: one system call less for each.
        try set(socket.raw, Int32(IPPROTO_TCP), TCP_NODELAY, subject)
        _ = try systemCall("bind", subject) {
            Glibc.bind(socket.raw, address.ai_addr, address.ai_addrlen)
        }
        _ = try systemCall("listen", subject) { listen(socket.raw, backlog) }
        return socket
    }

    /// The port that a socket is bound to: getsockname(2).
    static func port(of socket: Int32) throws(SystemError) -> UInt16 {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        _ = try systemCall("getsockname", "") {
            withUnsafeMutablePointer(to: &storage) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    getsockname(socket, $0, &length)
                }
            }
        }
        return SocketAddress.port(storage)
    }

    private static func set(
        _ socket: Int32, _ level: Int32, _ option: Int32, _ subject: String
    ) throws(SystemError) {
        var one: Int32 = 1
        _ = try systemCall("setsockopt", subject) {
            setsockopt(socket, level, option, &one, socklen_t(MemoryLayout<Int32>.size))
        }
    }
}

/// Addresses as text.
enum SocketAddress {
    static func port(_ storage: sockaddr_storage) -> UInt16 {
        withUnsafeBytes(of: storage) { bytes in
            // sin_port and sin6_port lie at the same place, in network order.
            UInt16(bytes[2]) << 8 | UInt16(bytes[3])
        }
    }

    /// `127.0.0.1:4711` or `[::1]:4711`: the other end of a connected socket; "unknown" if it is
    /// gone.
    static func peer(of socket: Int32) -> String {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        var host = [CChar](repeating: 0, count: Int(NI_MAXHOST))
        let isKnown = withUnsafeMutablePointer(to: &storage) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                getpeername(socket, $0, &length) == 0
                    && getnameinfo(
                        $0, length, &host, socklen_t(host.count), nil, 0, NI_NUMERICHOST) == 0
            }
        }
        guard isKnown else { return "unknown" }
        let name = String(decoding: host.prefix { $0 != 0 }.map(UInt8.init), as: UTF8.self)
        let isSix = Int32(storage.ss_family) == AF_INET6
        return (isSix ? "[\(name)]" : name) + ":\(port(storage))"
    }
}
