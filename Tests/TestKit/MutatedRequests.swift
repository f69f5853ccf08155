/// Requests broken at random, the same for the same seed.
package struct MutatedRequests {
    private let requests: [[UInt8]]
    private var random: SeededRandom

    /// What requests are broken with.
    private static let pieces: [[UInt8]] = [
        "\r\n", "\n", "\r", "\r\n\r\n", " ", "\t", ":", ",", ";", "\"", "\0", "0", "5", "%", "/",
        "Content-Length: 5\r\n", "Transfer-Encoding: chunked\r\n", "Host: b\r\n", "chunked",
        "0\r\n\r\n", "5\r\nabcde\r\n", "ffffffffffffffff", "HTTP/1.0", "http://b", "Expect: x\r\n",
        "bytes=1-", "GET / HTTP/1.1\r\nHost: a\r\n\r\n", "\u{FF}", "1;a=\"b\"\r\nx\r\n",
    ].map { Array($0.utf8) }

    package init(seed: UInt64, of requests: [[UInt8]]) {
        self.requests = requests.filter { !$0.isEmpty }
        random = SeededRandom(seed)
    }

    /// One of the requests, with one to three mistakes in it.
    package mutating func next() -> [UInt8] {
        var bytes = requests[Int.random(in: 0..<requests.count, using: &random)]
        for _ in 0..<Int.random(in: 1...3, using: &random) { mutate(&bytes) }
        return bytes
    }

    private mutating func mutate(_ bytes: inout [UInt8]) {
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
            let other = requests[Int.random(in: 0..<requests.count, using: &random)]
            bytes.replaceSubrange(place..., with: other.suffix(bytes.count - place + 20))
        default:
            let piece = Self.pieces[Int.random(in: 0..<Self.pieces.count, using: &random)]
            bytes.insert(contentsOf: piece, at: place)
        }
    }
}
