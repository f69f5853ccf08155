import Foundation
import TestKit
import Testing

extension Service {
    /// What a real server lets go of by its rules, and what it writes down of that.
    @Suite("Retention") struct RetentionServiceTests {
        private static let emptyID = "01890a5d-ac96-774b-bcce-b302099a8041"
        private static let wholeID = "01890a5d-ac96-774b-bcce-b302099a8042"
        private static let newID = "01890a5d-ac96-774b-bcce-b302099a8043"

        /// Every time in the manifests of a server that is down is a month further back; without
        /// the catalog it believes them.
        private func age(_ server: ServerProcess, _ ids: [String]) throws {
            for id in ids {
                let path = "\(server.data)/recordings/\(id.suffix(2))/\(id)/manifest.json"
                let text = String(decoding: try Files.read(path), as: UTF8.self)
                let aged = text.replacing(#/At":(\d{13})/#) { match in
                    "At\":\((Int(match.1) ?? 0) - 30 * 86_400_000)"
                }
                #expect(aged != text)
                try Files.write([UInt8](aged.utf8), to: path)
            }
            for suffix in ["", "-wal", "-shm"] {
                let path = server.data + "/catalog.sqlite" + suffix
                if FileManager.default.fileExists(atPath: path) {
                    try FileManager.default.removeItem(atPath: path)
                }
            }
        }

        @Test("what is due expires by itself and is written down, what is not stays")
        func expiry() throws {
            let server = try ServerProcess(settings: [
                "empty-hours": "1", "finalized-days": "7", "retention-interval-seconds": "1",
                "checkpoint-interval-seconds": "1",
            ])
            var client = RecordingClient(port: server.port)
            #expect(try client.create(Self.emptyID).status == 201)
            // Its manifest is what is aged.
            let manifest =
                "\(server.data)/recordings/\(Self.emptyID.suffix(2))/\(Self.emptyID)/manifest.json"
            for _ in 0..<6000 where !FileManager.default.fileExists(atPath: manifest) {
                usleep(10_000)
            }
            for id in [Self.wholeID, Self.newID] {
                #expect(try client.create(id).status == 201)
                #expect(try client.put(id, 0, at: 0, [1, 2, 3]).status == 201)
                #expect(try client.finalize(id, length: 3, chunkCount: 1).status == 200)
            }
            #expect(server.terminate() == .exited(0))
            try age(server, [Self.emptyID, Self.wholeID])
            try server.restart()
            for (id, rule, bytes) in [(Self.emptyID, "empty", 0), (Self.wholeID, "finalized", 3)] {
                let line = try server.waitForLine(with: "recording=\(id) rule=\(rule)")
                #expect(line.contains("audit") && line.contains("action=expire"), "\(line)")
                #expect(line.contains("by=retention") && line.contains("bytes=\(bytes)"))
                #expect(line.contains("outcome=done"), "\(line)")
            }
            client = RecordingClient(port: server.port)
            for id in [Self.emptyID, Self.wholeID] {
                for rest in ["/status", "/media"] {
                    let gone = try client.get("/recordings/\(id)\(rest)")
                    #expect(gone.status == 410)
                    #expect(try gone.json()["reason"]?.text == "expired")
                }
                #expect(try client.put(id, 0, at: 0, [1, 2, 3]).status == 410)
                #expect(try client.create(id).status == 410)
            }
            #expect(try client.get("/recordings/\(Self.newID)/media").body == [1, 2, 3])
            #expect(try client.status(Self.newID).json()["expiresAt"]?.text != nil)
            let listed = try client.get("/recordings?state=expired").json()["recordings"]?.list
            #expect(listed?.count == 2)
            let metrics = try client.get("/metrics").text
            for rule in ["empty", "finalized"] {
                #expect(metrics.contains("{rule=\"\(rule)\"} 1\n"), "\(metrics)")
            }
            #expect(try client.delete(Self.newID).status == 204)
            let line = try server.waitForLine(with: "action=delete")
            #expect(line.contains("by=open") && line.contains("from=127.0.0.1:"), "\(line)")
            #expect(line.contains("recording=\(Self.newID)"), "\(line)")
            // What the rules did holds after a power cut, and is not done again.
            server.kill()
            try server.restart()
            client = RecordingClient(port: server.port)
            #expect(try client.status(Self.wholeID).status == 410)
            #expect(try !client.get("/metrics").text.contains("{rule=\"finalized\"} 1"))
        }
    }
}
