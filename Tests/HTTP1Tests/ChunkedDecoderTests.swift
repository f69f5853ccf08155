import HTTP1
import TestKit
import Testing

@Suite("The chunked coding")
struct ChunkedDecoderTests {
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

    @Test("has one reading, wherever the bytes are split", arguments: ChunkedRows.all)
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
