import HTTP1
import TestKit
import Testing

@Suite("Mutated requests")
struct MutationTests {
    private static let requests: [[UInt8]] =
        HeadParserTests.allRows.map(\.bytes)
        + ChunkedRows.all.map { row in
            Array(
                ("PUT /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + row.0).utf8)
        }

    @Test("have one reading, and trap nothing", arguments: [UInt64(20_261), 9_112])
    func oneReading(seed: UInt64) {
        var requests = MutatedRequests(seed: seed, of: Self.requests)
        for round in 0..<10_000 {
            let bytes = requests.next()
            if let wrong = exerciseParsers(bytes) {
                Issue.record("seed \(seed), round \(round): \(wrong): \(bytes)")
            }
        }
    }
}
