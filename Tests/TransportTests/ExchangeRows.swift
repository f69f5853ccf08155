/// What a connection makes of requests with their bodies: RFC 9112 §6 to §9, RFC 9110 §9 to §15.
enum ExchangeRows {
    private static func put(_ fields: String, _ body: String = "", path: String = "/echo") -> String
    {
        "PUT \(path) HTTP/1.1\r\nHost: a\r\n\(fields)\r\n\r\n\(body)"
    }

    private static let get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"
    private static let head = "HEAD / HTTP/1.1\r\nHost: a\r\n\r\n"
    private static let five = "Content-Length: 5"
    private static let chunked = "Transfer-Encoding: chunked"

    static let lengths: [ExchangeRow] = [
        ExchangeRow("6.3", put(five, "hello"), [.echo("hello")], .lives),
        ExchangeRow("6.3", put(five, "hello" + get), [.echo("hello"), .pong], .lives),
        ExchangeRow("6.3", put(five, "GET /"), [.echo("GET /")], .lives),
        ExchangeRow("6.3", put(five, "\r\n\r\n\r"), [.echo("\r\n\r\n\r")], .lives),
        ExchangeRow("6.3", put(five, "hello\r\n"), [.echo("hello")], .lives),
        ExchangeRow("6.3", put(five, "hell"), [], .waits),
        ExchangeRow("6.3", put(five), [], .waits),
        ExchangeRow("6.3", put("Content-Length: 0"), [.echo("")], .lives),
        ExchangeRow("6.3", put("Content-Length: 0", get), [.echo(""), .pong], .lives),
        ExchangeRow("6.3", put("X: y"), [.echo("")], .lives),
        ExchangeRow("6.3", put("X: y", get), [.echo(""), .pong], .lives),
        ExchangeRow(
            "6.3", put("X: y", "hello"), [.echo("")], .waits),
        ExchangeRow("6.3", put("Content-Length: 000005", "hello"), [.echo("hello")], .lives),
        ExchangeRow("9110 8.6", put("Content-Length: 1048577"), [.status(413)], .closes),
        ExchangeRow(
            "9110 9.3.1", "GET / HTTP/1.1\r\nHost: a\r\n\(five)\r\n\r\nhello", [.pong], .lives),
        ExchangeRow(
            "9110 9.3.1", "GET / HTTP/1.1\r\nHost: a\r\n\(five)\r\n\r\nhello" + get,
            [.pong, .pong], .lives),
        ExchangeRow(
            "9110 9.3.2", "HEAD / HTTP/1.1\r\nHost: a\r\n\(five)\r\n\r\nhello" + get,
            [.pongHead, .pong], .lives),
        ExchangeRow(
            "9110 9.3.5", "DELETE / HTTP/1.1\r\nHost: a\r\n\(five)\r\n\r\nhello" + get,
            [.pong, .pong], .lives),
        ExchangeRow("6.3", put(five, "hello", path: "/refuse"), [.no], .lives),
        ExchangeRow("6.3", put(five, "hello" + get, path: "/refuse"), [.no, .pong], .lives),
        ExchangeRow("6.3", put(five, "GET /" + get, path: "/refuse"), [.no, .pong], .lives),
        ExchangeRow("6.3", put("Content-Length: 65537", "he", path: "/refuse"), [.no], .closes),
        ExchangeRow(
            "6.3", "POST /echo HTTP/1.0\r\n\(five)\r\n\r\nhello", [.echo("hello")], .closes),
        ExchangeRow("6.3", "POST /echo HTTP/1.0\r\n\r\nhello", [.echo("")], .closes),
    ]

    private static func coded(_ body: String, path: String = "/echo") -> String {
        put(chunked, body, path: path)
    }

