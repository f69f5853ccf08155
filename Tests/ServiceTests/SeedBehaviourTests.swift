import Foundation
import Glibc
import TestKit
import Testing

extension Service {
    /// What a person may count on. `Simulation` tests have every network there is, the others the
    /// real programs:
    ///
    /// | Behaviour                          | Shown by                                        |
    /// | ---------------------------------- | ----------------------------------------------- |
    /// | record offline                     | `OutboxCommandTests.everyday`,                  |
    /// |                                    | `UploadBehaviourTests.recordsOffline`           |
    /// | network lost in the middle         | `SeedBehaviourTests.networkLost`,               |
    /// |                                    | `UploadBehaviourTests.networkLost`,             |
    /// |                                    | `ChaosTests.everythingArrives`                  |
    /// | made playable locally, any moment  | `SeedBehaviourTests.playsAtAnyMoment`,          |
    /// |                                    | `RecordTests.survivesKills`                     |
    /// | retry                              | `OutboxCommandTests.parked`,                    |
    /// |                                    | `StrangeServerTests.unreachable`                |
    /// | delete                             | `OutboxCommandTests.everyday`,                  |
    /// |                                    | `UploadBehaviourTests.deletes`                  |
    /// | automatic retry within the window  | `UploadBehaviourTests.resumesWithinWindow`      |
    /// | record only                        | `OutboxCommandTests.everyday`,                  |
    /// |                                    | `UploadBehaviourTests.recordOnly`               |
    /// | send later                         | `SeedBehaviourTests.sendsLater`,                |
    /// |                                    | `UploadBehaviourTests.sendsLater`               |
    /// | edit then send                     | `SeedBehaviourTests.sendsTheEdit`,              |
    /// |                                    | `EditTests.sendsTheEdit`                        |
    /// | monitoring sees all of it          | `TelemetryServiceTests.bothEnds`,               |
    /// |                                    | `ReportTests.chaos`                             |
    @Suite("Seed behaviours") struct SeedBehaviourTests {
        private let holdfast = Holdfast()

        @Test("a recording plays while it is made", arguments: 1...2)
        func playsAtAnyMoment(second: Int) throws {
            let microphone = try Microphone(in: holdfast.folder.path, seed: UInt64(second))
            let recorder = try holdfast.start(
                ["record", microphone.path, "--json", "--chunk-seconds", "0.02"] + Holdfast.sound)
            try microphone.say(second * 50_000)
            #expect(recorder.waitForLine(.output, with: "\"safe\"") != nil)
            let copy = holdfast.folder.path + "/copy.ogg"
            try holdfast.run(["play", "--export", copy])
            #expect(!recorder.hasEnded)
            #expect(try Judge.ffmpeg(copy) ?? "" == "")
            #expect(try Judge.opusinfo(copy) ?? "" == "")
            recorder.signal(SIGINT)
            #expect(recorder.waitForEnd() == .exited(0), "\(recorder.text(.error))")
        }

        @Test("the network goes in the middle of a recording: it goes on, and all of it arrives")
        func networkLost() throws {
            let server = try ServerProcess()
            let microphone = try Microphone(in: holdfast.folder.path, seed: 9)
            let recorder = try holdfast.start(
                [
                    "record", microphone.path, "--json", "--chunk-seconds", "0.1", "--server",
                    Holdfast.url(server.port),
                ] + Holdfast.sound)
            try microphone.say(48_000)
            #expect(recorder.waitForLine(.output, with: "\"safe\"") != nil)
            server.kill()
            try microphone.say(96_000)
            #expect(recorder.waitForLine(.output, with: "\"server gone\"") != nil)
            try microphone.say(48_000)
            try server.restart(samePort: true)
            recorder.signal(SIGINT)
            #expect(recorder.waitForEnd() == .exited(0), "\(recorder.text(.error))")
            let recording = try #require(try holdfast.list().first)
            #expect(recording["state"]?.text == "sent")
            #expect(recording["durationSeconds"]?.number == 4)
            #expect(try holdfast.isWhole(try #require(recording["id"]?.text), on: server))
        }

        @Test("send later: not before its time, unless a person says so")
        func sendsLater() throws {
            let server = try ServerProcess()
            let url = Holdfast.url(server.port)
            let id = try holdfast.record("--send-at", "2100-02-03T04:05:06Z", "--server", url)
            try holdfast.run(["send", "--server", url])
            let recording = try #require(try holdfast.list().first)
            #expect(recording["state"]?.text == "pending")
            #expect(recording["sendAt"]?.text == "2100-02-03T04:05:06Z")
            #expect(recording["acknowledgedBytes"]?.integer == 0)
            try holdfast.run(["send", "--server", url, "--recording", id])
            #expect(try holdfast.list().first?["state"]?.text == "sent")
            #expect(try holdfast.isWhole(id, on: server))
        }

        @Test("edited, then sent: the server has the edit, the original stays until then")
        func sendsTheEdit() throws {
            let server = try ServerProcess()
            let url = Holdfast.url(server.port)
            let original = try holdfast.record(seconds: 3)
            try holdfast.run(["edit", "trim", original, "--from", "1", "--to", "2.5"])
            #expect(try holdfast.list().map { $0["state"]?.text } == ["kept", "pending"])
            let edit = try #require(try holdfast.list().last?["id"]?.text)
            try holdfast.run(["send", "--server", url])
            let sent = try #require(try holdfast.list().first { $0["id"]?.text == edit })
            #expect(sent["state"]?.text == "sent" && sent["durationSeconds"]?.number == 1.5)
            #expect(try holdfast.isWhole(edit, on: server))
            let answer = try RecordingClient(port: server.port).status(original)
            #expect(answer.status == 404, "\(answer)")
        }
    }
}
