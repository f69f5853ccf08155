import TestKit
import Testing
import Wire

extension Service {
    /// What pages of other origins may do, over the wire and in a browser.
    @Suite("CORS") struct CORSTests {
        private static let id = "01890a5d-ac96-774b-bcce-b302099a8059"
        private static let origin = ("Origin", "http://localhost:5173")

        /// What is for connections, caches and browsers, which pages need not see.
        private static let forMachines: Set<String> = [
            "date", "connection", "vary", "access-control-allow-origin",
            "access-control-expose-headers", "access-control-allow-methods",
            "access-control-allow-headers", "access-control-max-age",
        ]

        @Test("a page may see every field of every answer, and send what a preflight allows")
        func fields() throws {
            let server = try ServerProcess()
            let client = RecordingClient(port: server.port)
            client.credentials = [Self.origin]
            let path = "/recordings/\(Self.id)"
            func preflight(_ method: String, _ path: String) throws -> Answer {
                try client.request(
                    "OPTIONS", path, [("Access-Control-Request-Method", method)])
            }
            var answers = [
                try client.create(Self.id), try client.create(Self.id),
                try client.put(Self.id, 0, at: 0, [1, 2]),
                try client.put(Self.id, 0, at: 0, [1, 2]),
                try client.put(Self.id, 0, at: 0, [1, 3]),
                try client.put(Self.id, 1, at: 2, [3], digest: "md5=:AA==:"),
                try client.status(Self.id), try client.finalize(Self.id, length: 9),
                try client.finalize(Self.id, length: 2), try client.get(path + "/media"),
                try client.get(path + "/media?as=received"), try client.get(path + "/waveform"),
                try client.request("GET", path + "/media", [("Range", "bytes=0-0")]),
                try client.request("GET", path + "/media", [("Range", "bytes=9-")]),
                try client.request("GET", path + "/media", [("If-None-Match", "*")]),
                try client.request("GET", path + "/media", [("If-Match", "\"x\"")]),
                try client.request("GET", path, [("Authorization", "Bearer x")]),
                try client.get("/recordings"), try client.get("/healthz"),
                try client.get("/metrics"), try client.get("/nothing"),
                try client.request("PATCH", path), try client.request("BREW", path),
                try preflight("PUT", path), try client.request("POST", "/recordings"),
                try client.delete(Self.id), try client.status(Self.id),
            ]
            let exposed = Set(Names.sent.map { $0.lowercased() })
            for answer in answers {
                #expect(answer["Access-Control-Allow-Origin"] == Self.origin.1, "\(answer)")
                #expect(
                    answer["Access-Control-Expose-Headers"] == Names.sent.joined(separator: ", "))
                #expect(answer.fields.contains { $0.name == "Vary" && $0.value == "Origin" })
                for field in answer.fields.map({ $0.name.lowercased() }) {
                    #expect(
                        exposed.contains(field) || Self.forMachines.contains(field), "\(field)")
                }
            }
            for (method, path) in [
                ("PUT", path), ("PUT", path + "/chunks/0"), ("POST", path + "/finalize"),
                ("DELETE", path), ("GET", path + "/media"), ("POST", "/recordings"),
            ] {
                let answer = try preflight(method, path)
                #expect(answer.status == 204)
                #expect(answer["Access-Control-Allow-Methods"]?.contains(method) == true)
                #expect(
                    answer["Access-Control-Allow-Headers"]
                        == Names.accepted.joined(separator: ", "))
            }
            client.credentials = [("Origin", "https://elsewhere.example")]
            answers = [try client.get("/healthz"), try preflight("PUT", path)]
            for answer in answers {
                #expect(
                    !answer.fields.contains { $0.name.hasPrefix("Access-Control") }, "\(answer)")
            }
        }

        @Test("a page of another origin records, in a browser, and sees what it needs")
        func browser() throws {
            guard Browser.isInstalled else {
                return try Skip.loudly("chromium is not here: scripts/need-test-tools")
            }
            let server = try ServerProcess()
            let other = try ServerProcess()
            let browser = try Browser()
            try browser.open("http://127.0.0.1:\(other.port)/healthz")
            let seen = try browser.run(
                Self.script, ["http://127.0.0.1:\(server.port)/recordings/\(Self.id)"])
            #expect(
                seen
                    == .list([
                        .number(201), .number(201), .text("3"), .number(200), .text("replayed"),
                        .number(200), .number(206), .text("bytes 0-1/3"), .number(401),
                    ]), "\(seen)")
        }

        /// Creates, sends, sends again, finalizes, reads a part; and sends without its token.
        private static let script = """
            const [url, done] = arguments;
            const token = {Authorization: "Bearer 0123456789abcdefghijklmno"};
            const json = {...token, "Content-Type": "application/json"};
            const chunk = {...token, "Chunk-Sequence": "0"};
            (async () => {
                const digest = new Uint8Array(
                    await crypto.subtle.digest("SHA-256", new Uint8Array([1, 2, 3])));
                chunk["Content-Digest"] = `sha-256=:${btoa(String.fromCharCode(...digest))}:`;
                const send = (headers) => fetch(`${url}/chunks/0`, {
                    method: "PUT", headers, body: new Uint8Array([1, 2, 3])});
                const created = await fetch(url, {
                    method: "PUT", headers: json, body: '{"mediaType": "audio/ogg"}'});
                const stored = await send(chunk);
                const again = await send(chunk);
                const finalized = await fetch(`${url}/finalize`, {
                    method: "POST", headers: json, body: '{"length": 3}'});
                const part = await fetch(`${url}/media`, {
                    headers: {...token, Range: "bytes=0-1"}});
                delete chunk.Authorization;
                const refused = await send(chunk);
                done([
                    created.status, stored.status, stored.headers.get("Recording-Prefix"),
                    again.status, again.headers.get("Chunk-Replayed") ? "replayed" : "stored",
                    finalized.status, part.status, part.headers.get("Content-Range"),
                    refused.status,
                ]);
            })().catch((error) => done({error: String(error)}));
            """
    }
}
