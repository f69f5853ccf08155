import HTTP1
import Testing

@Suite("Response heads")
struct ResponseHeadTests {
    private static func text(
        _ status: Int, _ fields: [(String, String)] = [], length: Int64? = nil,
        keepsAlive: Bool = true, version: HTTPVersion = .http11, date: String = ""
    ) -> String {
        let head = ResponseHead(status: status, fields: Fields(fields))
        let bytes = head.bytes(
            contentLength: length, keepsAlive: keepsAlive, answering: version, date: date)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// What is written, and what must come of it.
    static let rows: [(String, String)] = [
        (text(200, length: 5), "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"),
        (text(200, length: 0), "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"),
        (text(200), "HTTP/1.1 200 OK\r\n\r\n"),
        (
            text(201, [("Location", "/a"), ("Recording-Prefix", "7")], length: 1, date: "now"),
            "HTTP/1.1 201 Created\r\nDate: now\r\nLocation: /a\r\nRecording-Prefix: 7\r\n"
                + "Content-Length: 1\r\n\r\n"
        ),
        // RFC 9112 §9.3, §9.6.
        (
            text(400, length: 0, keepsAlive: false),
            "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
        ),
        (
            text(200, length: 0, version: .http10),
            "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: keep-alive\r\n\r\n"
        ),
        (
            text(200, length: 0, keepsAlive: false, version: .http10),
            "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
        ),
        // RFC 9110 §8.6: no length in 1xx and 204; in 304 it is the length that 200 would have.
        (text(204, length: 0), "HTTP/1.1 204 No Content\r\n\r\n"),
        (text(100, length: 0), "HTTP/1.1 100 Continue\r\n\r\n"),
        (text(304, length: 9), "HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n"),
        // A status without words keeps the space (RFC 9112 §4).
        (text(299, length: 0), "HTTP/1.1 299 \r\nContent-Length: 0\r\n\r\n"),
        // What only the serializer writes is written once.
        (
            text(
                200,
                [
                    ("content-length", "9"), ("CONNECTION", "close"), ("Date", "then"),
                    ("Transfer-Encoding", "chunked"), ("Etag", "\"a\""),
                ], length: 5),
            "HTTP/1.1 200 OK\r\nEtag: \"a\"\r\nContent-Length: 5\r\n\r\n"
        ),
        // No value can add a line (RFC 9110 §5.5).
        (
            text(200, [("X", "a\r\nSet-Cookie: b\0\u{7F}\tc")]),
            "HTTP/1.1 200 OK\r\nX: a  Set-Cookie: b  \tc\r\n\r\n"
        ),
        (text(200, [("X", "é")]), "HTTP/1.1 200 OK\r\nX: é\r\n\r\n"),
    ]

    @Test("are written as they must be read", arguments: rows)
    func written(row: (String, String)) {
        #expect(row.0 == row.1)
    }

    @Test("of 100 are ready to send")
    func continueBytes() {
        #expect(ResponseHead.continueBytes == Array(Self.text(100).utf8))
    }
}
