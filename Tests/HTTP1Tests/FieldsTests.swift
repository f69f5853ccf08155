import HTTP1
import Testing

@Suite("Fields")
struct FieldsTests {
    private static let fields = Fields([
        ("Accept", "a"), ("X-One", "1"), ("ACCEPT", "b, c"), ("Empty", ""), ("accept", " d "),
    ])

    @Test("are found in any case of letters, the first one first")
    func lookUp() {
        let fields = Self.fields
        #expect(fields.count == 5)
        #expect(fields["accept"] == "a")
        #expect(fields["x-ONE"] == "1")
        #expect(fields["empty"] == "")
        #expect(fields["x_one"] == nil)
        #expect(fields["X-On"] == nil)
        #expect(fields.values("Accept") == ["a", "b, c", " d "])
        #expect(fields.list("Accept") == "a, b, c,  d ")
        #expect(fields.list("none") == nil)
        #expect(fields.single("x-one") == "1")
        #expect(fields.single("accept") == nil)
        #expect(fields.single("none") == nil)
    }

    @Test("know the elements of their lists")
    func tokens() {
        let fields = Self.fields
        for token in ["a", "B", "c", "d"] {
            #expect(fields.contains(token: token, in: "accept"))
        }
        for token in ["1", "b, c", "e", "ab", ""] {
            #expect(!fields.contains(token: token, in: "accept"))
        }
    }

    @Test("keep their order and their letters, however they were made")
    func order() throws {
        var parser = HeadParser()
        let bytes = Array("GET / HTTP/1.1\r\nHost: a\r\nB:  c\t\r\nb: d e\r\n\r\n".utf8)
        let parsed = try #require(try parser.parse(bytes.span)).head.fields
        let names = parsed.map(\.name)
        let values = parsed.map(\.value)
        #expect(names == ["Host", "B", "b"])
        #expect(values == ["a", "c", "d e"])
        #expect(parsed == Fields([("Host", "a"), ("B", "c"), ("b", "d e")]))
        #expect(parsed != Fields([("Host", "a"), ("B", "c"), ("B", "d e")]))
        var longer = parsed
        longer.append("X", "y")
        #expect(longer["x"] == "y")
        #expect(longer != parsed)
    }

    @Test("read bytes that are no UTF-8 without stumbling (RFC 9110 §5.5)")
    func opaque() throws {
        var parser = HeadParser()
        let bytes =
            Array("GET / HTTP/1.1\r\nHost: a\r\nX: ".utf8) + [0xFF, 0x41] + Array("\r\n\r\n".utf8)
        let parsed = try #require(try parser.parse(bytes.span)).head.fields
        #expect(parsed["x"] == "\u{FFFD}A")
    }
}
