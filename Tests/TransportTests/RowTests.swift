import HTTP1
import TestKit
import Testing
import Transport

/// Requests as they go over the wire, and what a real server answers: the same in one piece, cut
/// in two anywhere, and byte by byte.
@Suite struct `Over a socket` {
    @Test func `every exchange has the very answers of its row`() async throws {
        try await Site.run { site in
            for row in ExchangeRows.all {
                let differences = try Play(site: site).differences(
                    Array(row.raw.utf8), row.answers, probes: row.isProbed)
                if let first = differences.first {
                    Issue.record("\(row.testDescription)\n\(differences.count): \(first)")
                }
            }
        }
    }

    @Test func `every head is answered as it is read`() async throws {
        try await Site.run { site in
            for row in RequestLineRows.all + FieldRows.all {
                let (reply, ending) = Self.reply(to: row)
                let expected = ExchangeRow(row.section, "", reply.map { [$0] } ?? [], ending)
                let differences = try Play(site: site).differences(
                    row.bytes, expected.answers, probes: expected.isProbed)
                if let first = differences.first {
                    Issue.record("\(row.testDescription)\n\(differences.count): \(first)")
                }
            }
        }
    }

    @Test func `every chunked body is answered as it is decoded`() async throws {
        let head = "PUT /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
        try await Site.run { site in
            for (body, meaning) in ChunkedRows.all {
                let content = meaning.split(separator: "»").first.map { $0.dropFirst() }
                let isWhole = meaning.hasPrefix("«")
                let expected =
                    if isWhole {
                        ExchangeRow(
                            "", "", [.echo(String(content ?? ""))],
                            meaning.hasSuffix("»") ? .lives : .waits)
                    } else if let status = Int(meaning) {
                        ExchangeRow("", "", [.status(status)], .closes)
                    } else {
                        ExchangeRow("", "", [], .waits)
                    }
                let differences = try Play(site: site).differences(
                    Array((head + body).utf8), expected.answers, probes: expected.isProbed)
                if let first = differences.first {
                    Issue.record("\(body): \(differences.count): \(first)")
                }
            }
        }
    }

    @Test func `there are at least 400 rows`() {
        let count =
            ExchangeRows.all.count + RequestLineRows.all.count + FieldRows.all.count
            + ChunkedRows.all.count
        #expect(count >= 400, "there are \(count)")
    }

    /// What a head that was read must come to: `HeadParserTests` judge the reading.
    private static func reply(
        to row: RequestRow
    ) -> (ExchangeRow.Reply?, ExchangeRow.Ending) {
        var parser = HeadParser()
        do throws(HTTPError) {
            guard let (head, consumed) = try parser.parse(row.bytes.span) else {
                return (nil, .waits)
            }
            if head.namesHTTPS {
                return (.refused(421, "an https target over plain HTTP"), .closes)
            }
            if !head.keepsAlive { return (.pong, .closes) }
            if head.version == .http10 { return (.pong, .isKept) }
            switch head.framing {
            case .none, .length(0): return (.pong, consumed < row.bytes.count ? .waits : .lives)
            case .length(...65_536) where !head.expectsContinue: return (.pong, .waits)
            case .length, .chunked: return (.pong, .closes)
            }
        } catch {
            return (.refused(error.status, error.reason), .closes)
        }
    }
}

extension ExchangeRow {
    /// Whether a further request may tell that the connection lives.
    var isProbed: Bool { ending == .lives || ending == .isKept }
}
