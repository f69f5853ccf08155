import Foundation
import TestKit
import Testing

extension Service {
    /// What whoever runs the server relies on.
    @Suite("Operation") struct OperationTests {
        @Test("a second server on the same folder does not start, and the first goes on")
        func oneServerAFolder() throws {
            let server = try ServerProcess()
            let rival = try server.startRival()
            #expect(rival.ending != .exited(0))
            if case .signalled = rival.ending { Issue.record("it came up: \(rival.text)") }
            #expect(rival.text.contains(server.data), "it says which folder: \(rival.text)")
            let health = try RecordingClient(port: server.port).get("/healthz")
            #expect(health.status == 200)
        }

        @Test("an orderly stop ends with 0, and everything is there again afterwards")
        func stopsAndStartsAgain() throws {
            let server = try ServerProcess()
            let recording = try SharedRecordings.fixture("fx-ogg-opus-ts1000")
            var random = SeededRandom(0x570B)
            let (finished, open) = (random.recordingID(), random.recordingID())
            let client = RecordingClient(port: server.port)
            try client.deliver(recording, as: finished)
            #expect(try client.create(open).status == 201)
            #expect(try client.put(open, 0, at: 0, [1, 2, 3]).status == 201)
            let artifact = try client.get("/recordings/\(finished)/media")
            #expect(server.terminate() == .exited(0), "\(server.standardError)")

            try server.restart()
            let again = RecordingClient(port: server.port)
            let media = try again.get("/recordings/\(finished)/media")
            let isSame = media.body == artifact.body
            #expect(isSame)
            #expect(media["ETag"] == artifact["ETag"])
            #expect(try again.put(open, 0, at: 0, [1, 2, 3]).status == 200)
            #expect(try again.put(open, 1, at: 3, [4]).status == 201)
            #expect(try again.finalize(open, length: 4, chunkCount: 2).status == 200)
        }

        @Test("health, readiness and metrics answer")
        func answersOperators() throws {
            let server = try ServerProcess()
            let client = RecordingClient(port: server.port)
            #expect(try client.get("/healthz").status == 200)
            #expect(try client.get("/readyz").status == 200)
            let metrics = try client.get("/metrics")
            #expect(metrics.status == 200)
            #expect(metrics.text.contains("# TYPE "))
        }

        @Test("promtool finds nothing wrong with the metrics")
        func metricsPleasePromtool() throws {
            guard
                let promtool = ["/usr/bin/promtool", "/usr/local/bin/promtool"].first(
                    where: { FileManager.default.isExecutableFile(atPath: $0) })
            else { return try Skip.loudly("promtool is not here: scripts/need-test-tools") }
            let server = try ServerProcess()
            let client = RecordingClient(port: server.port)
            var random = SeededRandom(0x9207)
            try client.deliver(
                try SharedRecordings.fixture("fx-ogg-opus-ts1000"), as: random.recordingID())
            _ = try client.get("/recordings/nothing")
            let folder = TemporaryFolder("metrics")
            let path = folder.path + "/metrics.txt"
            try Data(try client.get("/metrics").body).write(to: URL(filePath: path))
            let check = try ChildProcess(
                "/bin/sh", ["-c", "exec '\(promtool)' check metrics < '\(path)'"])
            #expect(check.waitForEnd() == .exited(0))
            let findings = check.text(.error) + check.text(.output)
            #expect(findings.isEmpty, "\(findings)")
        }
    }
}

/// What to do where a test cannot run.
enum Skip {
    /// Ends the test as skipped, and says so where nobody overlooks it.
    static func loudly(_ reason: String) throws {
        print("SKIPPED: \(reason)")
        try Test.cancel("\(reason)")
    }
}
