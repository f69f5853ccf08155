import HTTP1
import Testing

/// RFC 9110 §14.
@Suite("Ranges")
struct RangeTests {
    /// A field's value, the representation's length, the answer.
    static let rows: [(String?, Int64, ByteSelection)] = [
        (nil, 10, .whole),
        ("bytes=0-0", 10, .partial(0..<1)),
        ("bytes=0-9", 10, .partial(0..<10)),
        ("bytes=2-5", 10, .partial(2..<6)),
        ("bytes=2-99", 10, .partial(2..<10)),
        ("bytes=9-9", 10, .partial(9..<10)),
        ("bytes=0-", 10, .partial(0..<10)),
        ("bytes=9-", 10, .partial(9..<10)),
        ("bytes=-1", 10, .partial(9..<10)),
        ("bytes=-10", 10, .partial(0..<10)),
        ("bytes=-99", 10, .partial(0..<10)),
        ("bytes=007-008", 10, .partial(7..<9)),
        ("bytes=0-99999999999999999999999", 10, .partial(0..<10)),
        ("bytes=-99999999999999999999999", 10, .partial(0..<10)),
        ("bytes=0-9223372036854775807", .max, .partial(0..<(.max))),
        ("BYTES=1-2", 10, .partial(1..<3)),
        ("bytes= 1-2\t", 10, .partial(1..<3)),
        ("bytes=,1-2,", 10, .partial(1..<3)),
        ("bytes=10-", 10, .unsatisfiable),
        ("bytes=10-20", 10, .unsatisfiable),
        ("bytes=99999999999999999999999-", 10, .unsatisfiable),
        ("bytes=-0", 10, .unsatisfiable),
        ("bytes=0-", 0, .unsatisfiable),
        ("bytes=0-0", 0, .unsatisfiable),
        ("bytes=-1", 0, .whole),
        ("bytes=-0", 0, .unsatisfiable),
        // Several, or without meaning: as if the field were not there (§14.2).
        ("bytes=0-1,4-5", 10, .whole),
        ("bytes=0-1, -1", 10, .whole),
        ("bytes=5-2", 10, .whole),
        ("bytes=-", 10, .whole),
        ("bytes=", 10, .whole),
        ("bytes", 10, .whole),
        ("", 10, .whole),
        ("bytes=,", 10, .whole),
        ("bytes=a-b", 10, .whole),
        ("bytes=1", 10, .whole),
        ("bytes=1-2-3", 10, .whole),
        ("bytes=--1", 10, .whole),
        ("bytes=+1-2", 10, .whole),
        ("bytes=1 -2", 10, .whole),
        ("bytes=0x1-2", 10, .whole),
        ("bytes 1-2", 10, .whole),
        ("bytes =1-2", 10, .whole),
        ("items=0-1", 10, .whole),
        ("1-2", 10, .whole),
    ]

    @Test("select bytes", arguments: rows)
    func selection(row: (String?, Int64, ByteSelection)) {
        #expect(ByteRangeSpecifier.selection(row.0, byteCount: row.1) == row.2)
    }

    @Test("agree with the definition, for every small range of every small length")
    func exhaustive() {
        for byteCount in Int64(0)...5 {
            for first in Int64(0)...6 {
                for last in Int64(0)...6 {
                    let selected = (first...6).filter { $0 <= last && $0 < byteCount }
                    let expected: ByteSelection =
                        if first > last {
                            .whole
                        } else if let low = selected.first, let high = selected.last {
                            .partial(low..<high + 1)
                        } else {
                            .unsatisfiable
                        }
                    let selection = ByteRangeSpecifier.selection(
                        "bytes=\(first)-\(last)", byteCount: byteCount)
                    #expect(selection == expected)
                }
            }
        }
    }

    @Test("are named in the answer (§14.4)")
    func contentRange() {
        #expect(ByteRangeSpecifier.contentRange(2..<6, byteCount: 10) == "bytes 2-5/10")
        #expect(ByteRangeSpecifier.contentRangeUnsatisfied(byteCount: 10) == "bytes */10")
    }
}
