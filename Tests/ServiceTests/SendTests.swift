import Foundation
import Glibc
import TestKit
import Testing

extension Service {
    /// The recorder's command line against the real server.
    @Suite("holdfast send") struct SendTests {
        @Test("several files arrive whole and are reported one by one")
        func sendsSeveralFiles() throws {
            let server = try ServerProcess()
            let folder = TemporaryFolder("send")
            var paths: [String] = []
            for name in ["cr-vp8-opus-gum-ts1000", "fx-ogg-opus-ts1000", "dmg-s-empty"] {
                let recording = try SharedRecordings.fixture(name)
                let ending = recording.mediaType.contains("ogg") ? "ogg" : "webm"
                paths.append(folder.path + "/\(name).\(ending)")
                try Data(try recording.bytes()).write(to: URL(filePath: paths.last ?? ""))
            }
            let send = try start(paths, to: server, "--json", "--chunk-bytes", "10000")
            #expect(send.waitForEnd() == .exited(0), "\(send.text(.error))")
            let reports = try Self.reports(send)
            #expect(reports.map { $0["file"]?.text } == paths)
            for (path, report) in zip(paths, reports) {
                #expect(report["outcome"]?.text == "sent")
                try expectWhole(path, report, on: server)
            }
            // All of it again: nothing is sent twice.
            let again = try start(paths, to: server, "--json", "--chunk-bytes", "10000")
            #expect(again.waitForEnd() == .exited(0), "\(again.text(.error))")
            #expect(try Self.reports(again).map { $0["bytesSent"]?.integer } == [0, 0, 0])
        }

        @Test("a send that is killed goes on where it stopped")
        func resumesAfterKill() throws {
            let server = try ServerProcess()
            let folder = TemporaryFolder("send")
            let path = try Self.largeFile(in: folder)
            let options = ["--json", "--chunk-bytes", "50000", "--in-flight", "2"]
            let doomed = try start([path], to: server, options)
            #expect(doomed.waitForLine(.error, with: " 20 %") != nil, "\(doomed.text(.error))")
            doomed.signal(SIGKILL)
            #expect(doomed.waitForEnd() == .signalled(SIGKILL))

            let send = try start([path], to: server, options)
            #expect(send.waitForEnd() == .exited(0), "\(send.text(.error))")
            let report = try #require(try Self.reports(send).first)
            let sent = try #require(report["bytesSent"]?.integer)
            let byteCount = try #require(report["bytes"]?.integer)
            // A fifth was acknowledged; two more chunks may have been on their way.
            #expect(sent <= byteCount * 4 / 5)
            try expectWhole(path, report, on: server)
        }

        @Test("a send outlives the server's crash and restart")
        func outlivesServer() throws {
            let server = try ServerProcess()
            let folder = TemporaryFolder("send")
            let path = try Self.largeFile(in: folder)
            let send = try start([path], to: server, "--json", "--chunk-bytes", "50000")
            #expect(send.waitForLine(.error, with: " 20 %") != nil, "\(send.text(.error))")
            server.kill()
            #expect(send.waitForLine(.error, with: "attempt 1 failed") != nil)
            try server.restart(samePort: true)
            #expect(send.waitForEnd() == .exited(0), "\(send.text(.error))")
            try expectWhole(path, try #require(try Self.reports(send).first), on: server)
        }

        @Test("what cannot be sent is told by sentence and exit code")
        func tellsWhatWentWrong() throws {
            let server = try ServerProcess(settings: ["recording-bytes-max": "1000"])
            let folder = TemporaryFolder("send")
            let path = try Self.largeFile(in: folder)
            let missing = try start([folder.path + "/nothing"], to: server)
            #expect(missing.waitForEnd() == .exited(2))
            #expect(missing.text(.error).contains("nothing"))
            let refused = try start([path], to: server)
            #expect(refused.waitForEnd() == .exited(1))
            #expect(refused.text(.error).contains("recording-too-large"))
            server.kill()
            let alone = try start([path], to: server, "--attempts", "1")
            #expect(alone.waitForEnd() == .exited(3))
            let wrong = try ChildProcess(BuiltPrograms.path("holdfast"), ["send", path])
            #expect(wrong.waitForEnd() == .exited(64))
        }

        private func start(
            _ files: [String], to server: ServerProcess, _ options: String...
        ) throws -> ChildProcess {
            try start(files, to: server, options)
        }

        private func start(
            _ files: [String], to server: ServerProcess, _ options: [String]
        ) throws -> ChildProcess {
            try ChildProcess(
                BuiltPrograms.path("holdfast"),
                ["send"] + files + ["--server", "http://127.0.0.1:\(server.port)"] + options,
                environment: ["HOLDFAST_PROFILE": server.data + "-sender"])
        }

        private func expectWhole(_ path: String, _ report: JSON, on server: ServerProcess) throws {
            let id = try #require(report["id"]?.text)
            let received = try RecordingClient(port: server.port).received(id)
            #expect(received.status == 200)
            let isSame = received.body == [UInt8](try Data(contentsOf: URL(filePath: path)))
            #expect(isSame, "\(path) arrived otherwise")
        }

        private static func reports(_ send: ChildProcess) throws -> [JSON] {
            try send.text(.output).split(separator: "\n").map {
                try JSONDecoder().decode(JSON.self, from: Data($0.utf8))
            }
        }

        private static func largeFile(in folder: TemporaryFolder) throws -> String {
            var random = SeededRandom(0x5E7D)
            let path = folder.path + "/large.webm"
            try Data(random.bytes(5_000_000)).write(to: URL(filePath: path))
            return path
        }
    }
}
