import HTTP1
import TestKit
import Testing

/// Steele, Lea, Flood: "Fast Splittable Pseudorandom Number Generators" (2014).
private struct SplitMix64: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var word = state
        word = (word ^ word >> 30) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ word >> 27) &* 0x94D0_49BB_1331_11EB
        return word ^ word >> 31
    }
}

@Suite("Mutated requests")
struct MutationTests {
    /// What requests are broken with.
    private static let pieces: [[UInt8]] = [
        "\r\n", "\n", "\r", "\r\n\r\n", " ", "\t", ":", ",", ";", "\"", "\0", "0", "5", "%", "/",
        "Content-Length: 5\r\n", "Transfer-Encoding: chunked\r\n", "Host: b\r\n", "chunked",
        "0\r\n\r\n", "5\r\nabcde\r\n", "ffffffffffffffff", "HTTP/1.0", "http://b", "Expect: x\r\n",
        "bytes=1-", "GET / HTTP/1.1\r\nHost: a\r\n\r\n", "\u{FF}", "1;a=\"b\"\r\nx\r\n",
    ].map { Array($0.utf8) }

    private static let seeds: [[UInt8]] =
        HeadParserTests.allRows.map(\.bytes).filter { !$0.isEmpty }
        + ChunkedRows.all.map { row in
            Array(
                ("PUT /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + row.0).utf8)
        }

    private static func mutate(_ bytes: inout [UInt8], _ random: inout SplitMix64) {
        let place = Int.random(in: 0...bytes.count, using: &random)
        let end = min(bytes.count, place + Int.random(in: 1...12, using: &random))
        switch Int.random(in: 0..<6, using: &random) {
        case 0 where place < bytes.count:
            bytes[place] = UInt8.random(in: 0...255, using: &random)
        case 1 where place < bytes.count:
            bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
        case 2:
            bytes.removeSubrange(place..<end)
        case 3:
            bytes.insert(contentsOf: bytes[place..<end], at: place)
        case 4:
            let other = seeds[Int.random(in: 0..<seeds.count, using: &random)]
            bytes.replaceSubrange(place..., with: other.suffix(bytes.count - place + 20))
        default:
            let piece = pieces[Int.random(in: 0..<pieces.count, using: &random)]
            bytes.insert(contentsOf: piece, at: place)
        }
    }

    @Test("have one reading, and trap nothing", arguments: [UInt64(20_261), 9_112])
    func oneReading(seed: UInt64) {
        var random = SplitMix64(state: seed)
        for round in 0..<10_000 {
            var bytes = Self.seeds[round % Self.seeds.count]
            for _ in 0..<Int.random(in: 1...3, using: &random) { Self.mutate(&bytes, &random) }
            if let wrong = exerciseParsers(bytes) {
                Issue.record("seed \(seed), round \(round): \(wrong): \(bytes)")
            }
        }
    }
}
