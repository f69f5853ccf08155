extension RequestLine {
    /// The head, its parts judged together.
    ///
    /// - Parameters:
    ///   - bytes: the head's, which the ranges of `self` and `lines` point into.
    ///   - endOffset: where the head ends.
    func head(
        _ bytes: [UInt8], _ lines: [Fields.Line], endOffset: Int
    ) throws(HTTPError) -> RequestHead {
        let fields = Fields(bytes: bytes, lines: lines)
        let host = try host(fields, bytes, endOffset: endOffset)
        let framing = try Framing.body(fields, version, offset: endOffset)
        let path =
            switch target.path {
            case .written(let range): text(bytes, range)
            case .root: "/"
            case .asterisk: "*"
            }
        return RequestHead(
            method: text(bytes, method), path: path, query: target.query.map { text(bytes, $0) },
            authority: target.authority.map { text(bytes, $0) } ?? host,
            namesHTTPS: target.namesHTTPS, version: version, fields: fields, framing: framing,
            expectsContinue: try Framing.expectsContinue(fields, version, framing),
            keepsAlive: Framing.keepsAlive(fields, version))
    }

    /// The one `Host`, checked; empty if the client has no name for the server (RFC 9112 §3.2).
    private func host(
        _ fields: Fields, _ bytes: [UInt8], endOffset: Int
    ) throws(HTTPError) -> String {
        let lines = fields.places("host")
        guard lines.count <= 1 else {
            throw .malformed("Host comes more than once", offset: endOffset)
        }
        guard let range = lines.first else {
            guard version == .http10 else {
                throw .malformed("HTTP/1.1 needs a Host", offset: endOffset)
            }
            return ""
        }
        if !range.isEmpty { try Authority.check(bytes.span, range) }
        return text(bytes, range)
    }

    private func text(_ bytes: [UInt8], _ range: Range<Int>) -> String {
        String(decoding: bytes[range], as: UTF8.self)
    }
}
