/// A raw request to a server that holds one finished recording of ten bytes, and its answer.
///
/// In `request` and `lines`, ID stands for the recording, ETAG for its media's entity tag, and
/// M for its media's path.
struct ServiceRow: Sendable {
    /// Of RFC 9110, unless it names another.
    let section: String
    let request: String
    let status: Int
    /// Lines that the answer's head must have.
    let lines: [String]
    /// Nil: whatever it is.
    let body: String?
    /// Another request on the connection is answered.
    let lives: Bool

    init(
        _ section: String, _ line: String, _ fields: [String], _ content: String,
        _ status: Int, _ lines: [String] = [], body: String? = nil, lives: Bool = true
    ) {
        self.section = section
        request =
            ([line + " HTTP/1.1", "Host: a"] + fields).joined(separator: "\r\n")
            + "\r\n\r\n" + content
        self.status = status
        self.lines = lines
        self.body = body
        self.lives = lives
    }

    /// Without content.
    init(
        _ section: String, _ line: String, _ fields: [String], _ status: Int,
        _ lines: [String] = [], body: String? = nil, lives: Bool = true
    ) {
        self.init(section, line, fields, "", status, lines, body: body, lives: lives)
    }

    /// Without further fields.
    init(
        _ section: String, _ line: String, _ status: Int, _ lines: [String] = [],
        body: String? = nil, lives: Bool = true
    ) {
        self.init(section, line, [], "", status, lines, body: body, lives: lives)
    }
}

enum ServiceRows {
    static let ranges: [ServiceRow] = [
        ServiceRow(
            "14.3", "GET M", 200, ["Accept-Ranges: bytes", "Content-Length: 10"],
            body: "0123456789"),
        ServiceRow("9.3.2", "HEAD M", 200, ["Content-Length: 10"], body: ""),
        ServiceRow(
            "14.1.2", "GET M", ["Range: bytes=0-3"], 206, ["Content-Range: bytes 0-3/10"],
            body: "0123"),
        ServiceRow(
            "14.1.2", "GET M", ["Range: Bytes= 0-0 "], 206, ["Content-Range: bytes 0-0/10"],
            body: "0"),
        ServiceRow(
            "14.1.2", "GET M", ["Range: bytes=5-"], 206, ["Content-Range: bytes 5-9/10"],
            body: "56789"),
        ServiceRow(
            "14.1.2", "GET M", ["Range: bytes=-3"], 206, ["Content-Range: bytes 7-9/10"],
            body: "789"),
        ServiceRow(
            "14.1.2", "GET M", ["Range: bytes=-99"], 206, ["Content-Range: bytes 0-9/10"],
            body: "0123456789"),
        ServiceRow(
            "14.1.2", "GET M", ["Range: bytes=8-99"], 206, ["Content-Range: bytes 8-9/10"],
            body: "89"),
        ServiceRow(
            "14.1.2", "GET M", ["Range: bytes=8-99999999999999999999"], 206,
            ["Content-Range: bytes 8-9/10"], body: "89"),
        ServiceRow(
            "15.5.17", "GET M", ["Range: bytes=10-"], 416, ["Content-Range: bytes */10"]),
        ServiceRow("15.5.17", "GET M", ["Range: bytes=-0"], 416, ["Content-Range: bytes */10"]),
        // Several ranges are answered with the whole: allowed, and no amplification.
        ServiceRow("14.2", "GET M", ["Range: bytes=0-1,3-4"], 200, body: "0123456789"),
        ServiceRow("14.2", "GET M", ["Range: bytes=0-,0-,0-"], 200, body: "0123456789"),
        ServiceRow("14.2", "GET M", ["Range: bytes=3-1"], 200, body: "0123456789"),
        ServiceRow("14.2", "GET M", ["Range: items=0-3"], 200, body: "0123456789"),
        ServiceRow("14.2", "GET M", ["Range: bytes=a-b"], 200, body: "0123456789"),
        ServiceRow("14.2", "GET M", ["Range: bytes=0-1", "Range: bytes=2-3"], 200),
        ServiceRow("14.2", "HEAD M", ["Range: bytes=0-3"], 200, ["Content-Length: 10"], body: ""),
        ServiceRow("13.1.5", "GET M", ["Range: bytes=0-3", "If-Range: ETAG"], 206, body: "0123"),
        ServiceRow("13.1.5", "GET M", ["Range: bytes=0-3", "If-Range: \"x\""], 200),
        ServiceRow("13.1.5", "GET M", ["Range: bytes=0-3", "If-Range: W/ETAG"], 200),
    ]

    private static let past = "Sun, 06 Nov 1994 08:49:37 GMT"
    private static let future = "Fri, 31 Dec 2100 23:59:59 GMT"

