internal import Foundation
internal import Glibc
package import Posix

/// A TCP connection to a server on this machine that sends exactly what it is given.
///
/// Every call blocks, at most `timeoutSeconds` at a time.
package final class RawConnection {
    private let socket: Descriptor
    private var received: [UInt8] = []

    /// Why no answer came.
    package enum Failure: Error, Equatable {
        /// The server closed the connection before the first byte of an answer.
        case closed
        /// The server closed the connection amid an answer.
        case cutShort
        case malformed(String)
        case system(SystemError)

        /// The server threw the connection away.
        package var isReset: Bool {
            if case .system(let error) = self {
                error.number == ECONNRESET || error.number == EPIPE
            } else {
                false
            }
        }
    }

    package init(port: UInt16, timeoutSeconds: Int = 60) throws(Failure) {
        do throws(SystemError) {
            let raw = try systemCall("socket", "TCP") {
                Glibc.socket(
                    AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
            }
            socket = Descriptor(owning: raw)
            var limit = timeval(tv_sec: timeoutSeconds, tv_usec: 0)
            for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
                setsockopt(
                    raw, SOL_SOCKET, option, &limit, socklen_t(MemoryLayout<timeval>.size))
            }
            var noDelay: Int32 = 1
            setsockopt(raw, Int32(IPPROTO_TCP), TCP_NODELAY, &noDelay, 4)
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_port = port.bigEndian
            address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
            _ = try systemCall("connect", "127.0.0.1:\(port)") {
                withUnsafePointer(to: &address) {
                    $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                        connect(raw, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
                    }
                }
            }
        } catch { throw .system(error) }
    }

    /// Sends all of `bytes`.
    package func send(_ bytes: [UInt8]) throws(Failure) {
        var sent = 0
        do throws(SystemError) {
            while sent < bytes.count {
                sent += try systemCall("send", "socket") {
                    bytes[sent...].withUnsafeBytes {
                        Glibc.send(
                            socket.raw, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
                    }
                }
            }
        } catch { throw .system(error) }
    }

    package func send(_ text: String) throws(Failure) { try send([UInt8](text.utf8)) }

    /// No more bytes will come from this side; answers can still be read.
    package func endSending() { shutdown(socket.raw, Int32(SHUT_WR)) }

    /// Reads one whole answer; interim answers (1xx) are passed over.
    ///
    /// - Parameter isHead: the answer to HEAD: a length is stated, no body comes.
    package func readAnswer(toHead isHead: Bool = false) throws(Failure) -> Answer {
        while true {
            let (status, fields) = try readHead()
            if (100..<200).contains(status) { continue }
            let empty = Answer(status: status, fields: fields, body: [])
            if isHead || status == 204 || status == 304 { return empty }
            return Answer(status: status, fields: fields, body: try readBody(empty))
        }
    }

    /// Reads the next head alone, an interim answer's too.
    package func readHead() throws(Failure) -> (status: Int, fields: [Answer.Field]) {
        var end = Self.endOfHead(received)
        while end == nil {
            guard try receive() > 0 else { throw received.isEmpty ? .closed : .cutShort }
            end = Self.endOfHead(received)
        }
        let lines = String(decoding: received[..<(end ?? 0)], as: UTF8.self)
            .components(separatedBy: "\r\n")
        received.removeFirst((end ?? 0) + 4)
        let words = lines[0].split(separator: " ", maxSplits: 2)
        guard words.count >= 2, words[0] == "HTTP/1.1", let status = Int(words[1]) else {
            throw .malformed(lines[0])
        }
        var fields: [Answer.Field] = []
        for line in lines.dropFirst() {
            guard let colon = line.firstIndex(of: ":") else { throw .malformed(line) }
            let value = line[line.index(after: colon)...].drop { $0 == " " }
            fields.append(.init(name: String(line[..<colon]), value: String(value)))
        }
        return (status, fields)
    }

    /// Everything that still comes until the server closes, or the connection breaks. Blocks.
    package func readToEnd() -> [UInt8] {
        // An error is an end as well: what came before it is what is asked for.
        while let count = try? receive(), count > 0 {}
        defer { received = [] }
        return received
    }

    /// Blocks until the server closes. True: it did, and sent nothing more.
    package func isClosedByServer() -> Bool {
        // An error, a reset say, is an end as well; only a time-out is none.
        do throws(Failure) { return try receive() == 0 } catch { return error != Self.timeout }
    }

    private static let timeout = Failure.system(SystemError("recv", "socket", EAGAIN))

    private func readBody(_ head: Answer) throws(Failure) -> [UInt8] {
        guard let text = head["Content-Length"] else {
            while try receive() > 0 {}
            defer { received = [] }
            return received
        }
        guard let length = Int(text), length >= 0 else { throw .malformed("length \(text)") }
        while received.count < length {
            guard try receive() > 0 else { throw .cutShort }
        }
        let body = [UInt8](received[..<length])
        received.removeFirst(length)
        return body
    }

    /// Appends what has come; 0 at the end of the connection.
    private func receive() throws(Failure) -> Int {
        var piece = [UInt8](repeating: 0, count: 64 << 10)
        do throws(SystemError) {
            let count = try systemCall("recv", "socket") {
                piece.withUnsafeMutableBytes { recv(socket.raw, $0.baseAddress, $0.count, 0) }
            }
            received += piece[..<count]
            return count
        } catch { throw .system(error) }
    }

    private static func endOfHead(_ bytes: [UInt8]) -> Int? {
        guard bytes.count >= 4 else { return nil }
        return (0...bytes.count - 4).first {
            bytes[$0] == 13 && bytes[$0 + 1] == 10 && bytes[$0 + 2] == 13 && bytes[$0 + 3] == 10
        }
    }
}
