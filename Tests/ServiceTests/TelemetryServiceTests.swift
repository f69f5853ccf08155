import Foundation
import Glibc
import TestKit
import Testing

extension Service {
    /// Both ends of a recording, seen by whoever runs the server.
    @Suite("Telemetry") struct TelemetryServiceTests {
        private let folder = TemporaryFolder("telemetry")
        private static let json = [("Content-Type", "application/json")]

        private func holdfast(_ arguments: String...) throws -> ChildProcess {
            try ChildProcess(
                BuiltPrograms.path("holdfast"), arguments + ["--profile", folder.path])
        }

        @Test("recorded, killed, resumed and sent: the status shows both ends, the metrics all")
        func bothEnds() throws {
            let server = try ServerProcess(settings: ["arrival-seconds": "1"])
            let client = RecordingClient(port: server.port)
            let microphone = try Microphone(in: folder.path, seed: 7)
            let recorder = try holdfast(
                "record", microphone.path, "--pcm", "s16le", "--rate", "48000", "--channels", "1",
                "--json", "--chunk-seconds", "0.1")
            try microphone.say(100_000)
            #expect(recorder.waitForLine(.output, with: "\"safe\"") != nil)
            recorder.signal(SIGKILL)
            recorder.waitForEnd()
            let send = try holdfast("send", "--server", "http://127.0.0.1:\(server.port)", "--json")
            #expect(send.waitForEnd() == .exited(0), "\(send.text(.error))")
            let line = try #require(send.text(.output).split(separator: "\n").first)
            let sent = try JSONDecoder().decode(JSON.self, from: Data(line.utf8))
            let id = try #require(sent["serverID"]?.text)

            let status = try client.status(id).json()
            #expect(status["condition"]?.text == "complete")
            let told = try #require(status["client"])
            #expect(told["crashes"]?.integer == 1)
            #expect(told["bytes"]?.integer == status["bytes"]?.integer)
            #expect(told["chunks"]?.integer == status["chunks"]?.integer)
            #expect(told["endReason"]?.text == "the recorder crashed")
            for time in ["startedAt", "stoppedAt", "sentAt", "dueAt", "lastSeenAt"] {
                #expect(told[time]?.text != nil, "\(time): \(told)")
            }
            #expect(told["chunkLatency"]?["count"]?.integer == status["chunks"]?.integer)

            // What is decided is decided a second after the stop.
            var metrics = try client.get("/metrics").text
            for _ in 0..<600 where !metrics.contains("{outcome=\"in_time\"} 1") {
                usleep(100_000)
                metrics = try client.get("/metrics").text
            }
            for line in [
                "holdfast_arrivals_total{outcome=\"in_time\"} 1",
                "holdfast_arrivals_total{outcome=\"late\"} 0", "holdfast_recordings_overdue 0",
                "holdfast_client_events_total{kind=\"crashed\"} 1",
                "holdfast_client_events_total{kind=\"sent\"} 1",
            ] { #expect(metrics.contains(line + "\n"), "\(line)") }
            #expect(try client.status(id).json()["client"]?["arrival"]?.text == "in-time")
            let doctor = try holdfast("doctor")
            #expect(doctor.waitForEnd() == .exited(0))
            #expect(doctor.text(.output).contains("0 events wait"), "\(doctor.text(.output))")
        }

        @Test(
            "what was recorded and sent at once is told before the command ends, unless it is off")
        func live() throws {
            let server = try ServerProcess()
            let client = RecordingClient(port: server.port)
            let path = folder.path + "/a.raw"
            try Files.write([UInt8](repeating: 0, count: 96_000), to: path)
            for (flags, isTold) in [([], true), (["--no-telemetry"], false)] {
                let recorder = try ChildProcess(
                    BuiltPrograms.path("holdfast"),
                    [
                        "record", path, "--pcm", "s16le", "--rate", "48000", "--channels", "1",
                        "--json", "--server", "http://127.0.0.1:\(server.port)", "--profile",
                        folder.path + "/profile",
                    ] + flags)
                #expect(recorder.waitForEnd() == .exited(0), "\(recorder.text(.error))")
                let began = try #require(
                    recorder.text(.output).split(separator: "\n").first {
                        $0.contains("\"began\"")
                    })
                let line = try JSONDecoder().decode(JSON.self, from: Data(began.utf8))
                let status = try client.status(try #require(line["id"]?.text)).json()
                #expect((status["client"]?["sentAt"]?.text != nil) == isTold, "\(flags)")
            }
        }

        private static let event =
            "\"at\":\"2026-02-03T04:05:06Z\",\"values\":{\"stall\":3},\"kind\":\"retries\""

        @Test("an acknowledgement that is lost is given again, also after a kill, and counts once")
        func once() throws {
            let server = try ServerProcess()
            var random = SeededRandom(0x7E1E)
            let (id, recording) = (random.recordingID(), random.recordingID())
            let body =
                "{\"events\":[{\"id\":\"\(id)\",\"recording\":\"\(recording)\",\(Self.event)}]}"
            var client = RecordingClient(port: server.port)
            #expect(try client.create(recording).status == 201)
            for _ in 0..<2 {
                let answer = try client.request(
                    "POST", "/telemetry", Self.json, Array(body.utf8))
                #expect(answer.status == 202, "\(answer)")
            }
            server.kill()
            try server.restart()
            client = RecordingClient(port: server.port)
            let again = try client.request("POST", "/telemetry", Self.json, Array(body.utf8))
            #expect(again.status == 202)
            let told = try client.status(recording).json()["client"]
            #expect(told?["retries"]?["stall"]?.integer == 3)
            let metrics = try client.get("/metrics").text
            #expect(metrics.contains("holdfast_client_events_repeated_total 1\n"))
            #expect(metrics.contains("holdfast_client_events_stored 1\n"))
        }

        @Test("what cannot be taken is told by problem, and names the event")
        func problems() throws {
            let server = try ServerProcess()
            let client = RecordingClient(port: server.port)
            var random = SeededRandom(0xBAD)
            let id = random.recordingID()
            func post(_ body: String, _ fields: [(String, String)]) throws -> Answer {
                try client.request("POST", "/telemetry", fields, Array(body.utf8))
            }
            let bad = try post("{\"events\":[{\"id\":\"\(id)\",\(Self.event)}]}", Self.json)
            #expect(bad.status == 400 && bad.problem == "event-invalid", "\(bad)")
            #expect(try bad.json()["event"]?.text == id && bad.json()["index"]?.integer == 0)
            #expect(try post("{}", Self.json).problem == "bad-request")
            #expect(try post("{}", []).problem == "unsupported-media-type")
            let long = String(repeating: " ", count: 300 << 10)
            let tooLong = try post(long, Self.json)
            #expect(tooLong.status == 413 && tooLong.problem == "batch-too-large", "\(tooLong)")
            client.disconnect()
            #expect(try client.get("/telemetry").status == 405)
        }

        @Test("the rules for Prometheus are right")
        func rules() throws {
            guard
                let promtool = ["/usr/bin/promtool", "/usr/local/bin/promtool"].first(
                    where: { FileManager.default.isExecutableFile(atPath: $0) })
            else { return try Skip.loudly("promtool is not here: scripts/need-test-tools") }
            let config = URL(filePath: #filePath).deletingLastPathComponent()
                .deletingLastPathComponent().deletingLastPathComponent()
                .appending(path: "config").path
            let check = try ChildProcess(
                promtool, ["check", "rules", config + "/prometheus-rules.yml"])
            #expect(check.waitForEnd() == .exited(0), "\(check.text(.error))")
            let test = try ChildProcess(
                promtool, ["test", "rules", config + "/prometheus-rules-test.yml"])
            #expect(test.waitForEnd() == .exited(0), "\(test.text(.output))\(test.text(.error))")
        }
    }
}
