import Foundation
import TestKit
import Testing

extension Service {
    /// What happens when the process may have no more descriptors.
    @Suite("Descriptors") struct DescriptorTests {
        @Test("without descriptors accepting stops, spins not, and resumes by itself")
        func exhaustion() throws {
            let server = try ServerProcess(settings: ["loops": "1"])
            let client = RecordingClient(port: server.port)
            let open = try Self.metric("process_open_fds", client)
            // Few are left or none; what is open stays open.
            try Self.limit(server.id, Int(open))
            let start = try Self.processorTicks(server.id)
            let waiting = try (0..<40).map { _ in
                try RawConnection(port: server.port, timeoutSeconds: 1)
            }
            for connection in waiting {
                try connection.send("GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n")
            }
            // For a second nobody is let in.
            #expect(throws: RawConnection.Failure.self) { try waiting[39].readAnswer() }
            let spent = try Self.processorTicks(server.id) - start
            // Ticks are hundredths of a second. To spin through it would take a hundred.
            #expect(spent < 50, "\(spent) ticks")
            #expect((1...20).contains(try Self.pauses(client)))
            // Said once for each time that none was left, not once a pause.
            #expect(server.standardError.components(separatedBy: "accepting pauses").count < 5)

            try Self.limit(server.id, 1024)
            for connection in waiting { #expect(try connection.readAnswer().status == 200) }
        }

        @Test("with few descriptors, one connection too many is told so")
        func fewDescriptors() throws {
            let server = try ServerProcess(descriptors: 128)
            #expect(server.standardError.contains("fewer connections than connectionsMax"))
            var connections: [RawConnection] = []
            var refusal: Answer?
            while refusal == nil, connections.count < 128 {
                let connection = try RawConnection(port: server.port)
                try connection.send("GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n")
                let answer = try connection.readAnswer()
                if answer.status != 200 { refusal = answer }
                connections.append(connection)
            }
            #expect(refusal?.status == 503)
            #expect(refusal?["Retry-After"] == "1")
            // Files still open: a recording is taken whole.
            connections.removeLast(40)
            var random = SeededRandom(0xDE5C)
            try RecordingClient(port: server.port).deliver(
                try SharedRecordings.fixture("fx-ogg-opus-ts1000"), as: random.recordingID())
        }

        /// prlimit(2), from outside.
        private static func limit(_ process: Int32, _ count: Int) throws {
            let change = try ChildProcess(
                "/usr/bin/prlimit", ["--pid", "\(process)", "--nofile=\(count):4096"])
            try #require(change.waitForEnd() == .exited(0), "\(change.text(.error))")
        }

        private static func pauses(_ client: RecordingClient) throws -> Double {
            try metric(
                "holdfast_http_refusals_total{reason=\"descriptors\",status=\"0\"}", client)
        }

        private static func metric(_ name: String, _ client: RecordingClient) throws -> Double {
            let line = try client.get("/metrics").text.split(separator: "\n")
                .first { $0.hasPrefix(name + " ") }
            return line?.split(separator: " ").last.flatMap { Double($0) } ?? 0
        }

        /// utime and stime of proc(5).
        private static func processorTicks(_ process: Int32) throws -> Int {
            let text = try String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8)
            let words = text.split(separator: ")").last?.split(separator: " ") ?? []
            return (Int(words[11]) ?? 0) + (Int(words[12]) ?? 0)
        }
    }
}
