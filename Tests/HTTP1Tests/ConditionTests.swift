import HTTP1
import Testing

/// RFC 9110 §13.
@Suite("Conditions")
struct ConditionTests {
    /// A field's value, the current tag; whether If-Match holds, whether If-None-Match does.
    static let lists: [(String, String?, Bool, Bool)] = [
        ("\"a\"", "\"a\"", true, false),
        ("\"a\"", "\"b\"", false, true),
        ("\"a\"", "\"A\"", false, true),
        ("\"\"", "\"\"", true, false),
        ("\"a\", \"b\"", "\"b\"", true, false),
        ("\"a\",\"b\",", "\"b\"", true, false),
        (", ,\"b\"", "\"b\"", true, false),
        ("\"a,b\"", "\"a,b\"", true, false),
        ("\"a,b\"", "\"b\"", false, true),
        ("\"é\"", "\"é\"", true, false),
        ("W/\"a\"", "\"a\"", false, false),
        ("\"a\"", "W/\"a\"", false, false),
        ("W/\"a\"", "W/\"a\"", false, false),
        ("W/\"a\"", "W/\"b\"", false, true),
        ("W/\"a\", \"a\"", "\"a\"", true, false),
        ("*", "\"a\"", true, false),
        ("*", "W/\"a\"", true, false),
        ("*", nil, false, true),
        ("\"a\"", nil, false, true),
        // No list of tags: matches nothing.
        ("a", "\"a\"", false, true),
        ("\"a", "\"a\"", false, true),
        ("\"a\" \"a\"", "\"a\"", false, true),
        ("\"a\"b", "\"a\"", false, true),
        ("w/\"a\"", "\"a\"", false, true),
        ("W/ \"a\"", "\"a\"", false, true),
        ("\"a b\"", "\"a b\"", false, true),
        ("\"a\", *", "\"a\"", false, true),
        ("", "\"a\"", false, true),
    ]

    @Test("on tags compare strongly or weakly", arguments: lists)
    func tags(row: (String, String?, Bool, Bool)) {
        #expect(ETagMatch.ifMatch(row.0, current: row.1) == row.2)
        #expect(ETagMatch.ifNoneMatch(row.0, current: row.1) == row.3)
    }

    private static let date = "Sun, 06 Nov 1994 08:49:37 GMT"
    private static let seconds: Int64 = 784_111_777

    /// §13.1.5: a value, the current tag, the last change; whether `Range` counts.
    static let ifRange: [(String?, String?, Int64?, Bool)] = [
        (nil, "\"a\"", nil, true),
        ("\"a\"", "\"a\"", nil, true),
        ("\"a\"", "\"b\"", nil, false),
        ("\"a\"", nil, nil, false),
        ("W/\"a\"", "W/\"a\"", nil, false),
        ("W/\"a\"", "\"a\"", nil, false),
        ("\"a\", \"b\"", "\"a\"", nil, false),
        ("*", "\"a\"", nil, false),
        (date, "\"a\"", seconds, true),
        (date, "\"a\"", seconds + 1, false),
        (date, "\"a\"", seconds - 1, false),
        (date, "\"a\"", nil, false),
        ("yesterday", "\"a\"", seconds, false),
    ]

    @Test("on a range hold only for the very same bytes", arguments: ifRange)
    func ranges(row: (String?, String?, Int64?, Bool)) {
        #expect(ETagMatch.ifRange(row.0, current: row.1, lastModified: row.2) == row.3)
    }

    /// §13.2.2, for a representation of 10 bytes with the tag "a", changed at `date`.
    static let requests: [(String, [(String, String)], Preconditions.Outcome)] = [
        ("GET", [], .proceed(.whole)),
        ("GET", [("If-Match", "\"a\"")], .proceed(.whole)),
        ("GET", [("If-Match", "\"b\"")], .failed),
        ("PUT", [("If-Match", "\"b\"")], .failed),
        ("PUT", [("If-Match", "\"b\""), ("If-Match", "\"a\"")], .proceed(.whole)),
        ("GET", [("If-Unmodified-Since", "Sun, 06 Nov 1994 08:49:36 GMT")], .failed),
        ("GET", [("If-Unmodified-Since", date)], .proceed(.whole)),
        ("GET", [("If-Unmodified-Since", "never")], .proceed(.whole)),
        (
            "GET",
            [("If-Match", "\"a\""), ("If-Unmodified-Since", "Sun, 06 Nov 1994 08:49:36 GMT")],
            .proceed(.whole)
        ),
        ("GET", [("If-None-Match", "\"a\"")], .notModified),
        ("HEAD", [("If-None-Match", "W/\"a\"")], .notModified),
        ("PUT", [("If-None-Match", "\"a\"")], .failed),
        ("PUT", [("If-None-Match", "*")], .failed),
        ("GET", [("If-None-Match", "\"b\"")], .proceed(.whole)),
        ("GET", [("If-None-Match", "\"b\""), ("If-Modified-Since", date)], .proceed(.whole)),
        ("GET", [("If-Modified-Since", date)], .notModified),
        (
            "GET", [("If-Modified-Since", "Sun, 06 Nov 1994 08:49:36 GMT")],
            .proceed(.whole)
        ),
        ("PUT", [("If-Modified-Since", date)], .proceed(.whole)),
        ("GET", [("If-Match", "\"b\""), ("If-None-Match", "\"a\"")], .failed),
        ("GET", [("If-Match", "\"a\""), ("If-None-Match", "\"a\"")], .notModified),
        ("GET", [("Range", "bytes=1-2")], .proceed(.partial(1..<3))),
        ("GET", [("Range", "bytes=10-")], .proceed(.unsatisfiable)),
        ("HEAD", [("Range", "bytes=1-2")], .proceed(.whole)),
        ("GET", [("Range", "bytes=1-2"), ("Range", "bytes=3-4")], .proceed(.whole)),
        ("GET", [("Range", "bytes=1-2"), ("If-Range", "\"a\"")], .proceed(.partial(1..<3))),
        ("GET", [("Range", "bytes=1-2"), ("If-Range", "\"b\"")], .proceed(.whole)),
        ("GET", [("Range", "bytes=10-"), ("If-Range", "\"b\"")], .proceed(.whole)),
        ("GET", [("Range", "bytes=1-2"), ("If-None-Match", "\"a\"")], .notModified),
        ("GET", [("Range", "bytes=10-"), ("If-Match", "\"b\"")], .failed),
    ]

    @Test("count in their order", arguments: requests)
    func order(row: (String, [(String, String)], Preconditions.Outcome)) {
        let head = RequestHead(method: row.0, path: "/", fields: Fields(row.1))
        let outcome = Preconditions.evaluate(
            head, etag: "\"a\"", lastModified: Self.seconds, byteCount: 10)
        #expect(outcome == row.2)
    }
}
