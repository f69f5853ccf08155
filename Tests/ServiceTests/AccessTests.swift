import Foundation
import TestKit
import Testing

extension Service {
    /// Who may, over the wire.
    @Suite("Access") struct AccessTests {
        private static let id = "01890a5d-ac96-774b-bcce-b302099a8059"
        private static let otherID = "01890a5d-ac96-774b-bcce-b302099a8050"
        private static let token = "0123456789abcdefghijklmno"
        private static let otherToken = "0123456789abcdefghijklmnp"

        /// A closed server, and clients that show what their names say.
        private final class Closed {
            let server: ServerProcess
            let keys: [String: String]

            init() throws {
                server = try ServerProcess(settings: ["open": "false"])
                try server.waitForLine(with: "--open does without")
                keys = Dictionary(
                    server.standardError.split(separator: "\n").compactMap { line in
                        let words = line.split(separator: " ").map(String.init)
                        return words.count > 2 && words[1].hasPrefix("hf")
                            ? (words[0], words[1]) : nil
                    }, uniquingKeysWith: { first, _ in first })
            }

            func client(_ bearer: String?, key: String? = nil) -> RecordingClient {
                let client = RecordingClient(port: server.port)
                if let bearer { client.credentials.append(("Authorization", "Bearer \(bearer)")) }
                if let key { client.credentials.append(("Application-Key", key)) }
                return client
            }

            func key(_ kind: String) throws -> String { try #require(keys[kind]) }
        }

        @Test("the first start prints keys, which open what they should and nothing else")
        func rights() throws {
            let closed = try Closed()
            let application = try closed.key("application")
            #expect(Set(closed.keys.keys) == ["application", "operator", "scrape"])
            let recorder = closed.client(Self.token, key: application)
            let digest = RecordingClient.contentDigest([1])
            func target(_ request: String) -> (String, String) {
                let words = request.split(separator: " ").map(String.init)
                return (words[0], words[1].replacing("ID", with: Self.id))
            }
            #expect(try recorder.create(Self.id).status == 201)
            #expect(
                try closed.client(Self.otherToken, key: application).create(Self.otherID).status
                    == 201)
            let clients: [(String, RecordingClient)] = [
                ("nothing", closed.client(nil)), ("token", closed.client(Self.token)),
                ("other token", closed.client(Self.otherToken)),
                ("truncated", closed.client(String(Self.token.dropLast()))),
                ("wrong case", closed.client(Self.token.uppercased())),
                ("application", closed.client(application)),
                ("operator", closed.client(try closed.key("operator"))),
                ("scrape", closed.client(try closed.key("scrape"))),
                ("broken key", closed.client(String(application.dropLast()))),
            ]
            /// The statuses in the clients' order; deletion last, for it is one.
            let rows: [(String, [Int])] = [
                ("GET /healthz", [200, 200, 200, 200, 200, 200, 200, 200, 200]),
                ("GET /metrics", [401, 403, 403, 403, 403, 403, 200, 200, 401]),
                ("GET /recordings", [401, 403, 403, 403, 403, 403, 200, 403, 401]),
                ("PUT /recordings/ID", [401, 200, 401, 401, 401, 401, 403, 403, 401]),
                ("PUT /recordings/ID/chunks/0", [401, 201, 403, 403, 403, 403, 200, 403, 401]),
                ("GET /recordings/ID/status", [401, 200, 403, 403, 403, 403, 200, 403, 401]),
                ("GET /recordings/ID", [401, 200, 403, 403, 403, 403, 200, 403, 401]),
                ("POST /recordings/ID/finalize", [401, 200, 403, 403, 403, 403, 200, 403, 401]),
                ("GET /recordings/ID/media", [401, 200, 403, 403, 403, 403, 200, 403, 401]),
                ("GET /recordings/ID/waveform", [401, 404, 403, 403, 403, 403, 404, 403, 401]),
                ("DELETE /recordings/ID", [401, 403, 403, 403, 403, 403, 204, 403, 401]),
            ]
            for (request, statuses) in rows {
                let (method, path) = target(request)
                for ((name, client), status) in zip(clients, statuses) {
                    let answer =
                        switch path.split(separator: "/").last {
                        case "0":
                            try client.request(
                                method, path,
                                [("Chunk-Sequence", "0"), ("Content-Digest", digest)], [1])
                        case "finalize": try client.finalize(Self.id, length: 1, chunkCount: 1)
                        case _ where method == "PUT": try client.create(Self.id)
                        default: try client.request(method, path)
                        }
                    #expect(answer.status == status, "\(name), \(request): \(answer)")
                    if status == 401 || status == 403 {
                        #expect(answer.problem == (status == 401 ? "unauthorized" : "forbidden"))
                        #expect((answer["WWW-Authenticate"] != nil) == (status == 401))
                        #expect(answer["Recording-Prefix"] == nil)
                    }
                }
            }
        }

