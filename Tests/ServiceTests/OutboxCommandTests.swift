import Foundation
import Glibc
import TestKit
import Testing

extension Service {
    /// The recorder's commands on its outbox, as a person uses them.
    @Suite("Outbox commands") struct OutboxCommandTests {
        private let folder = TemporaryFolder("outbox")
        private var profile: String { folder.path + "/profile" }

        @Test("recorded, listed, sent, kept and deleted")
        func everyday() throws {
            let server = try ServerProcess()
            let now = try record("now")
            let later = try record("later", "--record-only")
            #expect(try list().map { $0["state"]?.text } == ["pending", "kept"])
            let send = try holdfast("send", "--server", url(server))
            #expect(send.waitForEnd() == .exited(0), "\(send.text(.error))")
            #expect(send.text(.output).contains("now: sent (complete)"))
            #expect(try list().map { $0["state"]?.text } == ["sent", "kept"])
            let text = try holdfast("list")
            #expect(text.waitForEnd() == .exited(0))
            let lines = text.text(.output).split(separator: "\n")
            #expect(lines.count == 3 && lines[0].contains("STATE") && lines[1].contains("100 %"))

            let refused = try holdfast("delete", later)
            #expect(refused.waitForEnd() == .exited(1))
            #expect(refused.text(.error).contains("--unsent"))
            let chosen = try holdfast("send", "--server", url(server), "--recording", later)
            #expect(chosen.waitForEnd() == .exited(0), "\(chosen.text(.error))")
            #expect(try list().map { $0["state"]?.text } == ["sent", "sent"])
            let delete = try holdfast("delete", now, later)
            #expect(delete.waitForEnd() == .exited(0))
            #expect(try list().isEmpty)
        }

        @Test("parked when the server is gone, and sent when it is back")
        func parked() throws {
            let server = try ServerProcess()
            server.kill()
            let id = try record("talk")
            let alone = try holdfast("send", "--server", url(server), "--attempts", "1")
            #expect(alone.waitForEnd() == .exited(3), "\(alone.text(.error))")
            let parked = try #require(try list().first)
            #expect(parked["state"]?.text == "parked")
            #expect(parked["reason"]?.text?.contains("does not answer") == true)
            let retry = try holdfast("retry", id)
            #expect(retry.waitForEnd() == .exited(0))
            #expect(try list().first?["state"]?.text == "pending")
            try server.restart(samePort: true)
            let send = try holdfast("send", "--server", url(server))
            #expect(send.waitForEnd() == .exited(0), "\(send.text(.error))")
            #expect(try list().first?["state"]?.text == "sent")
        }

        @Test("while one records, others are told so, and can list")
        func locked() throws {
            _ = try record("before")
            let media = try Self.media(in: folder)
            let recording = try ChildProcess(
                BuiltPrograms.path("holdfast"),
                [
                    "record", "--capture", "cat \(media); sleep 20", "--json", "--profile",
                    profile,
                ])
            #expect(recording.waitForLine(.output, with: "safe") != nil)
            let retry = try holdfast("retry", "0")
            #expect(retry.waitForEnd() == .exited(2))
            #expect(retry.text(.error).contains("in use by process \(recording.id)"))
            #expect(try list().map { $0["state"]?.text } == ["pending", "recording"])
            let doctor = try holdfast("doctor")
            #expect(doctor.waitForEnd() == .exited(0), "\(doctor.text(.output))")
            #expect(doctor.text(.output).contains("Process \(recording.id) is recording"))
            // The power goes: what was safe is there when the profile is opened again.
            recording.signal(SIGKILL)
            recording.waitForEnd()
            let ids = try list().compactMap { $0["id"]?.text }
            let keep = try holdfast("keep", ids[1])
            #expect(keep.waitForEnd() == .exited(0))
            let kept = try #require(try list().last)
            #expect(kept["state"]?.text == "kept")
            #expect(kept["endReason"]?.text == "the recorder crashed")
        }

        @Test("doctor says what is wrong with server, files and journal")
        func doctor() throws {
            let server = try ServerProcess()
            _ = try record("talk")
            let well = try holdfast("doctor", "--server", url(server))
            #expect(well.waitForEnd() == .exited(0), "\(well.text(.output))")
            #expect(well.text(.output).contains("It takes chunks."))
            server.kill()
            let gone = try holdfast("doctor", "--server", url(server))
            #expect(gone.waitForEnd() == .exited(3), "\(gone.text(.output))")
            let file = try #require(try list().first?["file"]?.text)
            #expect(truncate(file, 10) == 0)
            let short = try holdfast("doctor")
            #expect(short.waitForEnd() == .exited(1))
            #expect(short.text(.output).contains("became shorter"))
            let journal = profile + "/outbox.sqlite"
            // What the write-ahead log still holds would heal it.
            for ending in ["-wal", "-shm"] { unlink(journal + ending) }
            try Data(repeating: 7, count: 9000).write(to: URL(filePath: journal))
            let damaged = try holdfast("doctor")
            #expect(damaged.waitForEnd() == .exited(1))
            #expect(damaged.text(.output).contains("damaged"))
        }

        private func record(_ title: String, _ options: String...) throws -> String {
            let record = try holdfast(
                ["record", try Self.media(in: folder), "--title", title, "--json"] + options)
            #expect(record.waitForEnd() == .exited(0), "\(record.text(.error))")
            return try #require(try list().last?["id"]?.text)
        }

        private func list() throws -> [JSON] {
            let list = try holdfast("list", "--json", "--all")
            #expect(list.waitForEnd() == .exited(0), "\(list.text(.error))")
            return try list.text(.output).split(separator: "\n").map {
                try JSONDecoder().decode(JSON.self, from: Data($0.utf8))
            }
        }

        private func holdfast(_ arguments: String...) throws -> ChildProcess {
            try holdfast(arguments)
        }

        private func holdfast(_ arguments: [String]) throws -> ChildProcess {
            try ChildProcess(
                BuiltPrograms.path("holdfast"), arguments + ["--profile", profile])
        }

        private func url(_ server: ServerProcess) -> String { "http://127.0.0.1:\(server.port)" }

        private static func media(in folder: TemporaryFolder) throws -> String {
            let path = folder.path + "/talk.webm"
            let recording = try SharedRecordings.fixture("cr-audio-webm-gum-ts250")
            try Data(try recording.bytes()).write(to: URL(filePath: path))
            return path
        }
    }
}
