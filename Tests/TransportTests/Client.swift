import Glibc
import Posix

/// A blocking HTTP client that sends exactly the bytes it is told to.
final class Client {
    struct Response: Equatable {
        var status = 0
        var fields: [String: String] = [:]
        var body: [UInt8] = []

        var text: String { String(decoding: body, as: UTF8.self) }
    }

    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    private let socket: Descriptor
    private var received: [UInt8] = []

    /// Connects to 127.0.0.1. `receiveBufferBytes` narrows the window that the server can fill;
    /// `from` is the last number of the client's own address, 127.0.0.2 say.
    init(port: UInt16, receiveBufferBytes: Int32? = nil, from own: UInt8? = nil) throws {
        let raw = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard raw >= 0 else { throw Failure(description: "socket: errno \(errno)") }
        socket = Descriptor(owning: raw)
        if var bytes = receiveBufferBytes {
            setsockopt(raw, SOL_SOCKET, SO_RCVBUF, &bytes, 4)
        }
        // A net under the tests: what should come and does not is a failure, not a hang.
        var limit = timeval(tv_sec: 30, tv_usec: 0)
        setsockopt(raw, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        var one: Int32 = 1
        setsockopt(raw, Int32(IPPROTO_TCP), TCP_NODELAY, &one, 4)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        if let own {
            var source = address
            source.sin_port = 0
            source.sin_addr.s_addr = (0x7f00_0000 | UInt32(own)).bigEndian
            let isBound = withUnsafePointer(to: &source) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    bind(raw, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
                }
            }
            guard isBound else { throw Failure(description: "bind: errno \(errno)") }
        }
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(raw, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard result == 0 else { throw Failure(description: "connect: errno \(errno)") }
    }

    /// Sends all of it; false if the server is gone.
    @discardableResult
    func send(_ bytes: [UInt8]) -> Bool {
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes {
                Glibc.send(
                    socket.raw, $0.baseAddress! + sent, $0.count - sent, Int32(MSG_NOSIGNAL))
            }
            if count <= 0 { return false }
            sent += count
        }
        return true
    }

    @discardableResult
    func send(_ text: String) -> Bool { send(Array(text.utf8)) }

    /// Says that nothing more will be sent.
    func finish() { _ = shutdown(socket.raw, Int32(SHUT_WR)) }

    /// Reads a response: by Content-Length, or none for HEAD, 1xx, 204 and 304.
    func response(toHEAD: Bool = false) throws -> Response {
        var response = Response()
        let lines = String(decoding: try head(), as: UTF8.self).split(separator: "\r\n")
        let status = lines.first?.split(separator: " ").dropFirst().first ?? ""
        response.status = Int(status) ?? 0
        for line in lines.dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1)
            guard parts.count == 2 else { throw Failure(description: "field \(line)") }
            response.fields[parts[0].lowercased()] = String(parts[1].drop { $0 == " " })
        }
        let bodyless = toHEAD || response.status < 200 || [204, 304].contains(response.status)
        guard !bodyless else { return response }
        guard let length = Int(response.fields["content-length"] ?? "") else {
            throw Failure(description: "no length in \(response)")
        }
        while received.count < length {
            guard fill() else {
                throw Failure(description: "\(received.count) of \(length) bytes came")
            }
        }
        response.body = Array(received.prefix(length))
        received.removeFirst(length)
        return response
    }

    /// Sends a request and reads the response.
    func exchange(_ request: String) throws -> Response {
        send(request)
        return try response(toHEAD: request.hasPrefix("HEAD "))
    }

    /// Everything until the server closes.
    func rest() -> [UInt8] {
        while fill() {}
        defer { received = [] }
        return received
    }

    private func head() throws -> [UInt8] {
        let end = Array("\r\n\r\n".utf8)
        var searched = 0
        while true {
            var index = searched
            while index + 4 <= received.count {
                if received[index] == end[0], Array(received[index..<index + 4]) == end {
                    defer { received.removeFirst(index + 4) }
                    return Array(received[..<(index + 4)])
                }
                index += 1
            }
            searched = max(0, received.count - 3)
            guard fill() else {
                let text = String(decoding: received, as: UTF8.self)
                throw Failure(description: "the connection ended after \"\(text)\"")
            }
        }
    }

    private func fill() -> Bool {
        let piece = [UInt8](unsafeUninitializedCapacity: 65536) { buffer, count in
            count = max(0, recv(socket.raw, buffer.baseAddress, buffer.count, 0))
        }
        received += piece
        return !piece.isEmpty
    }
}