    static let chunks: [ExchangeRow] = [
        ExchangeRow("7.1", coded("5\r\nhello\r\n0\r\n\r\n"), [.echo("hello")], .lives),
        ExchangeRow(
            "7.1", coded("5\r\nhello\r\n0\r\n\r\n" + get), [.echo("hello"), .pong], .lives),
        ExchangeRow(
            "7.1", coded("2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n" + coded("0\r\n\r\n")),
            [.echo("hello"), .echo("")], .lives),
        ExchangeRow(
            "7.1", coded("1B\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n\r\n0\r\n\r\n"),
            [.echo("GET / HTTP/1.1\r\nHost: a\r\n\r\n")], .lives),
        ExchangeRow("7.1", coded("5\r\nhello\r\n0\r\n\r\n\r\n"), [.echo("hello")], .lives),
        ExchangeRow("7.1", coded("5\r\nhello\r\n0\r\n"), [], .waits),
        ExchangeRow("7.1", coded("5\r\nhello\r\n"), [], .waits),
        ExchangeRow("7.1", coded("5\r\nhel"), [], .waits),
        ExchangeRow("7.1", coded("5\r\nhelloX\r\n0\r\n\r\n"), [.status(400)], .closes),
        ExchangeRow("7.1", coded("5\nhello\n0\n\n"), [.status(400)], .closes),
        ExchangeRow("7.1", coded("x"), [.status(400)], .closes),
        ExchangeRow("7.1", coded("\r\n5\r\nhello\r\n0\r\n\r\n"), [.status(400)], .closes),
        ExchangeRow(
            "7.1", coded("5\r\nhello\r\n0\r\n\r\nX y\r\n"),
            [
                .echo("hello"),
                .refused(400, "a request line needs a target and a version (byte 3)"),
            ],
            .closes),
        ExchangeRow("7.1", coded("0\r\n" + get), [.status(400)], .closes),
        ExchangeRow("7.1.1", coded("5;a=\"\r\n"), [.status(400)], .closes),
        ExchangeRow("7.1.1", coded("5;a=b;c\r\nhello\r\n0;d\r\n\r\n"), [.echo("hello")], .lives),
        ExchangeRow(
            "7.1.2", coded("5\r\nhello\r\n0\r\nA: b\r\n\r\n" + get), [.echo("hello"), .pong],
            .lives),
        ExchangeRow(
            "9110 6.5.1", coded("5\r\nhello\r\n0\r\nContent-Length: 9\r\n\r\n"), [.status(400)],
            .closes),
        ExchangeRow(
            "9110 6.5.1", coded("5\r\nhello\r\n0\r\nHost: b\r\n\r\n"), [.status(400)], .closes),
        ExchangeRow("7.1", coded("100001\r\nx"), [], .waits),
        ExchangeRow("7.1", coded("1000000000000000\r\nx"), [.status(413)], .closes),
        ExchangeRow("7.1", coded("5\r\nhello\r\n0\r\n\r\n", path: "/refuse"), [.no], .closes),
        ExchangeRow(
            "6.3", "GET / HTTP/1.1\r\nHost: a\r\n\(chunked)\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
            [.pong], .closes),
        ExchangeRow(
            "6.1", put("Transfer-Encoding: gzip, chunked", "5\r\nhello\r\n0\r\n\r\n" + get),
            [.refused(501, "the only transfer coding known is chunked")], .closes),
        ExchangeRow(
            "6.1", put("Transfer-Encoding: chunked\r\n\(five)", "0\r\n\r\n" + get),
            [.refused(400, "both Transfer-Encoding and Content-Length (byte 78)")], .closes),
        ExchangeRow(
            "6.1", put("\(five)\r\nTransfer-Encoding: chunked", "0\r\n\r\n" + get),
            [.refused(400, "both Transfer-Encoding and Content-Length (byte 78)")], .closes),
        ExchangeRow(
            "6.1", put("Transfer-Encoding: identity\r\n\(five)", "hello" + get),
            [.refused(400, "both Transfer-Encoding and Content-Length (byte 79)")], .closes),
        ExchangeRow(
            "6.3", put("\(five)\r\nContent-Length: 6", "hello" + get),
            [.refused(400, "Content-Length comes more than once (byte 69)")], .closes),
        ExchangeRow(
            "6.1", "POST /echo HTTP/1.0\r\n\(chunked)\r\n\r\n0\r\n\r\n",
            [.refused(400, "Transfer-Encoding in HTTP/1.0 (byte 51)")], .closes),
    ]