        @Test("a missing recording and another's are the same to who may see neither")
        func existence() throws {
            let closed = try Closed()
            let application = try closed.key("application")
            #expect(try closed.client(Self.token, key: application).create(Self.id).status == 201)
            for client in [
                closed.client(nil), closed.client(Self.otherToken), closed.client(application),
                closed.client(try closed.key("scrape")),
            ] {
                for rest in ["", "/status", "/media", "/waveform"] {
                    let there = try client.get("/recordings/\(Self.id)\(rest)")
                    let missing = try client.get("/recordings/\(Self.otherID)\(rest)")
                    #expect(there.status == missing.status && there.text == missing.text)
                }
            }
            let taken = try closed.client(Self.otherToken, key: application).create(Self.id)
            #expect(taken.problem == "forbidden")
        }

        @Test("keys made and revoked by command count without a restart")
        func commands() throws {
            let closed = try Closed()
            func token(_ words: String) throws -> String {
                let process = try ChildProcess(
                    BuiltPrograms.path("holdfastd"),
                    ["token"] + words.split(separator: " ").map(String.init)
                        + ["--data", closed.server.data])
                #expect(process.waitForEnd() == .exited(0), "\(process.text(.error))")
                return process.text(.output)
            }
            let key = try token("create --kind application --name phone --days 1")
                .trimmingCharacters(in: .newlines)
            try closed.server.waitForLine(with: "valid=4")
            #expect(try closed.client(Self.token, key: key).create(Self.id).status == 201)
            let list = try token("list")
            #expect(list.contains("phone") && list.contains("valid until") && !list.contains(key))
            _ = try token("revoke phone")
            try closed.server.hangUp(waitingFor: "valid=3")
            let refused = try closed.client(Self.otherToken, key: key).create(Self.otherID)
            #expect(refused.status == 401)
            #expect(refused.text.contains("revoked"))
            #expect(try closed.client(Self.token).status(Self.id).status == 200)
            #expect(try token("list").contains("revoked"))
            #expect(closed.server.terminate() == .exited(0))
        }

        @Test("a token and the keys are good after a power cut, and nothing is printed again")
        func restart() throws {
            let closed = try Closed()
            let application = try closed.key("application")
            #expect(try closed.client(Self.token, key: application).create(Self.id).status == 201)
            closed.server.kill()
            try closed.server.restart()
            #expect(try closed.client(Self.token).put(Self.id, 0, at: 0, [1]).status == 201)
            #expect(try closed.client(Self.otherToken).status(Self.id).status == 403)
            let owner = closed.client(try closed.key("operator"))
            #expect(try owner.delete(Self.id).status == 204)
            #expect(try closed.client(Self.token).status(Self.id).status == 410)
            #expect(try closed.client(Self.otherToken).status(Self.id).status == 403)
            #expect(!closed.server.standardError.contains(application))
        }

        @Test("who may not send is told so before the body")
        func unread() throws {
            let closed = try Closed()
            let connection = try RawConnection(port: closed.server.port)
            try connection.send(
                "PUT /recordings/\(Self.id)/chunks/0 HTTP/1.1\r\nHost: a\r\n"
                    + "Authorization: Bearer \(Self.token)\r\nAuthorization: Bearer \(Self.token)"
                    + "\r\nContent-Length: 4000000\r\n\r\n")
            let answer = try connection.readAnswer()
            #expect(answer.status == 401)
            #expect(answer["WWW-Authenticate"]?.contains("invalid_token") == true)
        }

        @Test("an open server needs no keys, but a token that was given guards its chunks")
        func open() throws {
            let server = try ServerProcess()
            let nobody = RecordingClient(port: server.port)
            let recorder = RecordingClient(port: server.port)
            recorder.credentials = [("Authorization", "Bearer \(Self.token)")]
            #expect(try nobody.create(Self.otherID).status == 201)
            #expect(try nobody.put(Self.otherID, 0, at: 0, [1]).status == 201)
            #expect(try recorder.create(Self.id).status == 201)
            #expect(try nobody.put(Self.id, 0, at: 0, [1]).status == 401)
            #expect(try recorder.put(Self.id, 0, at: 0, [1]).status == 201)
            #expect(try nobody.get("/recordings/\(Self.id)/media").status == 200)
            #expect(try nobody.get("/recordings").status == 200)
            #expect(try nobody.get("/metrics").status == 200)
            #expect(try nobody.delete(Self.id).status == 204)
            #expect(!server.standardError.contains("hfop_"))
        }
    }
}
