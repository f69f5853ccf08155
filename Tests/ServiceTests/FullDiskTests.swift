import Glibc
import TestKit
import Testing

extension Service {
    /// No room is a state like any other: refused in time, told, and left again.
    @Suite("Full disk") struct FullDiskTests {
        private static let chunkBytes = 1 << 20

        @Test("a full disk refuses new bytes, keeps old ones, finalizes, deletes and goes on")
        func fullDiskIsLeftAgain() throws {
            guard let disk = try FullDisk(mebibytes: 256) else {
                return try Skip.loudly("a full disk needs root and mount(8)")
            }
            let server = try ServerProcess(
                data: disk.path + "/data",
                settings: [
                    "log-reserve-bytes": "16777216", "checkpoint-interval-seconds": "1",
                    "disk-reserve-bytes": "16777216",
                ])
            var random = SeededRandom(0xF011)
            let (kept, victim, late) = (
                random.recordingID(), random.recordingID(), random.recordingID()
            )
            var client = RecordingClient(port: server.port)
            for id in [kept, victim] { #expect(try client.create(id).status == 201) }
            let keptBytes = random.bytes(Self.chunkBytes)
            #expect(try client.put(kept, 0, at: 0, keptBytes).status == 201)
            let victimBytes = random.bytes(Self.chunkBytes)
            let stored = try fill(victim, victimBytes, client)
            #expect(stored > 0)

            // What was acknowledged is there, and known as such.
            #expect(try client.put(kept, 0, at: 0, keptBytes).status == 200)
            let status = try client.status(victim).json()
            #expect(status["prefix"]?.integer == Int64(stored * Self.chunkBytes))
            let finalized = try client.finalize(kept, length: Int64(Self.chunkBytes))
            #expect(finalized.status == 200, "finalize on a full disk: \(finalized)")

            // A crash on a full disk.
            server.kill()
            try server.restart()
            client = RecordingClient(port: server.port)
            let received = try client.received(kept)
            let isSame = received.body == keptBytes
            #expect(isSame, "\(received.status)")
            #expect(try client.put(victim, 0, at: 0, victimBytes).status == 200)

            let deleted = try client.delete(victim)
            #expect(deleted.status == 204, "delete on a full disk: \(deleted)")
            try expectRoom(for: late, keptBytes, client)
        }

        /// Sends until the server has no room. Returns how many chunks it took.
        private func fill(
            _ id: String, _ bytes: [UInt8], _ client: RecordingClient
        ) throws -> Int {
            for sequence in 0..<512 {
                var answer = try put(id, sequence, bytes, client)
                // 503 may only mean that moving bytes lags; no room is what stays.
                var patience = 100
                while answer.status == 503, patience > 0 {
                    #expect(answer["Retry-After"] != nil, "\(answer)")
                    usleep(50_000)
                    answer = try put(id, sequence, bytes, client)
                    patience -= 1
                }
                if answer.status == 201 { continue }
                #expect([503, 507].contains(answer.status), "\(answer)")
                #expect(answer["Retry-After"] != nil, "\(answer)")
                let problem = try #require(answer.problem)
                #expect(["insufficient-storage", "overloaded"].contains(problem))
                return sequence
            }
            Issue.record("512 MiB went onto a disk of 256 MiB")
            return 0
        }

        private func put(
            _ id: String, _ sequence: Int, _ bytes: [UInt8], _ client: RecordingClient
        ) throws -> Answer {
            try client.put(id, Int64(sequence), at: Int64(sequence * Self.chunkBytes), bytes)
        }

        /// Room comes back once the deleted bytes are gone, which the server does on its own.
        private func expectRoom(
            for id: String, _ bytes: [UInt8], _ client: RecordingClient
        ) throws {
            var last = try client.create(id)
            for _ in 0..<600 {
                if last.status == 201 || last.status == 200 {
                    last = try client.put(id, 0, at: 0, bytes)
                    if last.status == 201 {
                        let finalized = try client.finalize(id, length: Int64(bytes.count))
                        #expect(finalized.status == 200, "\(finalized)")
                        return
                    }
                }
                usleep(50_000)
                last = try client.create(id)
            }
            Issue.record("no room came back after a delete: \(last)")
        }
    }
}
