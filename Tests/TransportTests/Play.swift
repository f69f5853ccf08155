/// Bytes as a client sends them: what stands between two pieces is a turn of the server's.
struct Play {
    /// Follows what is played, to see whether the connection takes another request.
    static let probe = Array("GET /probe HTTP/1.0\r\n\r\n".utf8)
    static let probeAnswer =
        "HTTP/1.1 200 OK\r\nDate: \(ExchangeRow.Reply.date)\r\nKind: ball\r\nContent-Length: 4\r\n"
        + "Connection: close\r\n\r\npong"

    let site: Site

    /// Everything that comes back, with all dates alike, until the server closes.
    func answers(to pieces: [ArraySlice<UInt8>], probes: Bool) throws -> String {
        let client = try site.client()
        for (index, piece) in pieces.enumerated() {
            if index > 0 { site.takeTurn() }
            client.send(Array(piece))
        }
        if probes { client.send(Self.probe) }
        client.finish()
        return Self.withoutDates(client.rest())
    }

    /// What comes back when `bytes` come in one piece, in two cut anywhere, and one by one; nil
    /// where it is `expected`.
    func differences(_ bytes: [UInt8], _ expected: String, probes: Bool) throws -> [String] {
        let expected = expected + (probes ? Self.probeAnswer : "")
        var differences: [String] = []
        func check(_ pieces: [ArraySlice<UInt8>], _ how: String) throws {
            let found = try answers(to: pieces, probes: probes)
            if found != expected { differences.append("\(how): \(found)") }
        }
        try check([bytes[...]], "whole")
        for cut in bytes.indices.dropFirst() {
            try check([bytes[..<cut], bytes[cut...]], "cut at \(cut)")
        }
        try check(bytes.indices.map { bytes[$0...$0] }, "byte by byte")
        return differences
    }

    private static func withoutDates(_ bytes: [UInt8]) -> String {
        let name = Array("\r\nDate: ".utf8)
        let date = Array(ExchangeRow.Reply.date.utf8)
        var bytes = bytes
        var index = 0
        while index + name.count + date.count <= bytes.count {
            if bytes[index] == name[0], bytes[index..<index + name.count].elementsEqual(name) {
                index += name.count
                bytes.replaceSubrange(index..<index + date.count, with: date)
            }
            index += 1
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

extension Site {
    /// Blocks until the server has seen what was sent so far: the loop's first turn brings it,
    /// the second uses it.
    func takeTurn() {
        for _ in 0..<2 { settle() }
    }
}
