/// A response's head, to be written to the wire.
package struct ResponseHead: Sendable {
    /// 100–599.
    package var status: Int
    /// All but `Date`, `Content-Length`, `Connection` and `Transfer-Encoding`: those are written
    /// from what `bytes` is told, and left out if they are here.
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
    ///   - date: the value of `Date` (`HTTPDate.text`); empty leaves it out.
    package func bytes(
        contentLength: Int64?, keepsAlive: Bool, answering version: HTTPVersion = .http11,
        date: String
    ) -> [UInt8] {
        []
    }
}
