import Foundation
import TestKit
import Testing

extension Service {
    /// Requests as they go over the wire, answered by the server itself.
    @Suite("Rows") struct RowTests {
        private static let id = "01890a5d-ac96-774b-bcce-b302099a8059"
        @Test("every request has the answer of its row, however it comes")
        func rows() throws {
            let server = try ServerProcess()
            let client = RecordingClient(port: server.port)
            #expect(try client.create(Self.id, mediaType: "application/x-none").status == 201)
            #expect(try client.put(Self.id, 0, at: 0, Array("0123456789".utf8)).status == 201)
            #expect(try client.finalize(Self.id, length: 10, chunkCount: 1).status == 200)
            let tag = try #require(try client.get("/recordings/\(Self.id)/media")["ETag"])
            for row in ServiceRows.all {
                let bytes = Array(Self.filled(row.request, tag).utf8)
                var found: Set<String> = []
                // One that lives takes the next request.
                var connection = try RawConnection(port: server.port)
                for cut in 0...bytes.count {
                    let pieces = cut == 0 ? bytes.map { [$0] } : Self.cut(bytes, at: cut)
                    if let difference = try Self.difference(row, tag, pieces, connection) {
                        found.insert(difference)
                    }
                    if !row.lives { connection = try RawConnection(port: server.port) }
                }
                for difference in found {
                    Issue.record("\(row.section) \(row.request): \(difference)")
                }
            }
            #expect(try client.get("/healthz").status == 200)
        }

        private static func cut(_ bytes: [UInt8], at place: Int) -> [[UInt8]] {
            [Array(bytes[..<place]), Array(bytes[place...])].filter { !$0.isEmpty }
        }

        private static func filled(_ text: String, _ tag: String) -> String {
            text.replacing(" M HTTP", with: " /recordings/ID/media HTTP")
                .replacing("ID", with: id).replacing("ETAG", with: tag)
        }

        /// What is not as the row has it.
        private static func difference(
            _ row: ServiceRow, _ tag: String, _ pieces: [[UInt8]], _ connection: RawConnection
        ) throws -> String? {
            for piece in pieces { try connection.send(piece) }
            let answer = try connection.readAnswer(toHead: row.request.hasPrefix("HEAD "))
            guard answer.status == row.status else { return "status \(answer.status)" }
            for line in row.lines {
                let parts = filled(line, tag).split(separator: ": ", maxSplits: 1)
                let value = answer[String(parts[0])] ?? "none"
                guard value == parts[1] else { return "\(parts[0]): \(value)" }
            }
            guard answer["Date"] != nil else { return "no Date" }
            if let body = row.body, answer.text != body { return "body \(answer.text)" }
            if row.lives { return answer["Connection"] == nil ? nil : "will be closed" }
            // What was not read is lingered for: the end comes when this side has ended.
            connection.endSending()
            return connection.isClosedByServer() ? nil : "lives"
        }
    }
}
