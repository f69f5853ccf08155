/// RFC 9112 §5, §6, §9; RFC 9110 §5, §7, §8, §10: field lines, framing, connection.
package enum FieldRows {
    static let lines: [RequestRow] = [
        RequestRow("5", fields: "X: y", fine),
        RequestRow("5", fields: "X:y", fine),
        RequestRow("5", fields: "X:", fine),
        RequestRow("5", fields: "X: \t ", fine),
        RequestRow("5", fields: "X:: y", fine),
        RequestRow("5", fields: "!#$%&'*+-.^_`|~09aZ: y", fine),
        RequestRow("9110 5.5", fields: "X: caf\u{E9} \t \"<>\\{}", fine),
        RequestRow("9110 5.5", bytes: Array(head("X: ".utf8 + [0x80, 0xFF])), fine),
        RequestRow("5.1", fields: "X : y", "400"),
        RequestRow("5.1", fields: "X\t: y", "400"),
        RequestRow("5.1", fields: "Content-Length : 5", "400"),
        RequestRow("5.2", fields: "X: y\r\n z", "400"),
        RequestRow("5.2", fields: "X: y\r\n\tz", "400"),
        RequestRow("5.2", fields: "X: y\r\n : z", "400"),
        RequestRow("5.1", fields: ": y", "400"),
        RequestRow("5.1", fields: "X", "400"),
        RequestRow("5.1", fields: "X y: z", "400"),
        RequestRow("5.1", fields: "X(a): y", "400"),
        RequestRow("5.1", fields: "X/a: y", "400"),
        RequestRow("5.1", fields: "X\"a: y", "400"),
        RequestRow("5.1", fields: "X@a: y", "400"),
        RequestRow("5.1", fields: "X\0: y", "400"),
        RequestRow("5.1", fields: "X\u{E9}: y", "400"),
        RequestRow("5.1", fields: "X\u{7F}: y", "400"),
        RequestRow("9110 5.5", fields: "X: a\0b", "400"),
        RequestRow("9110 5.5", fields: "X: a\u{1}b", "400"),
        RequestRow("9110 5.5", fields: "X: a\u{B}b", "400"),
        RequestRow("9110 5.5", fields: "X: a\u{1B}b", "400"),
        RequestRow("9110 5.5", fields: "X: a\u{7F}b", "400"),
        RequestRow("9110 5.5", fields: "X: a\rb", "400"),
        RequestRow("9110 5.5", fields: "X: a\r", "400"),
        RequestRow("9110 5.5", fields: "X: a\nb: c", "400"),
        RequestRow("9110 5.5", fields: "X: a\r\r\nb: c", "400"),
    ]

    static let hosts: [RequestRow] = [
        RequestRow("3.2", host: "Host: a", fine),
        RequestRow("3.2", host: "hOST:a", fine),
        RequestRow("3.2", host: "Host:", "GET / - 1.1 none keep"),
        RequestRow("3.2", host: "Host: example.org:8080", "GET / example.org:8080 1.1 none keep"),
        RequestRow("3.2", host: "Host: [2001:db8::1]:80", "GET / [2001:db8::1]:80 1.1 none keep"),
        RequestRow("3.2", host: "X: y", "400"),
        RequestRow("3.2", host: "Host: a\r\nHost: a", "400"),
        RequestRow("3.2", host: "Host: a\r\nhost: b", "400"),
        RequestRow("3.2", raw: "GET / HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n", "400"),
        RequestRow("3.2", host: "Host: a, b", "400"),
        RequestRow("3.2", host: "Host: a b", "400"),
        RequestRow("3.2", host: "Host: a/b", "400"),
        RequestRow("3.2", host: "Host: http://a", "400"),
        RequestRow("3.2", host: "Host: u@a", "400"),
        RequestRow("3.2", host: "Host: a?b", "400"),
        RequestRow("3.2", host: "Host: a#b", "400"),
        RequestRow("3.2", host: "Host: a:b", "400"),
        RequestRow("3.2", host: "Host: :80", "400"),
        RequestRow("3.2", host: "Host: \u{E9}", "400"),
    ]

    static let lengths: [RequestRow] = [
        RequestRow("6.3", fields: "Content-Length: 0", "GET / a 1.1 0 keep"),
        RequestRow("6.3", fields: "content-length:5", "GET / a 1.1 5 keep"),
        RequestRow("6.3", fields: "Content-Length: \t5 \t", "GET / a 1.1 5 keep"),
        RequestRow("9110 8.6", fields: "Content-Length: 0005", "GET / a 1.1 5 keep"),
        RequestRow(
            "9110 8.6", fields: "Content-Length: 1152921504606846975",
            "GET / a 1.1 1152921504606846975 keep"),
        RequestRow("9110 8.6", fields: "Content-Length: 1152921504606846976", "413"),
        RequestRow("9110 8.6", fields: "Content-Length: 9223372036854775807", "413"),
        RequestRow("9110 8.6", fields: "Content-Length: 9223372036854775808", "413"),
        RequestRow("9110 8.6", fields: "Content-Length: 18446744073709551621", "413"),
        RequestRow("9110 8.6", fields: "Content-Length: 99999999999999999999999999", "413"),
        RequestRow("9110 8.6", fields: "Content-Length: 99999999999999999999999x", "400"),
        RequestRow("6.3", fields: "Content-Length:", "400"),
        RequestRow("6.3", fields: "Content-Length: +5", "400"),
        RequestRow("6.3", fields: "Content-Length: -5", "400"),
        RequestRow("6.3", fields: "Content-Length: 0x5", "400"),
        RequestRow("6.3", fields: "Content-Length: 5.0", "400"),
        RequestRow("6.3", fields: "Content-Length: 5 5", "400"),
        RequestRow("6.3", fields: "Content-Length: 1_0", "400"),
        RequestRow("6.3", fields: "Content-Length: \"5\"", "400"),
        RequestRow("6.3", fields: "Content-Length: \u{665}", "400"),
        RequestRow("6.3", fields: "Content-Length: 5, 5", "400"),
        RequestRow("6.3", fields: "Content-Length: 5, 6", "400"),
        RequestRow("6.3", fields: "Content-Length: 5\r\nContent-Length: 5", "400"),
        RequestRow("6.3", fields: "Content-Length: 5\r\nContent-Length: 6", "400"),
        RequestRow("6.3", fields: "Content-Length: 5\r\nContent-Length:", "400"),
        RequestRow("6.3", fields: "Content_Length: 5", fine),
    ]

    static let codings: [RequestRow] = [
        RequestRow("6.1", fields: "Transfer-Encoding: chunked", "GET / a 1.1 chunked keep"),
        RequestRow("7", fields: "transfer-encoding:\tCHUNKED ", "GET / a 1.1 chunked keep"),
        RequestRow("6.1", fields: "Transfer-Encoding: gzip, chunked", "501"),
        RequestRow("6.1", fields: "Transfer-Encoding: gzip;q=1, chunked", "501"),
        RequestRow("6.1", fields: "Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked", "501"),
        RequestRow("6.3", fields: "Transfer-Encoding: gzip", "400"),
        RequestRow("6.3", fields: "Transfer-Encoding: identity", "400"),
        RequestRow("6.3", fields: "Transfer-Encoding: chunked, gzip", "400"),
        RequestRow("6.3", fields: "Transfer-Encoding: chunked, identity", "400"),
        RequestRow("6.3", fields: "Transfer-Encoding: chunked\r\nTransfer-Encoding: gzip", "400"),
        RequestRow("6.1", fields: "Transfer-Encoding: chunked, chunked", "400"),
        RequestRow(
            "6.1", fields: "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked", "400"),
        RequestRow("6.1", fields: "Transfer-Encoding: chunked;a=b, chunked", "400"),
        RequestRow("6.1", fields: "Transfer-Encoding:", "400"),
        RequestRow("6.1", fields: "Transfer-Encoding: ,chunked", "400"),
        RequestRow("6.1", fields: "Transfer-Encoding: chunked,", "400"),
        RequestRow("6.1", fields: "Transfer-Encoding: xchunked", "400"),
        RequestRow("6.1", fields: "Transfer-Encoding: chunked2", "400"),
        RequestRow("6.1", fields: "Transfer-Encoding: \"chunked\"", "400"),
        RequestRow("6.1", fields: "Transfer-Encoding: x chunked", "400"),
        RequestRow("6.1", fields: "Transfer-Encoding: \u{B}chunked", "400"),
        RequestRow("6.1", fields: "Transfer-Encoding: chunked\0", "400"),
        RequestRow("7", fields: "Transfer-Encoding: chunked;a=b", "400"),
        RequestRow("6.1", fields: "Transfer-Encoding : chunked", "400"),
        RequestRow("6.1", fields: "Transfer-Encoding: chunked\r\nContent-Length: 5", "400"),
        RequestRow("6.1", fields: "Content-Length: 5\r\nTransfer-Encoding: chunked", "400"),
        RequestRow("6.1", fields: "Content-Length: 0\r\nTransfer-Encoding: chunked", "400"),
        RequestRow("6.1", fields: "Content-Length: x\r\nTransfer-Encoding: gzip", "400"),
        RequestRow(
            "6.1", raw: "POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n", "400"),
        RequestRow("9110 10.1.4", fields: "TE: gzip, trailers", fine),
    ]

    static let connections: [RequestRow] = [
        RequestRow("9.3", fields: "Connection: close", "GET / a 1.1 none close"),
        RequestRow("9.3", fields: "Connection: CLOSE", "GET / a 1.1 none close"),
        RequestRow("9.3", fields: "Connection: x,\tclose , y", "GET / a 1.1 none close"),
        RequestRow("9.3", fields: "Connection: x\r\nConnection: close", "GET / a 1.1 none close"),
        RequestRow("9.3", fields: "Connection: keep-alive, close", "GET / a 1.1 none close"),
        RequestRow("9.3", fields: "Connection: keep-alive", fine),
        RequestRow("9.3", fields: "Connection: closed", fine),
        RequestRow("9.3", fields: "Connection: ,,", fine),
        RequestRow("9.3", fields: "Connection: upgrade\r\nUpgrade: h2c", fine),
        RequestRow(
            "9.3", raw: "GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n",
            "GET / - 1.0 none keep"),
        RequestRow(
            "9.3", raw: "GET / HTTP/1.0\r\nConnection: keep-alive, close\r\n\r\n",
            "GET / - 1.0 none close"),
    ]

    static let expectations: [RequestRow] = [
        RequestRow(
            "9110 10.1.1", fields: "Expect: 100-continue\r\nContent-Length: 5",
            "GET / a 1.1 5 keep continue"),
        RequestRow(
            "9110 10.1.1", fields: "Expect: 100-Continue\r\nTransfer-Encoding: chunked",
            "GET / a 1.1 chunked keep continue"),
        RequestRow("9110 10.1.1", fields: "Expect: 100-continue", fine),
        RequestRow(
            "9110 10.1.1", fields: "Expect: 100-continue\r\nContent-Length: 0",
            "GET / a 1.1 0 keep"),
        RequestRow("9110 10.1.1", fields: "Expect: 200-ok\r\nContent-Length: 5", "417"),
        RequestRow("9110 10.1.1", fields: "Expect: 100-continue, x", "417"),
        RequestRow("9110 10.1.1", fields: "Expect: 100-continue\r\nExpect: 100-continue", "417"),
        RequestRow("9110 10.1.1", fields: "Expect:", "417"),
        RequestRow(
            "9110 10.1.1",
            raw: "PUT / HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n",
            "PUT / - 1.0 5 close"),
    ]

    package static let all = lines + hosts + lengths + codings + connections + expectations

    /// A good request line and host, and this line.
    private static func head(_ line: [UInt8]) -> [UInt8] {
        Array("GET / HTTP/1.1\r\nHost: a\r\n".utf8) + line + Array("\r\n\r\n".utf8)
    }
}