    static let conditions: [ServiceRow] = [
        ServiceRow("15.4.5", "GET M", ["If-None-Match: ETAG"], 304, ["ETag: ETAG"], body: ""),
        ServiceRow("15.4.5", "HEAD M", ["If-None-Match: ETAG"], 304, ["ETag: ETAG"], body: ""),
        ServiceRow("13.1.2", "GET M", ["If-None-Match: W/ETAG"], 304, body: ""),
        ServiceRow("13.1.2", "GET M", ["If-None-Match: \"x\", ETAG"], 304, body: ""),
        ServiceRow("13.1.2", "GET M", ["If-None-Match: *"], 304, body: ""),
        ServiceRow("13.1.2", "GET M", ["If-None-Match: \"x\""], 200, body: "0123456789"),
        ServiceRow("13.1.3", "GET M", ["If-Modified-Since: \(future)"], 304, body: ""),
        ServiceRow("13.1.3", "GET M", ["If-Modified-Since: \(past)"], 200),
        ServiceRow("13.1.3", "GET M", ["If-Modified-Since: yesterday"], 200),
        ServiceRow(
            "13.1.3", "GET M", ["If-None-Match: \"x\"", "If-Modified-Since: \(future)"], 200),
        ServiceRow("13.1.1", "GET M", ["If-Match: ETAG"], 200),
        ServiceRow("13.1.1", "GET M", ["If-Match: *"], 200),
        ServiceRow("13.1.1", "GET M", ["If-Match: W/ETAG"], 412, ["ETag: ETAG"]),
        ServiceRow("13.1.1", "GET M", ["If-Match: \"x\""], 412, ["ETag: ETAG"]),
        ServiceRow("13.1.4", "GET M", ["If-Unmodified-Since: \(past)"], 412),
        ServiceRow("13.1.4", "GET M", ["If-Unmodified-Since: \(future)"], 200),
        ServiceRow("13.2.2", "GET M", ["If-Match: \"x\"", "Range: bytes=0-3"], 412),
        ServiceRow("13.2.2", "GET M", ["If-None-Match: ETAG", "Range: bytes=0-3"], 304),
    ]

    private static let five = ["Content-Length: 5"]

    static let methods: [ServiceRow] = [
        ServiceRow("15.5.6", "POST M", five, "hello", 405, ["Allow: GET, HEAD"]),
        ServiceRow("15.5.6", "PUT /healthz", five, "hello", 405, ["Allow: GET, HEAD"]),
        ServiceRow("15.5.6", "PATCH /recordings/ID", 405, ["Allow: GET, HEAD, PUT, DELETE"]),
        ServiceRow("15.5.6", "TRACE /healthz", 405, ["Allow: GET, HEAD"]),
        ServiceRow("9.1", "get /healthz", 501, ["Allow: GET, HEAD"]),
        ServiceRow("15.6.2", "BREW /healthz", 501),
        ServiceRow("15.6.2", "BREW /healthz", five, "hello", 501),
        ServiceRow("9.3.7", "OPTIONS M", 204, ["Allow: GET, HEAD"], body: ""),
        ServiceRow(
            "9.3.7", "OPTIONS *", 204, ["Allow: GET, HEAD, PUT, POST, DELETE, OPTIONS"], body: ""),
        ServiceRow("9.3.6", "CONNECT a:443", 501, ["Connection: close"], lives: false),
        ServiceRow("9.3.2", "HEAD /healthz", 200, body: ""),
        ServiceRow("9.3.2", "HEAD /nothing", 404, body: ""),
    ]

    static let targets: [ServiceRow] = [
        ServiceRow("15.5.5", "GET /nothing", 404),
        ServiceRow("15.5.5", "PUT /nothing", five, "hello", 404),
        ServiceRow("9112 3.2.2", "GET http://b/healthz", 200),
        ServiceRow("7.4", "GET https://b/healthz", 421, ["Connection: close"], lives: false),
        ServiceRow("9112 3.2.1", "GET //healthz", 404),
        ServiceRow("9112 3.2.1", "GET /healthz/", 404),
        ServiceRow("3986 6.2.2", "GET /%68ealthz", 200),
        ServiceRow("3986 6.2.2", "GET /recordings/../healthz", 404),
        ServiceRow("3986 6.2.2", "GET /recordings/%2e%2e/healthz", 404),
        ServiceRow("3986 6.2.2", "GET /recordings/ID%2Fstatus", 404),
        ServiceRow("3986 6.2.2", "GET /recordings/ID/status%00", 404),
        ServiceRow("9112 3.2", "GET /recordings/ID/status#x", 400, lives: false),
        ServiceRow(
            "15.5.12", "PUT /recordings/ID/chunks/10", ["Chunk-Sequence: 1", digest], 411),
        ServiceRow(
            "15.5.14", "PUT /recordings/ID/chunks/10",
            ["Chunk-Sequence: 1", digest, "Content-Length: 5000000"], 413, ["Connection: close"],
            lives: false),
        ServiceRow(
            "10.1.1", "PUT /recordings/ID/chunks/10",
            ["Chunk-Sequence: 1", digest, "Content-Length: 5", "Expect: x"], 417,
            ["Connection: close"], lives: false),
    ]

    /// The head alone says it, and nothing of the body is waited for.
    static let unread: [ServiceRow] = [
        ServiceRow(
            "15.5.5", "PUT /recordings/01890a5d-ac96-774b-bcce-b302099a8057/chunks/0",
            ["Chunk-Sequence: 0", digest, "Content-Length: 4194304"], 404, ["Connection: close"],
            lives: false),
        ServiceRow(
            "15.5.5", "PUT /recordings/01890a5d-ac96-774b-bcce-b302099a8057/chunks/0",
            ["Chunk-Sequence: 0", digest, "Transfer-Encoding: chunked"], 404,
            ["Connection: close"], lives: false),
        ServiceRow(
            "10.1.1", "PUT /recordings/01890a5d-ac96-774b-bcce-b302099a8057/chunks/0",
            ["Chunk-Sequence: 0", digest, "Content-Length: 5", "Expect: 100-continue"], 404,
            ["Connection: close"], lives: false),
        ServiceRow(
            "PROTOCOL", "PUT /recordings/ID/chunks/900000000",
            ["Chunk-Sequence: 9", digest, "Content-Length: 4194304"], 409, ["Connection: close"],
            lives: false),
        ServiceRow(
            "PROTOCOL", "PUT /recordings/ID/chunks/99999999999999",
            ["Chunk-Sequence: 9", digest, "Content-Length: 4194304"], 413, ["Connection: close"],
            lives: false),
    ]

    private static let digest = "Content-Digest: crc32c=:AAAAAA==:"

    static let all = ranges + conditions + methods + targets + unread
}
