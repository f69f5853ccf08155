import HTTP1
import Testing

@Suite("The chunked coding")
struct ChunkedDecoderTests {
    /// RFC 9112 §7.1: the coded body, and its content, or a status, or "more".
    static let rows: [(String, String)] = [
        ("0\r\n\r\n", "«»"),
        ("1\r\na\r\n0\r\n\r\n", "«a»"),
        ("3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n", "«abcde»"),
        ("A\r\n0123456789\r\n0\r\n\r\n", "«0123456789»"),
        ("a\r\n0123456789\r\n0\r\n\r\n", "«0123456789»"),
        ("0003\r\nabc\r\n000\r\n\r\n", "«abc»"),
        ("2\r\n\r\n\r\n0\r\n\r\n", "«\r\n»"),
        ("0\r\n\r\nGET", "«» +3"),
        ("", "more"),
        ("3", "more"),
        ("3\r", "more"),
        ("3\r\n", "more"),
        ("3\r\nab", "more"),
        ("3\r\nabc", "more"),
        ("3\r\nabc\r\n", "more"),
        ("0\r\n", "more"),
        ("0\r\n\r", "more"),
        // Extensions, §7.1.1.
        ("1;x\r\na\r\n0;y\r\n\r\n", "«a»"),
        ("1;x=y\r\na\r\n0\r\n\r\n", "«a»"),
        ("1 ;\tx = y ; z\r\na\r\n0\r\n\r\n", "«a»"),
        ("1;x=\"a;b\\\"c \"\r\na\r\n0\r\n\r\n", "«a»"),
        ("1;x=\"\"\r\na\r\n0\r\n\r\n", "«a»"),
        ("1 \r\na\r\n0\r\n\r\n", "400"),
        ("1;\r\na\r\n0\r\n\r\n", "400"),
        ("1;x=\r\na\r\n0\r\n\r\n", "400"),
        ("1;x \r\na\r\n0\r\n\r\n", "400"),
        ("1;=y\r\na\r\n0\r\n\r\n", "400"),
        ("1;x y\r\na\r\n0\r\n\r\n", "400"),
        ("1;x=\"y\r\n\"\r\na\r\n0\r\n\r\n", "400"),
        ("1;x=\"y\\\r\n\"\r\na\r\n0\r\n\r\n", "400"),
        ("1;x=\"y\"z\r\na\r\n0\r\n\r\n", "400"),
        ("1;\nx\r\na\r\n0\r\n\r\n", "400"),
        ("1;x\n\r\na\r\n0\r\n\r\n", "400"),
        ("1;x\ry\r\na\r\n0\r\n\r\n", "400"),
        ("1;x\0\r\na\r\n0\r\n\r\n", "400"),
        // Lengths.
        ("\r\n", "400"),
        ("g\r\n", "400"),
        (" 1\r\na\r\n0\r\n\r\n", "400"),
        ("+1\r\na\r\n0\r\n\r\n", "400"),
        ("-1\r\na\r\n0\r\n\r\n", "400"),
        ("0x1\r\na\r\n0\r\n\r\n", "400"),
        ("1_0\r\na\r\n0\r\n\r\n", "400"),
        ("1 1\r\na\r\n0\r\n\r\n", "400"),
        ("1,\r\na\r\n0\r\n\r\n", "400"),
        ("fffffffffffffff\r\na", "more"),
        ("1000000000000000\r\na", "413"),
        ("7fffffffffffffff\r\na", "413"),
        ("8000000000000000\r\na", "413"),
        ("ffffffffffffffff\r\na", "413"),
        ("10000000000000001\r\na", "413"),
        // Ends of lines.
        ("1\na\r\n0\r\n\r\n", "400"),
        ("1\r\na\n0\r\n\r\n", "400"),
        ("1\r\ra\r\n0\r\n\r\n", "400"),
        ("1\r\nab\r\n0\r\n\r\n", "400"),
        ("1\r\na0\r\n\r\n", "400"),
        ("1\r\na\r\r\n0\r\n\r\n", "400"),
        ("2\r\na\r\n0\r\n\r\n", "400"),
        ("0\n\r\n", "400"),
        ("0\r\n\n", "400"),
        ("0\r\n\rX", "400"),
        // Trailers, §7.1.2.
        ("0\r\nA: b\r\nC:\r\n\r\n", "«»"),
        ("0\r\nContent-Length: 5\r\nTransfer-Encoding: x\r\n\r\n", "«»"),
        ("0\r\nA: b\r\n", "more"),
        ("0\r\nA: b\r\n c\r\n\r\n", "400"),
        ("0\r\n A: b\r\n\r\n", "400"),
        ("0\r\nA : b\r\n\r\n", "400"),
        ("0\r\nA\r\n\r\n", "400"),
        ("0\r\n: b\r\n\r\n", "400"),
        ("0\r\nA: b\n\r\n", "400"),
        ("0\r\nA: b\rc\r\n\r\n", "400"),
        ("0\r\nA: \0\r\n\r\n", "400"),
    ]

    /// Decodes pieces in their order; a step's ranges are checked on the way.
    static func decode(_ bytes: [UInt8], pieces: [Range<Int>]) -> String {
        var decoder = ChunkedDecoder()
        var content: [UInt8] = []
        for piece in pieces {
            var start = piece.lowerBound
            while start < piece.upperBound {
                let input = Array(bytes[start..<piece.upperBound])
                do throws(HTTPError) {
                    switch try decoder.next(input.span) {
                    case .needMore(let consumed):
                        guard consumed == input.count else { return "left something" }
                        start += consumed
                    case .data(let range, let consumed):
                        guard !range.isEmpty, range.upperBound == consumed else {
                            return "odd range"
                        }
                        content += input[range]
                        start += consumed
                    case .end(let consumed):
                        let rest = bytes.count - start - consumed
                        let text = "«\(String(decoding: content, as: UTF8.self))»"
                        return text + (rest == 0 ? "" : " +\(rest)")
                    }
                } catch {
                    return String(error.status)
                }
            }
        }
        return "more"
    }

    @Test("has one reading, wherever the bytes are split", arguments: rows)
    func readings(row: (String, String)) {
        let bytes = Array(row.0.utf8)
        #expect(Self.decode(bytes, pieces: [0..<bytes.count]) == row.1)
        for split in 0...bytes.count {
            let text = Self.decode(bytes, pieces: [0..<split, split..<bytes.count])
            if text != row.1 { Issue.record("split at \(split): \(text)") }
        }
        let drips = bytes.indices.map { $0..<$0 + 1 }
        #expect(Self.decode(bytes, pieces: drips) == row.1)
    }

    @Test("stays at its end")
    func afterTheEnd() throws {
        var decoder = ChunkedDecoder()
        let body = Array("0\r\n\r\n".utf8)
        let atEnd = try decoder.next(body.span)
        let afterwards = try decoder.next(body.span)
        #expect(atEnd == .end(consumed: 5))
        #expect(afterwards == .end(consumed: 0))
    }
}
