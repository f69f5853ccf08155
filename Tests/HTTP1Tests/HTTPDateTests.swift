import HTTP1
import Testing

/// RFC 9110 §5.6.7.
@Suite("Dates")
struct HTTPDateTests {
    static let written: [(Int64, String)] = [
        (0, "Thu, 01 Jan 1970 00:00:00 GMT"),
        (784_111_777, "Sun, 06 Nov 1994 08:49:37 GMT"),
        (951_782_400, "Tue, 29 Feb 2000 00:00:00 GMT"),
        (1_709_251_199, "Thu, 29 Feb 2024 23:59:59 GMT"),
        (4_107_542_400, "Mon, 01 Mar 2100 00:00:00 GMT"),
        (-1, "Wed, 31 Dec 1969 23:59:59 GMT"),
        (253_402_300_799, "Fri, 31 Dec 9999 23:59:59 GMT"),
        (-62_167_219_200, "Sat, 01 Jan 0000 00:00:00 GMT"),
    ]

    @Test("are written and read back", arguments: written)
    func bothWays(row: (Int64, String)) {
        #expect(HTTPDate.text(unixSeconds: row.0) == row.1)
        #expect(HTTPDate.unixSeconds(row.1) == row.0)
    }

    @Test("are read back for every day of 400 years")
    func everyDay() {
        var wrong: [Int64] = []
        for day in stride(from: Int64(0), to: 146_097, by: 13) {
            let seconds = day * 86_400 + day % 86_400
            let text = HTTPDate.text(unixSeconds: seconds)
            if HTTPDate.unixSeconds(text) != seconds { wrong.append(seconds) }
        }
        #expect(wrong.isEmpty)
    }

    @Test("beyond what four digits say stay at the edge")
    func edges() {
        #expect(HTTPDate.text(unixSeconds: .max) == "Fri, 31 Dec 9999 23:59:59 GMT")
        #expect(HTTPDate.text(unixSeconds: .min) == "Sat, 01 Jan 0000 00:00:00 GMT")
    }

    static let read: [(String, Int64?)] = [
        ("Sunday, 06-Nov-94 08:49:37 GMT", 784_111_777),
        ("Sun Nov  6 08:49:37 1994", 784_111_777),
        ("Wed Nov 16 08:49:37 1994", 784_975_777),
        ("Thursday, 01-Jan-70 00:00:00 GMT", 0),
        ("Tuesday, 01-Jan-69 00:00:00 GMT", 3_124_224_000),
        ("Sat, 31 Dec 2016 23:59:60 GMT", 1_483_228_800),
        ("Sun, 06 Nov 1994 08:49:37 UTC", nil),
        ("Sun, 06 Nov 1994 08:49:37", nil),
        ("Sun, 6 Nov 1994 08:49:37 GMT", nil),
        ("Sun, 06 Nov 94 08:49:37 GMT", nil),
        ("sun, 06 Nov 1994 08:49:37 GMT", nil),
        ("Son, 06 Nov 1994 08:49:37 GMT", nil),
        ("Sun, 06 nov 1994 08:49:37 GMT", nil),
        ("Sun, 31 Nov 1994 08:49:37 GMT", nil),
        ("Sun, 00 Nov 1994 08:49:37 GMT", nil),
        ("Sun, 29 Feb 1900 08:49:37 GMT", nil),
        ("Sun, 06 Nov 1994 24:00:00 GMT", nil),
        ("Sun, 06 Nov 1994 08:60:00 GMT", nil),
        ("Sun, 06 Nov 1994 08:49:61 GMT", nil),
        ("Sun, 06 Nov 1994 8:49:37 GMT", nil),
        ("Sun, 06 Nov 1994 08:49:+7 GMT", nil),
        ("Sun, 06  Nov 1994 08:49:37 GMT", nil),
        (" Sun, 06 Nov 1994 08:49:37 GMT", nil),
        ("Sun Nov 6 08:49:37 1994", nil),
        ("1994-11-06T08:49:37Z", nil),
        ("", nil),
        ("0", nil),
    ]

    @Test("are read in three formats and no other", arguments: read)
    func formats(row: (String, Int64?)) {
        #expect(HTTPDate.unixSeconds(row.0) == row.1)
    }
}
