import Foundation
import Glibc
import TestKit
import Testing

extension Service {
    /// What answers is no server of this protocol, or nothing does: the copy here is what counts.
    @Suite("A strange server") struct StrangeServerTests {
        private let holdfast = Holdfast()

        struct Row: Sendable, CustomTestStringConvertible {
            let testDescription: String
            /// What it gives to every connection.
            let status: Int
            var type = "application/json"
            let text: String
            /// Of `holdfast send FILE`; the outbox keeps what was refused, for another server: 3.
            let fileCode: Int32
            /// What both say.
            let words: String
        }

        private static let rows = [
            Row(
                testDescription: "the page of a network that wants a login", status: 200,
                type: "text/html", text: "<html>Welcome</html>", fileCode: 1,
                words: "answer is no"),
            Row(
                testDescription: "documents of another version", status: 200,
                text: #"{"version":9,"recording":{"state":"open","parts":[]}}"#, fileCode: 1,
                words: "answer is no"),
            Row(
                testDescription: "a server of other things", status: 404, type: "text/html",
                text: "<html>Not here</html>", fileCode: 3, words: "404"),
            Row(
                testDescription: "another version that says so", status: 400,
                type: "application/problem+json",
                text: #"{"type":"https://example.org/problems/old-client","status":400,"#
                    + #""title":"Too old","detail":"This server speaks version 9."}"#,
                fileCode: 1, words: "This server speaks version 9. (400 old-client)"),
        ]

        @Test("is told from one that has the recording, which stays and is sent", arguments: rows)
        func isToldAndKept(row: Row) throws {
            let strange = try ForeignServer(status: row.status, type: row.type, row.text)
            try expectKept(
                port: strange.port, fileCode: row.fileCode, words: row.words)
            #expect(strange.connectionCount >= 2)
        }

        @Test("one that does not even speak HTTP is told, and the recording is sent elsewhere")
        func speaksOtherwise() throws {
            let strange = try ForeignServer(answering: Array("SSH-2.0-OpenSSH_9.9\r\n".utf8))
            try expectKept(port: strange.port, fileCode: 3, words: "HTTP/0.9")
        }

        @Test("one that is not there is told, and the recording is sent when it is")
        func unreachable() throws {
            let gone = try ServerProcess()
            gone.kill()
            try expectKept(port: gone.port, fileCode: 3, words: "onnect")
        }

        /// Sends in vain, both ways, and then to a real server.
        private func expectKept(
            port: UInt16, fileCode: Int32, words: String
        ) throws {
            let id = try holdfast.record()
            let bytes = try holdfast.media(id)
            let server = ["--server", Holdfast.url(port), "--attempts", "1"]
            let send = try holdfast.run(["send"] + server, code: 3)
            let recording = try #require(try holdfast.list().first)
            #expect(recording["state"]?.text == "parked")
            let reason = try #require(recording["reason"]?.text)
            #expect(reason.contains(words), "\(reason)")
            #expect(send.text(.error).contains(reason), "\(send.text(.error))")
            let isSame = try holdfast.media(id) == bytes
            #expect(isSame)

            let path = try holdfast.file("copy.ogg", bytes)
            let file = try holdfast.run(["send", path] + server, code: fileCode)
            #expect(file.text(.error).contains(words), "\(file.text(.error))")

            let real = try ServerProcess()
            try holdfast.run(["send", "--server", Holdfast.url(real.port), "--recording", id])
            #expect(try holdfast.list().first?["state"]?.text == "sent")
            #expect(try holdfast.isWhole(id, on: real))
            try holdfast.run(["send", path, "--server", Holdfast.url(real.port)])
        }
    }
}
