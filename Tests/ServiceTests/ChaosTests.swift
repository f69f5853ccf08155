import Foundation
import Glibc
import TestKit
import Testing

extension Service {
    /// A real client and a real server, and between them everything that can go wrong.
    @Suite("Chaos") struct ChaosTests {
        /// A recording as it was recorded.
        private struct Original {
            let title: String
            let path: String
        }

        /// 300 for the full run: `HOLDFAST_CHAOS=300`.
        private static var recordings: Int {
            ProcessInfo.processInfo.environment["HOLDFAST_CHAOS"].flatMap { Int($0) } ?? 10
        }

        @Test("every recording arrives once, byte for byte, whatever the network does")
        func everythingArrives() throws {
            let seed =
                ProcessInfo.processInfo.environment["HOLDFAST_CHAOS_SEED"]
                .flatMap { UInt64($0) } ?? 0xC4A0_5C11
            let began = ContinuousClock.now
            var random = SeededRandom(seed)
            let server = try ServerProcess()
            let proxy = try ChaosProxy(
                server: server.port, seed: random.next(), faultsInHundred: 40,
                lifeBytesMax: 160 << 10)
            let folder = TemporaryFolder("chaos")
            let profile = folder.path + "/profile"
            let originals = try Self.record(Self.recordings, profile, folder.path, &random)
            let recorded = ContinuousClock.now

            var kills = (client: 0, server: 0)
            var retries = 0
            let killsMax = max(2, Self.recordings / 10)
            while true {
                let send = try Self.send(profile, proxy)
                let isLast = kills.client + kills.server >= killsMax
                if isLast, kills.server > 0 {
                    #expect(send.waitForEnd() == .exited(0), "\(send.text(.error))")
                    retries += Self.retries(send)
                    break
                }
                let more = 3 + Int(random.next() % 40)
                proxy.wait(forConnections: proxy.connections + more) { send.hasEnded }
                if random.next() % 2 == 0 || send.hasEnded {
                    server.kill()
                    try server.restart(samePort: true)
                    kills.server += 1
                }
                send.signal(SIGKILL)
                if send.waitForEnd() == .signalled(SIGKILL) { kills.client += 1 }
                retries += Self.retries(send)
            }
            // Otherwise the network was as good as none.
            #expect(proxy.connections >= Self.recordings)
            try expectAll(originals, profile, server)
            let recording = began.duration(to: recorded)
            let sending = recorded.duration(to: .now)
            print(
                """
                ChaosTests: seed \(seed), \(originals.count) recordings made in \(recording), sent \
                in \(sending); \(proxy.connections) connections, \(retries) retries, client killed \
                \(kills.client) times, server \(kills.server); faults: \(proxy.faults)
                """)
        }

        private func expectAll(
            _ originals: [Original], _ profile: String, _ server: ServerProcess
        ) throws {
            let list = try ChildProcess(
                BuiltPrograms.path("holdfast"), ["list", "--all", "--json", "--profile", profile])
            #expect(list.waitForEnd() == .exited(0), "\(list.text(.error))")
            let reports = try list.text(.output).split(separator: "\n").map {
                try JSONDecoder().decode(JSON.self, from: Data($0.utf8))
            }
            #expect(reports.count == originals.count)
            let client = RecordingClient(port: server.port)
            for original in originals {
                let own = reports.filter { $0["title"]?.text == original.title }
                let report = try #require(own.first, "\(original.title)")
                #expect(own.count == 1 && report["state"]?.text == "sent", "\(report)")
                let id = try #require(report["serverID"]?.text)
                let received = try client.received(id)
                let kept = try #require(report["file"]?.text)
                let local = [UInt8](try Data(contentsOf: URL(filePath: kept)))
                let isSame = received.body == local
                #expect(isSame, "\(original.title) arrived otherwise: \(received.status)")
                // What is passed through is the original; Opus is made while recording.
                guard !original.path.hasSuffix(".pcm") else { continue }
                let recorded = [UInt8](try Data(contentsOf: URL(filePath: original.path)))
                let isOriginal = local == recorded
                #expect(isOriginal, "\(original.title) was recorded otherwise")
            }
            let all = try client.get("/recordings?limit=1000").json()
            #expect(all["recordings"]?.list?.count == originals.count)
        }

        /// Shared recordings as they were made, and every fourth one fresh Opus.
        private static func record(
            _ count: Int, _ profile: String, _ folder: String, _ random: inout SeededRandom
        ) throws -> [Original] {
            let shared = try (count > 50 ? SharedRecordings.all() : SharedRecordings.fixtures())
                .filter { !$0.isDamaged && !$0.mediaType.contains("mp4") }
            var originals: [Original] = []
            for index in 0..<count {
                let title = "chaos \(index)"
                var arguments = ["--profile", profile, "--title", title, "--json"]
                let path: String
                if index % 4 == 3 {
                    path = "\(folder)/\(index).pcm"
                    // Two seconds of noise at 48 kHz.
                    try Data(random.bytes(192_000)).write(to: URL(filePath: path))
                    arguments += ["--pcm", "s16le", "--rate", "48000", "--channels", "1"]
                } else {
                    let recording = shared[index % shared.count]
                    path = "\(folder)/\(index).bin"
                    try Data(try recording.bytes()).write(to: URL(filePath: path))
                    arguments += ["--chunk-bytes", "\(2000 + random.next() % 30_000)"]
                }
                originals.append(Original(title: title, path: path))
                let record = try ChildProcess(
                    BuiltPrograms.path("holdfast"), ["record", path] + arguments)
                #expect(record.waitForEnd() == .exited(0), "\(record.text(.error))")
            }
            return originals
        }

        private static func send(_ profile: String, _ proxy: ChaosProxy) throws -> ChildProcess {
            try ChildProcess(
                BuiltPrograms.path("holdfast"),
                [
                    "send", "--profile", profile, "--server", "http://127.0.0.1:\(proxy.port)",
                    "--stall-seconds", "1", "--attempts", "1000", "--json",
                ])
        }

        private static func retries(_ send: ChildProcess) -> Int {
            send.text(.error).split(separator: "\n").count { $0.contains("attempt ") }
        }
    }
}
