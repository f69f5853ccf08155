/// A response's head, to be written to the wire (RFC 9112 §4).
package struct ResponseHead: Sendable {
    /// 100–599.
    package var status: Int
    /// All but `Date`, `Content-Length`, `Connection` and `Transfer-Encoding`: those are written
    /// from what `bytes` is told, and left out if they are here. Names must be tokens. Control
    /// characters in values become spaces (RFC 9110 §5.5), so that no value can add a line.
    package var fields: Fields

    /// `HTTP/1.1 100 Continue`, whole.
    package static let continueBytes = Array("HTTP/1.1 100 Continue\r\n\r\n".utf8)

    /// A head with these fields.
    package init(status: Int, fields: Fields = Fields()) {
        self.status = status
        self.fields = fields
    }

    /// The head as it goes to the wire, empty line included.
    ///
    /// - Parameters:
    ///   - contentLength: written unless nil, or the status is 1xx or 204 (RFC 9110 §8.6). For an
    ///     answer to HEAD: the length that GET would have.
    ///   - keepsAlive: false writes `Connection: close`; true writes `keep-alive` to a 1.0 client.
    ///   - version: of the request.
    ///   - date: the value of `Date`, from `HTTPDate.text`; empty leaves it out.
    package func bytes(
        contentLength: Int64?, keepsAlive: Bool, answering version: HTTPVersion = .http11,
        date: String
    ) -> [UInt8] {
        precondition((100...599).contains(status), "a status is between 100 and 599")
        var bytes: [UInt8] = []
        bytes.reserveCapacity(512)
        append("HTTP/1.1 ", String(status), " ", StatusPhrase.of(status), to: &bytes)
        if !date.isEmpty { append("Date: ", date, to: &bytes) }
        fields.forEachLine { name, value in
            guard !isWrittenHere(name) else { return }
            precondition(
                !name.isEmpty && name.allSatisfy { Characters.token.contains($0) },
                "a field's name is a token")
            bytes += name
            bytes.append(Characters.colon)
            bytes.append(Characters.space)
            for byte in value {
                bytes.append(Characters.isFieldContent(byte) ? byte : Characters.space)
            }
            bytes.append(Characters.carriageReturn)
            bytes.append(Characters.lineFeed)
        }
        if let contentLength, status >= 200, status != 204 {
            append("Content-Length: ", String(contentLength), to: &bytes)
        }
        if !keepsAlive {
            append("Connection: ", "close", to: &bytes)
        } else if version == .http10 {
            append("Connection: ", "keep-alive", to: &bytes)
        }
        bytes.append(Characters.carriageReturn)
        bytes.append(Characters.lineFeed)
        return bytes
    }

    /// A line of which all parts are known to be clean.
    private func append(_ parts: String..., to bytes: inout [UInt8]) {
        for part in parts { bytes.append(contentsOf: part.utf8) }
        bytes.append(Characters.carriageReturn)
        bytes.append(Characters.lineFeed)
    }

    private func isWrittenHere(_ name: ArraySlice<UInt8>) -> Bool {
        switch name.count {
        case 4, 10, 14, 17:
            ["date", "connection", "content-length", "transfer-encoding"]
                .contains(String(decoding: name, as: UTF8.self).lowercased())
        default: false
        }
    }
}
