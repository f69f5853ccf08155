/// What a whole head's fields say about its body and its connection.
///
/// Whatever two readers might read differently is refused (RFC 9112 §11.2).
enum Framing {
    /// RFC 9112 §6.3, of a request.
    ///
    /// - Parameter offset: where the head ends, for the refusal.
    static func body(
        _ fields: Fields, _ version: HTTPVersion, offset: Int
    ) throws(HTTPError) -> BodyFraming {
        let codings = fields.places("transfer-encoding")
        let lengths = fields.places("content-length")
        if codings.count == 0 {
            guard let length = lengths.first else { return .none }
            // Equal ones might be taken for one (RFC 9110 §8.6); they are refused as well.
            guard lengths.count == 1 else {
                throw .malformed("Content-Length comes more than once", offset: offset)
            }
            return .length(try contentLength(fields.bytes(of: length), offset: offset))
        }
        guard lengths.count == 0 else {
            throw .malformed("both Transfer-Encoding and Content-Length", offset: offset)
        }
        guard version == .http11 else {
            throw .malformed("Transfer-Encoding in HTTP/1.0", offset: offset)
        }
        try checkCodings(fields.values("transfer-encoding"), offset: offset)
        return .chunked
    }

    /// Digits only (RFC 9110 §8.6).
    private static func contentLength(
        _ digits: ArraySlice<UInt8>, offset: Int
    ) throws(HTTPError) -> Int64 {
        guard let value = Int64.saturating(digits) else {
            throw .malformed("Content-Length is not a number", offset: offset)
        }
        guard value <= HTTPLimits.lengthMax else { throw .contentTooLarge }
        return value
    }

    /// Chunked must come last and once, without parameters (RFC 9112 §6.1, §7); a coding before
    /// it is well formed, but not known here.
    private static func checkCodings(_ lines: [String], offset: Int) throws(HTTPError) {
        let unclear = HTTPError.malformed(
            "Transfer-Encoding does not end in chunked, once", offset: offset)
        var codings: [[UInt8]] = []
        for line in lines {
            let elements = Array(line.utf8).split(
                separator: Characters.comma, omittingEmptySubsequences: false)
            codings += elements.map { $0.withoutBlanks.map { Characters.lowercased($0) } }
        }
        let chunked = Array("chunked".utf8)
        guard codings.last == chunked else { throw unclear }
        for coding in codings.dropLast() {
            let name = coding.prefix { Characters.token.contains($0) }
            guard !name.isEmpty, Array(name) != chunked else { throw unclear }
        }
        guard codings.count == 1 else { throw .unsupportedCoding }
    }

    /// Whether the client waits for 100 (RFC 9110 §10.1.1). HTTP/1.0 has no expectations.
    static func expectsContinue(
        _ fields: Fields, _ version: HTTPVersion, _ body: BodyFraming
    ) throws(HTTPError) -> Bool {
        guard version == .http11, let expectation = fields.list("expect") else { return false }
        guard expectation.utf8.map({ Characters.lowercased($0) }) == Array("100-continue".utf8)
        else { throw .unsupportedExpectation }
        return body != .none && body != .length(0)
    }

    /// RFC 9112 §9.3.
    static func keepsAlive(_ fields: Fields, _ version: HTTPVersion) -> Bool {
        if fields.contains(token: "close", in: "connection") { return false }
        return version == .http11 || fields.contains(token: "keep-alive", in: "connection")
    }
}
