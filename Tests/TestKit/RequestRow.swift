import Testing

/// One request and what must become of it.
package struct RequestRow: Sendable, CustomTestStringConvertible {
    /// Of RFC 9112, unless it names another.
    package var section: String
    package var bytes: [UInt8]
    /// "METHOD target authority version body connection", or a status, or "more".
    package var meaning: String

    /// A request as it stands.
    package init(_ section: String, raw: String, _ meaning: String) {
        self.init(section, bytes: Array(raw.utf8), meaning)
    }

    package init(_ section: String, bytes: [UInt8], _ meaning: String) {
        self.section = section
        self.bytes = bytes
        self.meaning = meaning
    }

    /// A request line, behind it a good host.
    package init(_ section: String, line: String, _ meaning: String) {
        self.init(section, raw: line + "\r\nHost: a\r\n\r\n", meaning)
    }

    /// A good request line and host, and these lines.
    package init(_ section: String, fields: String, _ meaning: String) {
        self.init(section, raw: "GET / HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n\r\n", meaning)
    }

    /// A good request line without a host, and these lines.
    package init(_ section: String, host: String, _ meaning: String) {
        self.init(section, raw: "GET / HTTP/1.1\r\n" + host + "\r\n\r\n", meaning)
    }

    /// A request with this authority in its target.
    package init(_ section: String, authority: String, _ meaning: String) {
        self.init(section, line: "GET http://\(authority)/ HTTP/1.1", meaning)
    }

    package var testDescription: String {
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
}

/// What `GET /` with `Host: a` means.
package let fine = "GET / a 1.1 none keep"
