import HTTP1
import Testing

/// One request and what must become of it.
struct Row: Sendable, CustomTestStringConvertible {
    /// Of RFC 9112, unless it names another.
    var section: String
    var bytes: [UInt8]
    /// "METHOD target authority version body connection", or a status, or "more".
    var meaning: String

    /// A request as it stands.
    init(_ section: String, raw: String, _ meaning: String) {
        self.init(section, bytes: Array(raw.utf8), meaning)
    }

    init(_ section: String, bytes: [UInt8], _ meaning: String) {
        self.section = section
        self.bytes = bytes
        self.meaning = meaning
    }

    /// A request line, behind it a good host.
    init(_ section: String, line: String, _ meaning: String) {
        self.init(section, raw: line + "\r\nHost: a\r\n\r\n", meaning)
    }

    /// A good request line and host, and these lines.
    init(_ section: String, fields: String, _ meaning: String) {
        self.init(section, raw: "GET / HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n\r\n", meaning)
    }

    /// A good request line without a host, and these lines.
    init(_ section: String, host: String, _ meaning: String) {
        self.init(section, raw: "GET / HTTP/1.1\r\n" + host + "\r\n\r\n", meaning)
    }

    /// A request with this authority in its target.
    init(_ section: String, authority: String, _ meaning: String) {
        self.init(section, line: "GET http://\(authority)/ HTTP/1.1", meaning)
    }

    var testDescription: String {
        let shown = bytes.map { byte in
            switch byte {
            case 0x0D: "\\r"
            case 0x0A: "\\n"
            case 0x20...0x7E: String(UnicodeScalar(byte))
            default: "\\x\(byte)"
            }
        }
        return "\(section): \(shown.joined())"
    }

    /// The meaning of what a parser says.
    static func meaning(of bytes: [UInt8], limits: HTTPLimits = HTTPLimits()) -> String {
        var parser = HeadParser(limits: limits)
        do throws(HTTPError) {
            guard let (head, consumed) = try parser.parse(bytes.span) else { return "more" }
            let rest = bytes.count - consumed
            return meaning(of: head) + (rest == 0 ? "" : " +\(rest)")
        } catch {
            return String(error.status)
        }
    }

    static func meaning(of head: RequestHead) -> String {
        let body =
            switch head.framing {
            case .none: "none"
            case .length(let count): String(count)
            case .chunked: "chunked"
            }
        return [
            head.method, head.path + (head.query.map { "?" + $0 } ?? ""),
            head.authority.isEmpty ? "-" : head.authority,
            head.version == .http10 ? "1.0" : "1.1", body, head.keepsAlive ? "keep" : "close",
            head.expectsContinue ? "continue" : nil,
        ].compactMap { $0 }.joined(separator: " ")
    }
}

/// What `GET /` with `Host: a` means.
let fine = "GET / a 1.1 none keep"