    static let pipelines: [ExchangeRow] = [
        ExchangeRow("9.3.2", get + get + get, [.pong, .pong, .pong], .lives),
        ExchangeRow("9.3.2", get + head + get, [.pong, .pongHead, .pong], .lives),
        ExchangeRow(
            "9.3.2", put(five, "one__") + put(five, "two__") + coded("3\r\nend\r\n0\r\n\r\n"),
            [.echo("one__"), .echo("two__"), .echo("end")], .lives),
        ExchangeRow("9.3.2", get + put(five, "hel"), [.pong], .waits),
        ExchangeRow("9.3.2", get + "GET", [.pong], .waits),
        ExchangeRow("2.2", get + "\r\n\r\n" + get, [.pong, .pong], .lives),
        ExchangeRow("2.2", get + "\r\n", [.pong], .lives),
        ExchangeRow(
            "9.6", get + "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n" + get,
            [.pong, .pong], .closes),
        ExchangeRow("9.6", put("Connection: close", get), [.echo("")], .closes),
        ExchangeRow(
            "9.6", put("Connection: close\r\n\(five)", "hello" + get), [.echo("hello")], .closes),
        ExchangeRow(
            "2.2", get + "nonsense\r\n\r\n" + get,
            [.pong, .refused(400, "a request begins with a method and a space (byte 8)")],
            .closes),
        ExchangeRow(
            "3.2", get + "GET / HTTP/1.1\r\n\r\n" + get,
            [.pong, .refused(400, "HTTP/1.1 needs a Host (byte 18)")], .closes),
        ExchangeRow(
            "9110 15.6.6", get + "GET / HTTP/2.0\r\nHost: a\r\n\r\n",
            [.pong, .refused(505, "the version is not HTTP/1.1 or HTTP/1.0")], .closes),
        ExchangeRow(
            "9110 15.6.2", get + "CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n",
            [.pong, .refused(501, "the method is not implemented")], .closes),
        ExchangeRow(
            "6.3", put(five, "hello") + put("Content-Length: 5, 5", "hello"),
            [.echo("hello"), .refused(400, "Content-Length is not a number (byte 53)")], .closes),
        // A token that makes no sense is a method all the same.
        ExchangeRow(
            "9.2", put(five, "helloworld" + get), [.echo("hello"), .pong], .lives),
    ]

    static let versions: [ExchangeRow] = [
        ExchangeRow("9.3", "GET / HTTP/1.0\r\n\r\n", [.pong], .closes),
        ExchangeRow("9.3", "GET / HTTP/1.0\r\n\r\n" + get, [.pong], .closes),
        ExchangeRow("9.3", "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", [.pong], .isKept),
        ExchangeRow(
            "9.3", "GET / HTTP/1.0\r\nConnection: keep-alive, close\r\n\r\n", [.pong], .closes),
        ExchangeRow("9.3", "HEAD / HTTP/1.0\r\n\r\n", [.pongHead], .closes),
        ExchangeRow("2.5", "GET / HTTP/1.7\r\nHost: a\r\n\r\n", [.pong], .lives),
        ExchangeRow(
            "9110 15.6.6", "GET / HTTP/3.0\r\nHost: a\r\n\r\n",
            [.refused(505, "the version is not HTTP/1.1 or HTTP/1.0")], .closes),
        ExchangeRow(
            "2.3", "GET /\r\n",
            [.refused(400, "a request line needs a target and a version (byte 5)")], .closes),
        ExchangeRow(
            "9113 3.4", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
            [.refused(505, "the version is not HTTP/1.1 or HTTP/1.0")], .closes),
        ExchangeRow(
            "9110 7.8",
            "GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: websocket"
                + "\r\n\r\n" + get, [.pong, .pong], .lives),
        ExchangeRow(
            "9110 7.8",
            "GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, HTTP2-Settings\r\n"
                + "Upgrade: h2c\r\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r\n\r\n", [.pong],
            .lives),
        ExchangeRow(
            "9110 7.4", "GET https://a/ HTTP/1.1\r\nHost: a\r\n\r\n",
            [.refused(421, "an https target over plain HTTP")], .closes),
        ExchangeRow("3.2.2", "GET http://b/ HTTP/1.1\r\nHost: a\r\n\r\n", [.pong], .lives),
        ExchangeRow("3.2.4", "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", [.pong], .lives),
    ]

