import HTTP1
import TestKit
import Testing

@Suite("Request heads")
struct HeadParserTests {
    @Test("mean one thing, or are refused with the right status", arguments: allRows)
    func meaning(row: RequestRow) {
        #expect(RequestRow.meaning(of: row.bytes) == row.meaning)
    }

    @Test("mean the same wherever the bytes are split")
    func splits() {
        for row in Self.allRows {
            let whole = Reader.whole(row.bytes)
            let count = row.bytes.count
            for split in 0...count {
                let reading = Reader.read(row.bytes, pieces: [0..<split, split..<count])
                if reading != whole { Issue.record("\(row.testDescription) at \(split)") }
            }
            if Reader.byteByByte(row.bytes) != whole { Issue.record("\(row.testDescription)") }
        }
    }

    @Test("are refused as soon as their first byte shows that they are none")
    func early() throws {
        var parser = HeadParser()
        let greeting: [UInt8] = [0x16]
        #expect(throws: HTTPError.self) { _ = try parser.parse(greeting.span) }
    }

    @Test("follow each other on one connection, bodies between them")
    func pipeline() {
        let bytes = Array(
            ("\r\nPUT /1 HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nGET "
                + "POST /2 HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
                + "3;x=\"0\\\"\"\r\nabc\r\nA\r\n0123456789\r\n0\r\nDigest: x\r\n\r\n"
                + "\r\nGET /3 HTTP/1.1\r\nHost: a\r\n\r\nGE").utf8)
        let whole = Reader.whole(bytes)
        #expect(whole.messages.map(\.head.path) == ["/1", "/2", "/3"])
        let bodies = whole.messages.map { String(decoding: $0.body, as: UTF8.self) }
        #expect(bodies == ["GET ", "abc0123456789", ""])
        #expect(whole.end == .waiting(2))
        for split in 0...bytes.count {
            let reading = Reader.read(bytes, pieces: [0..<split, split..<bytes.count])
            if reading != whole { Issue.record("split at \(split)") }
        }
    }

    @Test("tell an idle connection from one with a request under way")
    func beginning() throws {
        var parser = HeadParser()
        let bytes = Array("\r\n\r\nG".utf8)
        for count in 0...4 {
            let part = Array(bytes[..<count])
            _ = try parser.parse(part.span)
            #expect(!parser.hasBegun)
        }
        _ = try parser.parse(bytes.span)
        #expect(parser.hasBegun)
        let whole = bytes + Array("ET / HTTP/1.1\r\nHost: a\r\n\r\n".utf8)
        _ = try parser.parse(whole.span)
        #expect(!parser.hasBegun)
    }

    @Test("say where they went wrong")
    func offset() throws {
        var parser = HeadParser()
        let bytes = Array("GET / HTTP/1.1\r\nHost : a\r\n\r\n".utf8)
        let error = #expect(throws: HTTPError.self) { _ = try parser.parse(bytes.span) }
        #expect(
            error == .malformed("a field's name must be a token and a colon", offset: 20))
    }

    static let allRows = RequestLineRows.all + FieldRows.all
}
