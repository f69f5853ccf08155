import Foundation
import TestKit
import Testing

extension Service {
    /// The recorder's command line and a closed server.
    @Suite("Keys of the recorder") struct ClientAccessTests {
        private let folder = TemporaryFolder("keys")
        private var profile: String { folder.path + "/profile" }

        @Test("files are sent with the application's key, and again with their tokens alone")
        func files() throws {
            let closed = try ClosedServer()
            let key = try closed.key("application")
            let file = try media("talk.webm")
            let without = try send(closed, [file])
            #expect(without.waitForEnd() == .exited(1))
            #expect(without.text(.error).contains("none is set"), "\(without.text(.error))")
            let wrong = try send(closed, [file, "--key", String(key.dropLast())])
            #expect(wrong.waitForEnd() == .exited(1))
            #expect(wrong.text(.error).contains("wrong, revoked or expired"))
            let right = try send(closed, [file], key: key)
            #expect(right.waitForEnd() == .exited(0), "\(right.text(.error))")
            let again = try send(closed, [file])
            #expect(again.waitForEnd() == .exited(0), "\(again.text(.error))")

            try Files.write([UInt8]("\(key)\n".utf8), to: profile + "/key")
            let other = try send(closed, [try media("other.webm")])
            #expect(other.waitForEnd() == .exited(0), "\(other.text(.error))")
            for (arguments, code) in [
                ([], 0), (["--key", "hfapp_wrong"], 3), (["--profile", folder.path + "/new"], 3),
            ] as [([String], Int32)] {
                let doctor = try holdfast(["doctor", "--server", closed.url] + arguments)
                #expect(doctor.waitForEnd() == .exited(code), "\(doctor.text(.output))")
            }
            let stranger = try send(
                closed, [file, "--profile", folder.path + "/stranger", "--key", key])
            #expect(stranger.waitForEnd() == .exited(1))
            #expect(stranger.text(.error).contains("another recording has this id"))
        }

        @Test("a recording without the right key is parked with the reason, and sent with it")
        func outbox() throws {
            let closed = try ClosedServer()
            let key = try closed.key("application")
            let record = try holdfast(["record", try media("talk.webm")])
            #expect(record.waitForEnd() == .exited(0), "\(record.text(.error))")
            let wrong = try send(closed, [], key: "hfapp_nothing")
            #expect(wrong.waitForEnd() == .exited(3), "\(wrong.text(.error))")
            let list = try holdfast(["list"])
            #expect(list.waitForEnd() == .exited(0))
            #expect(list.text(.output).contains("parked"))
            #expect(list.text(.output).contains("wrong, revoked or expired"))
            let owner = closed.client(try closed.key("operator"))
            #expect(try owner.get("/recordings").json()["recordings"]?.list == [])
            let id = try #require(
                list.text(.output).split(separator: "\n").last?.split(separator: " ").first)
            let right = try send(closed, ["--recording", String(id)], key: key)
            #expect(right.waitForEnd() == .exited(0), "\(right.text(.error))")
            #expect(try owner.get("/recordings").json()["recordings"]?.list?.count == 1)
        }

        private func media(_ name: String) throws -> String {
            let path = folder.path + "/" + name
            try Files.write(
                try SharedRecordings.fixture("cr-vp8-opus-gum-ts1000").bytes(), to: path)
            return path
        }

        private func send(
            _ closed: ClosedServer, _ arguments: [String], key: String? = nil
        ) throws -> ChildProcess {
            try holdfast(
                ["send", "--server", closed.url] + arguments,
                key.map { ["HOLDFAST_KEY": $0] } ?? [:])
        }

        private func holdfast(
            _ arguments: [String], _ environment: [String: String] = [:]
        ) throws -> ChildProcess {
            try ChildProcess(
                BuiltPrograms.path("holdfast"), arguments,
                environment: ["HOLDFAST_PROFILE": profile].merging(environment) { $1 })
        }
    }
}
