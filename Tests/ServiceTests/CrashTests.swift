import Glibc
import Posix
import TestKit
import Testing

extension Service {
    /// The promise itself: what was acknowledged survives.
    @Suite("Crash") struct CrashTests {
        /// One life of the server, as its clients see it.
        private struct Life {
            var promises: [CrashClient.Promise] = []
            var clientsRunning: Int
            var wrongAnswers: [String] = []
        }

        private static let crashes = 25
        private static let clients = 4
        /// Small enough that segments are reclaimed while the test runs.
        private static let settings = [
            "log-bytes-max": "100663296", "log-reserve-bytes": "16777216",
            "checkpoint-bytes": "1048576", "checkpoint-interval-seconds": "1",
        ]

        @Test("nothing that was acknowledged is lost by killing the server 25 times")
        func nothingIsLost() throws {
            let seed: UInt64 = 0xC4A5_4ED0
            print("CrashTests: seed \(seed)")
            var random = SeededRandom(seed)
            let server = try ServerProcess(settings: Self.settings)
            let clients = (0..<Self.clients).map { _ in
                Lock(CrashClient(seed: random.next()))
            }
            var finalized: [String: String] = [:]
            var promiseCount = 0
            for crash in 1...Self.crashes {
                let promises = try live(server, clients, untilPromise: 1 + Int(random.next() % 60))
                promiseCount += promises.count
                try server.restart()
                let client = RecordingClient(port: server.port)
                for promise in promises {
                    try expectKept(promise, client, of: promises, crash)
                    if case .finalized(let plan, let digest) = promise, !plan.isForDeletion {
                        finalized[plan.id] = digest
                    }
                }
            }
            let client = RecordingClient(port: server.port)
            for (id, digest) in finalized {
                let received = try client.received(id)
                let isSame = RecordingClient.sha256Digest(received.body) == digest
                #expect(isSame, "recording \(id): \(received.status)")
            }
            print("CrashTests: \(promiseCount) promises, \(finalized.count) recordings whole")
            #expect(promiseCount > Self.crashes)
        }

        /// Lets all clients run until so many promises were given, then kills the server.
        private func live(
            _ server: ServerProcess, _ clients: [Lock<CrashClient>], untilPromise count: Int
        ) throws -> [CrashClient.Promise] {
            let life = Lock(Life(clientsRunning: clients.count))
            let port = server.port
            for client in clients {
                Thread.start("crash client") {
                    let wrong = client.withLock { client in
                        client.run(port: port) { promise in
                            life.withLock { $0.promises.append(promise) }
                            life.signal()
                        }
                    }
                    life.withLock {
                        $0.clientsRunning -= 1
                        if let wrong { $0.wrongAnswers.append("\(wrong)") }
                    }
                    life.signal()
                }
            }
            let isServing = life.wait(
                until: { $0.promises.count >= count || $0.clientsRunning == 0 }
            ) { $0.clientsRunning > 0 }
            server.kill()
            #expect(isServing, "all clients failed: \(server.standardError)")
            let (promises, wrong) = life.wait(until: { $0.clientsRunning == 0 }) {
                ($0.promises, $0.wrongAnswers)
            }
            #expect(wrong.isEmpty, "\(wrong)")
            return promises
        }

        private func expectKept(
            _ promise: CrashClient.Promise, _ client: RecordingClient,
            of promises: [CrashClient.Promise], _ crash: Int
        ) throws {
            switch promise {
            case .created(let plan) where !isDeleted(plan, promises):
                let answer = try client.status(plan.id)
                #expect(answer.status == 200, "crash \(crash), created \(plan.id): \(answer)")
            case .stored(let plan, let sequence, let offset) where !isDeleted(plan, promises):
                // Sent again, the same bytes must be there already.
                let answer = try client.put(
                    plan.id, sequence, at: offset, plan.bytes(sequence))
                #expect(
                    answer.status == 200 && answer["Chunk-Replayed"] == "?1",
                    "crash \(crash), chunk \(sequence) of \(plan.id): \(answer)")
            case .finalized(let plan, let digest) where !isDeleted(plan, promises):
                let answer = try client.status(plan.id)
                #expect(answer.status == 200, "crash \(crash), finalized \(plan.id)")
                let received = try answer.json()["receivedDigest"]?.text
                #expect(received == digest, "crash \(crash), finalized \(plan.id): \(answer)")
            case .deleted(let plan):
                let answer = try client.status(plan.id)
                #expect(answer.status == 410, "crash \(crash), deleted \(plan.id): \(answer)")
            case .created, .stored, .finalized: break
            }
        }

        private func isDeleted(
            _ plan: CrashClient.Plan, _ promises: [CrashClient.Promise]
        ) -> Bool {
            // A delete on its way at the crash may have happened without its answer.
            if plan.isForDeletion, isFinalized(plan, promises) { return true }
            return promises.contains { promise in
                if case .deleted(let other) = promise { other.id == plan.id } else { false }
            }
        }

        private func isFinalized(
            _ plan: CrashClient.Plan, _ promises: [CrashClient.Promise]
        ) -> Bool {
            promises.contains { promise in
                if case .finalized(let other, _) = promise { other.id == plan.id } else { false }
            }
        }
    }
}
