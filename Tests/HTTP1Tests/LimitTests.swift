import HTTP1
import Testing

/// Each limit at its edge: the last that passes, the first that does not.
@Suite("Limits")
struct LimitTests {
    private static let small = {
        var limits = HTTPLimits()
        limits.headBytesMax = 64
        limits.targetBytesMax = 16
        limits.methodBytesMax = 8
        limits.fieldCountMax = 3
        limits.chunkLineBytesMax = 12
        limits.chunkExtrasBytesMax = 10
        limits.trailerBytesMax = 24
        return limits
    }()

    private static func outcome(_ text: String) -> String {
        let bytes = Array(text.utf8)
        let whole = Reader.whole(bytes, limits: small)
        for split in 0...bytes.count {
            let pieces = [0..<split, split..<bytes.count]
            guard Reader.read(bytes, pieces: pieces, limits: small) == whole else {
                return "differs when split at \(split)"
            }
        }
        guard Reader.byteByByte(bytes, limits: small) == whole else { return "differs in drips" }
        switch whole.end {
        case .waiting(let count): return "\(whole.messages.count) +\(count)"
        case .refused(let error): return String(error.status)
        }
    }

    private static func padded(_ count: Int) -> String {
        let rest = "GET / HTTP/1.1\r\nHost: a\r\nX: \r\n\r\n"
        let padding = String(repeating: "y", count: count - rest.utf8.count)
        return "GET / HTTP/1.1\r\nHost: a\r\nX: \(padding)\r\n\r\n"
    }

    private static func target(_ count: Int) -> String {
        "GET /\(String(repeating: "a", count: count - 1)) HTTP/1.1\r\nHost: a\r\n\r\n"
    }

    private static func chunked(_ body: String) -> String {
        "PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + body
    }

    static let rows: [(String, String)] = [
        (padded(64), "1 +0"),
        (padded(65), "431"),
        ("GET / HTTP/1.1\r\nX: " + String(repeating: "y", count: 44), "0 +63"),
        ("GET / HTTP/1.1\r\nX: " + String(repeating: "y", count: 45), "431"),
        (String(repeating: "\r\n", count: 20) + "GET / HTTP/1.0\r\nX: abc\r\n\r\n", "431"),
        (String(repeating: "\r\n", count: 31), "0 +62"),
        (String(repeating: "\r\n", count: 32), "431"),
        (target(16), "1 +0"),
        (target(17), "414"),
        (target(80), "414"),
        (String(target(80).prefix(36)), "414"),
        ("ABCDEFGH / HTTP/1.0\r\n\r\n", "1 +0"),
        ("ABCDEFGHI / HTTP/1.0\r\n\r\n", "501"),
        (String(repeating: "A", count: 100), "501"),
        ("GET / HTTP/1.0\r\nA:\r\nB:\r\nC:\r\n\r\n", "1 +0"),
        ("GET / HTTP/1.0\r\nA:\r\nB:\r\nC:\r\nD:\r\n\r\n", "431"),
        (chunked("00000000001\r\nx\r\n0\r\n\r\n"), "1 +0"),
        (chunked("000000000001\r\nx\r\n0\r\n\r\n"), "400"),
        (chunked("1;abcdefghi\r\nx\r\n0\r\n\r\n"), "400"),
        (chunked("1;abc\r\nx\r\n1;ab\r\nx\r\n0\r\n\r\n"), "1 +0"),
        (chunked("1;abc\r\nx\r\n1;abc\r\nx\r\n0;\r\n\r\n"), "400"),
        (chunked("0\r\nA: 45678\r\nB: 4567890\r\n\r\n"), "1 +0"),
        (chunked("0\r\nA: 45678\r\nB: 45678901\r\n\r\n"), "431"),
        (chunked("0\r\nA:\r\nB:\r\nC:\r\n\r\n"), "1 +0"),
        (chunked("0\r\nA:\r\nB:\r\nC:\r\nD:\r\n\r\n"), "431"),
    ]

    @Test("hold at their edge, however the bytes come", arguments: rows)
    func edges(row: (String, String)) {
        #expect(Self.outcome(row.0) == row.1)
    }
}
