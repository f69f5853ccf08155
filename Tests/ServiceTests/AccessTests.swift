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

        @Test("the first start prints keys, which open what they should and nothing else")
        func rights() throws {
            let closed = try ClosedServer()
            let application = try closed.key("application")
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
            let closed = try ClosedServer()
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
            let closed = try ClosedServer()
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
            let closed = try ClosedServer()
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
            let closed = try ClosedServer()
            let connection = try RawConnection(port: closed.server.port)
            try connection.send(
                "PUT /recordings/\(Self.id)/chunks/0 HTTP/1.1\r\nHost: a\r\n"
                    + "Authorization: Bearer \(Self.token)\r\nAuthorization: Bearer \(Self.token)"
                    + "\r\nContent-Length: 4000000\r\n\r\n")
            let answer = try connection.readAnswer()
            #expect(answer.status == 401)
            #expect(answer["WWW-Authenticate"]?.contains("invalid_token") == true)
        }

        @Test("a link opens a recording's media and waveform to who has it, and no other's")
        func links() throws {
            let closed = try ClosedServer()
            let application = try closed.key("application")
            let recorder = closed.client(Self.token, key: application)
            #expect(try recorder.create(Self.id).status == 201)
            #expect(try recorder.put(Self.id, 0, at: 0, [7]).status == 201)
            func link(_ client: RecordingClient, _ body: String = #"{"seconds": 3600}"#) throws
                -> Answer
            {
                try client.request(
                    "POST", "/recordings/\(Self.id)/links",
                    [("Content-Type", "application/json")], [UInt8](body.utf8))
            }
            let owner = closed.client(try closed.key("operator"))
            #expect(try link(closed.client(nil)).status == 401)
            #expect(try link(closed.client(Self.token)).status == 403)
            #expect(try link(owner, #"{"seconds": 0}"#).status == 400)
            let missing = try owner.request(
                "POST", "/recordings/\(Self.otherID)/links",
                [("Content-Type", "application/json")], [UInt8](#"{"seconds": 1}"#.utf8))
            #expect(missing.status == 404)
            let made = try link(closed.client(application))
            #expect(made.status == 200, "\(made)")
            let nobody = closed.client(nil)
            let media = try #require(try made.json()["media"]?.text)
            let waveform = try #require(try made.json()["waveform"]?.text)
            #expect(try nobody.get(media).body == [7])
            #expect(try nobody.request("HEAD", media).status == 200)
            #expect(try nobody.get(media + "&as=received").body == [7])
            #expect(try nobody.get(waveform).problem == "no-waveform")
            for other in [
                media.replacing(Self.id, with: Self.otherID),
                media.replacing("/media", with: "/status"),
                String(media.dropLast()), media.replacing("expires=", with: "expires=1"),
            ] {
                #expect(try nobody.get(other).status == 401, "\(other)")
            }
            #expect(try nobody.request("DELETE", media).status == 405)
            let command = try ChildProcess(
                BuiltPrograms.path("holdfastd"),
                ["token", "link", Self.id, "--seconds", "60", "--data", closed.server.data])
            #expect(command.waitForEnd() == .exited(0), "\(command.text(.error))")
            let printed = command.text(.output).trimmingCharacters(in: .newlines)
            #expect(try nobody.get(printed).body == [7])
            let end = try ChildProcess(
                BuiltPrograms.path("holdfastd"),
                ["token", "revoke-links", "--data", closed.server.data])
            #expect(end.waitForEnd() == .exited(0), "\(end.text(.error))")
            try closed.server.hangUp(waitingFor: "keys read")
            #expect(try nobody.get(media).status == 401)
            #expect(try nobody.get(printed).status == 401)
            let renewed = try #require(try link(owner).json()["media"]?.text)
            #expect(try nobody.get(renewed).body == [7])
        }

        @Test("what cannot be read can be deleted by an operator, and by nobody else")
        func unreadable() throws {
            let closed = try ClosedServer()
            let application = try closed.key("application")
            let recorder = closed.client(Self.token, key: application)
            #expect(try recorder.create(Self.id).status == 201)
            #expect(try recorder.finalize(Self.id, length: 0, chunkCount: 0).status == 200)
            #expect(closed.server.terminate() == .exited(0))
            let folder = closed.server.data + "/recordings/\(Self.id.suffix(2))/\(Self.id)"
            try Files.write([7], to: folder + "/manifest.json")
            try closed.server.restart()
            #expect(try closed.client(Self.token).status(Self.id).status == 500)
            #expect(try closed.client(nil).delete(Self.id).status == 401)
            #expect(try closed.client(application).delete(Self.id).status == 403)
            let owner = closed.client(try closed.key("operator"))
            #expect(try owner.delete(Self.id).status == 204)
            #expect(try owner.status(Self.id).status == 410)
        }

        @Test("an application tells of its recordings and of those not here, not of another's")
        func telemetry() throws {
            let closed = try ClosedServer()
            let application = try closed.key("application")
            #expect(try closed.client(Self.token, key: application).create(Self.id).status == 201)
            let command = try ChildProcess(
                BuiltPrograms.path("holdfastd"),
                [
                    "token", "create", "--kind", "application", "--name", "other", "--data",
                    closed.server.data,
                ])
            #expect(command.waitForEnd() == .exited(0), "\(command.text(.error))")
            try closed.server.waitForLine(with: "valid=4")
            let other = command.text(.output).trimmingCharacters(in: .newlines)
            func tell(_ key: String, of recording: String) throws -> Answer {
                let event =
                    #"{"id":"\#(Self.otherID)","kind":"started","at":"2026-02-03T04:05:06Z","#
                    + #""recording":"\#(recording)"}"#
                return try closed.client(key).request(
                    "POST", "/telemetry", [("Content-Type", "application/json")],
                    [UInt8](#"{"events":[\#(event)]}"#.utf8))
            }
            let refused = try tell(other, of: Self.id)
            #expect(refused.status == 400 && refused.problem == "event-invalid", "\(refused)")
            // The client leaves that one out and goes on.
            #expect(try refused.json()["event"]?.text == Self.otherID)
            #expect(try tell(other, of: Self.otherID).status == 202)
            #expect(try tell(application, of: Self.id).status == 202)
            #expect(try tell(closed.key("operator"), of: Self.id).status == 202)
            #expect(try tell(Self.token, of: Self.id).status == 403)
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
            let rebound = try RawConnection(port: server.port)
            try rebound.send("GET /recordings HTTP/1.1\r\nHost: example.org\r\n\r\n")
            #expect(try rebound.readAnswer().status == 400)
        }
    }
}
