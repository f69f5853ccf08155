import Foundation
import TestKit
import Testing

extension Service {
    /// Broken requests by the thousand: `HOLDFAST_TORTURE=1000000 scripts/test --filter Torture`,
    /// with `HOLDFAST_TORTURE_SEED` for others than these.
    @Suite("Torture") struct TortureTests {
        private static let id = "01890a5d-ac96-774b-bcce-b302099a8059"
        private static let content = Array("what was recorded".utf8)
        private static let variables = ProcessInfo.processInfo.environment
        private static let seed = variables["HOLDFAST_TORTURE_SEED"].flatMap { UInt64($0) } ?? 9_112

        @Test("breaks nothing, leaks nothing, and stops nobody else")
        func torture() throws {
            let count = Self.variables["HOLDFAST_TORTURE"].flatMap { Int($0) } ?? 2_000
            let server = try ServerProcess()
            let client = RecordingClient(port: server.port)
            #expect(try client.create(Self.id).status == 201)
            #expect(try client.put(Self.id, 0, at: 0, Self.content).status == 201)
            var requests = MutatedRequests(seed: Self.seed, of: Self.requests)
            var tally = Tally()
            // What a server has after a while is what it may have in the end.
            let warmUp = max(500, count / 10)
            for _ in 0..<warmUp { _ = tally.add(try Self.send(requests.next(), to: server.port)) }
            let before = try Footprint(server, client)
            for round in 1...count {
                let bytes = requests.next()
                let answers = try Self.send(bytes, to: server.port)
                if tally.add(answers) {
                    let text = String(decoding: bytes, as: UTF8.self)
                    Issue.record("seed \(Self.seed), round \(round): \(answers) to \(text)")
                }
                guard round.isMultiple(of: 1_000) || round == count else { continue }
                try #require(try client.get("/healthz").status == 200)
            }
            let after = try Footprint(server, client)
            let received = try client.received(Self.id)
            #expect(received.body.starts(with: Self.content))
            print("torture: seed \(Self.seed), \(warmUp + count) requests, answers \(tally.text)")
            print("torture: before \(before), after \(after)")
            #expect(after.connections == 1)
            #expect(after.descriptors <= before.descriptors + 8)
            #expect(after.residentBytes <= before.residentBytes + 32 << 20)
        }

        /// What is broken: all that the protocol has, and the rows of the table.
        private static let requests: [[UInt8]] = {
            let recording = "/recordings/\(id)"
            let digest = RecordingClient.contentDigest(content)
            let json = "Content-Type: application/json"
            func request(_ line: String, _ fields: [String] = [], _ body: String = "") -> String {
                let length = body.isEmpty ? [] : ["Content-Length: \(body.utf8.count)"]
                return ([line + " HTTP/1.1", "Host: a"] + fields + length)
                    .joined(separator: "\r\n") + "\r\n\r\n" + body
            }
            let text = String(decoding: content, as: UTF8.self)
            let chunk = "Content-Digest: \(digest)"
            let own = [
                request("PUT \(recording)", [json], #"{"mediaType":"video/webm"}"#),
                request("PUT \(recording)/chunks/0", ["Chunk-Sequence: 0", chunk], text),
                request("PUT \(recording)/chunks/17", ["Chunk-Sequence: 1", chunk], text),
                request("PUT \(recording)/chunks/900", ["Chunk-Sequence: 9", chunk], text),
                request(
                    "POST \(recording)/chunks",
                    ["Chunk-Sequence: 0", "Chunk-Offset: 0", chunk, "Expect: 100-continue"], text),
                request(
                    "PUT \(recording)/chunks/0",
                    ["Chunk-Sequence: 0", chunk, "Transfer-Encoding: chunked"])
                    + "11\r\n\(text)\r\n0\r\nA: b\r\n\r\n",
                request("POST \(recording)/finalize", [json], #"{"length":99,"chunkCount":9}"#),
                request("POST /recordings", [json, "Idempotency-Key: \"k\""], "{}"),
                request("GET \(recording)/status"), request("GET \(recording)"),
                request("GET \(recording)/media", ["Range: bytes=3-9"]),
                request("HEAD \(recording)/media?as=received", ["If-None-Match: \"a\""]),
                request("GET /recordings?state=recording&limit=2"),
                request("DELETE /recordings/01890a5d-ac96-774b-bcce-b302099a8057"),
                request("GET /healthz") + request("GET /readyz"), request("OPTIONS *"),
                request("GET /metrics"),
            ].map { Array($0.utf8) }
            let rows = (RequestLineRows.all + FieldRows.all).map(\.bytes)
            return Array(repeatElement(own, count: rows.count / own.count).joined()) + rows
        }()

        /// The statuses of what comes back until the server closes.
        private static func send(_ bytes: [UInt8], to port: UInt16) throws -> [Int] {
            let connection = try RawConnection(port: port)
            do throws(RawConnection.Failure) {
                try connection.send(bytes)
            } catch {
                guard error.isReset else { throw error }
            }
            connection.endSending()
            return statuses(connection.readToEnd())
        }

        /// Each answer begins with its status and has a date behind it; no body has lines.
        private static func statuses(_ bytes: [UInt8]) -> [Int] {
            String(decoding: bytes, as: UTF8.self).matches(
                of: #/HTTP/1\.1 (\d\d\d) [^\r\n]*\r\nDate: /#
            ).compactMap { Int($0.1) }
        }
    }

    private struct Tally {
        private var counts: [Int: Int] = [:]

        /// Whether the server failed: the only 5xx that a broken request deserves say that a
        /// method, a coding or a version is not known.
        mutating func add(_ statuses: [Int]) -> Bool {
            for status in statuses { counts[status, default: 0] += 1 }
            return statuses.contains { $0 >= 500 && $0 != 501 && $0 != 505 }
        }

        var text: String {
            counts.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }
                .joined(separator: ", ")
        }
    }

    /// What a server takes of its machine.
    private struct Footprint {
        let residentBytes: Int
        let descriptors: Int
        let connections: Int

        init(_ server: ServerProcess, _ client: RecordingClient) throws {
            // The last connection's end may be on its way.
            var connections = 0
            for _ in 0..<1_000 where connections != 1 {
                connections = try Self.figure("holdfast_connections", client)
            }
            self.connections = connections
            residentBytes = try Self.figure("process_resident_memory_bytes", client)
            descriptors = try Self.figure("process_open_fds", client)
        }

        private static func figure(_ name: String, _ client: RecordingClient) throws -> Int {
            let line = try client.get("/metrics").text.split(separator: "\n")
                .first { $0.hasPrefix(name + " ") }
            return line?.split(separator: " ").last.flatMap { Double($0) }.map { Int($0) } ?? -1
        }
    }
}