    static let expectations: [ExchangeRow] = [
        ExchangeRow(
            "9110 10.1.1", put("\(five)\r\nExpect: 100-continue", "hello"),
            [.interim, .echo("hello")], .lives),
        ExchangeRow(
            "9110 10.1.1", put("\(five)\r\nExpect: 100-continue"), [.interim], .waits),
        ExchangeRow(
            "9110 10.1.1", put("\(chunked)\r\nExpect: 100-Continue", "1\r\na\r\n0\r\n\r\n" + get),
            [.interim, .echo("a"), .pong], .lives),
        ExchangeRow(
            "9110 10.1.1", put("Content-Length: 0\r\nExpect: 100-continue"), [.echo("")], .lives),
        ExchangeRow(
            "9110 10.1.1", put("Content-Length: 1048577\r\nExpect: 100-continue"),
            [.status(413)], .closes),
        ExchangeRow(
            "9110 10.1.1", put("\(five)\r\nExpect: 100-continue", "hello", path: "/refuse"),
            [.no], .closes),
        ExchangeRow(
            "9110 10.1.1", put("\(five)\r\nExpect: 100-continue", "", path: "/refuse"),
            [.no], .closes),
        ExchangeRow(
            "9110 10.1.1", put("\(five)\r\nExpect: 200-ok", "hello"),
            [.refused(417, "the only expectation known is 100-continue")], .closes),
        ExchangeRow(
            "9110 10.1.1", "POST /echo HTTP/1.0\r\n\(five)\r\nExpect: 100-continue\r\n\r\nhello",
            [.echo("hello")], .closes),
    ]

    private static func status(_ code: Int, _ method: String = "GET") -> String {
        "\(method) /status/\(code) HTTP/1.1\r\nHost: a\r\n\r\n"
    }

    static let bodyless: [ExchangeRow] = [
        ExchangeRow("9110 9.3.2", head, [.pongHead], .lives),
        ExchangeRow("9110 9.3.2", head + head + get, [.pongHead, .pongHead, .pong], .lives),
        ExchangeRow("6.3", status(204), [.bodyless(204)], .lives),
        ExchangeRow("6.3", status(204) + get, [.bodyless(204), .pong], .lives),
        ExchangeRow("6.3", status(304), [.bodyless(304)], .lives),
        ExchangeRow("6.3", status(304) + get, [.bodyless(304), .pong], .lives),
        ExchangeRow("6.3", status(204, "HEAD") + get, [.bodyless(204), .pong], .lives),
        ExchangeRow("6.3", status(304, "HEAD") + get, [.bodyless(304), .pong], .lives),
        ExchangeRow(
            "9110 15.6.1", "GET /silent HTTP/1.1\r\nHost: a\r\n\r\n" + get, [.status(500)],
            .closes),
        ExchangeRow(
            "9110 15.6.1", put(five, "hello" + get, path: "/silent"), [.status(500)], .closes),
    ]

    static let all = lengths + chunks + pipelines + versions + expectations + bodyless
}
