import TestKit
import Testing

extension Service {
    /// Every problem that a client can run into, and that it gets out of it again.
    @Suite("Problems") struct ProblemTests {
        /// Each row has a server's attention to itself: a new recording of three chunks of 1000
        /// bytes, of which two are stored before the row's request.
        @Test("a problem says exactly what it is, and afterwards the recording completes")
        func problemsAreExact() throws {
            let server = try ServerProcess(settings: ProblemRow.settings)
            var random = SeededRandom(0x9208)
            for row in ProblemRow.all {
                let scene = Scene(server, &random)
                try scene.begin()
                let answer = try row.act(scene)
                expect(answer, row)
                try scene.complete(row)
            }
        }

        private func expect(_ answer: Answer, _ row: ProblemRow) {
            #expect(answer.status == row.status, "\(row.what): \(answer)")
            #expect(answer.problem == row.problem, "\(row.what): \(answer)")
            guard let body = try? answer.json() else {
                Issue.record("\(row.what): no document: \(answer)")
                return
            }
            #expect(body["type"]?.text == "/problems/\(row.problem)", "\(row.what)")
            #expect(body["status"]?.integer == Int64(row.status), "\(row.what)")
            #expect(body["title"]?.text?.isEmpty == false, "\(row.what)")
            #expect(body["detail"]?.text?.isEmpty == false, "\(row.what)")
            for (name, value) in row.members {
                guard let member = body[name] else {
                    Issue.record("\(row.what): \(name) is missing: \(answer)")
                    continue
                }
                if let value { #expect(member == value, "\(row.what): \(name)") }
            }
            for (name, value) in row.fields {
                #expect(answer[name] == value, "\(row.what): \(name)")
            }
        }
    }
}

/// A recording amid its delivery, and a client that delivers it.
final class Scene {
    let client: RecordingClient
    let id: String
    let chunks: [[UInt8]]
    /// Finalize asks for what is there, whatever is missing.
    var isIncomplete = false

    init(_ server: ServerProcess, _ random: inout SeededRandom) {
        client = RecordingClient(port: server.port)
        id = random.recordingID()
        var bytes = random
        chunks = (0..<3).map { _ in bytes.bytes(1000) }
    }

    var digest: String { RecordingClient.sha256Digest(Array(chunks.joined())) }

    /// Creates it and stores the first two chunks.
    func begin() throws {
        #expect(try client.create(id).status == 201)
        for sequence in 0..<2 { #expect(try put(sequence).status == 201) }
    }

    func put(_ sequence: Int) throws -> Answer {
        try client.put(id, Int64(sequence), at: Int64(sequence * 1000), chunks[sequence])
    }

    func finalize() throws -> Answer {
        guard isIncomplete else {
            return try client.finalize(id, length: 3000, chunkCount: 3, digest: digest)
        }
        return try client.finalize(
            id, length: 3000, chunkCount: 3, more: ",\"incomplete\":true")
    }

    /// Sends everything once more and finalizes it.
    func complete(_ row: ProblemRow) throws {
        guard row.ending == .completes else {
            let status = try client.status(id).status
            #expect(status == 410, "\(row.what)")
            return
        }
        for sequence in 0..<3 {
            let answer = try put(sequence)
            #expect([200, 201].contains(answer.status), "\(row.what): \(answer)")
        }
        let finalized = try finalize()
        #expect(finalized.status == 200, "\(row.what): \(finalized)")
        let received = try client.received(id)
        let isSame = received.body == Array(chunks.joined())
        #expect(isSame, "\(row.what): \(received.status)")
    }
}
