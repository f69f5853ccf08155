import Foundation
import IngestClient
import TestKit
import Testing
import Wire

/// Servers that refuse, forget and stall: the local copy outlives all of them.
@Suite("Uploading in trouble") struct UploadTroubleTests {
    private let bytes: [UInt8] = {
        var random = SeededRandom(4)
        return random.bytes(5500)
    }()

    private static func problem(_ problem: Problem) -> NetworkAnswer {
        let retryAfter = problem.fields.first { $0.0 == Names.retryAfter }.flatMap { Int($0.1) }
        return NetworkAnswer(
            status: problem.status, retryAfter: retryAfter.map { .seconds($0) },
            body: Data(problem.body))
    }

    @Test("deleted on the server: the user is asked, and retry sends a new recording")
    func deletedThere() throws {
        let simulation = try Simulation()
        let recording = try simulation.outbox.add(bytes)
        simulation.server.gone[recording.id] = .deleted
        try simulation.run()
        let parked = try simulation.outbox.recording(recording.id)
        #expect(parked.state == .parked && parked.needsUser && parked.hasLocalCopy)
        try simulation.outbox.retry(recording.id)
        try simulation.run()
        let sent = try simulation.outbox.recording(recording.id)
        #expect(sent.state == .sent && sent.serverID != recording.id)
        #expect(simulation.hasWhole(bytes, sent))
    }

    @Test(
        "a missing or wrong key parks a recording with the reason, and the right one sends it",
        arguments: [(nil, "none is set"), ("hfapp_wrong", "wrong, revoked or expired")])
    func keys(key: String?, reason: String) throws {
        let simulation = try Simulation { $0.applicationKey = key }
        simulation.server.applicationKey = "hfapp_right"
        let recording = try simulation.outbox.add(bytes)
        try simulation.run()
        let parked = try simulation.outbox.recording(recording.id)
        #expect(parked.state == .parked && parked.needsUser && parked.hasLocalCopy)
        #expect(parked.reason?.contains(reason) == true, "\(parked.reason ?? "")")
        simulation.server.applicationKey = nil
        try simulation.outbox.retry(recording.id)
        try simulation.run()
        #expect(try simulation.outbox.recording(recording.id).state == .sent)
    }

    @Test("another recording's id: parked, with the reason")
    func takenID() throws {
        let simulation = try Simulation { $0.applicationKey = "hfapp_right" }
        simulation.server.applicationKey = "hfapp_right"
        let recording = try simulation.outbox.add(bytes)
        simulation.server.recordings[recording.id] = ModelServer.Stored(creation: [], token: "x")
        try simulation.run()
        let parked = try simulation.outbox.recording(recording.id)
        #expect(parked.state == .parked && parked.needsUser && parked.hasLocalCopy)
        #expect(parked.reason?.contains("another recording has this id") == true)
    }

    @Test("expired on the server, at any step: sent as a new one that replaces it")
    func expiredThere() throws {
        for step in 0..<8 {
            let simulation = try Simulation()
            let recording = try simulation.outbox.add(bytes)
            var count = 0
            simulation.fate = { [unowned simulation] _, job in
                if job.kind != .probe {
                    if count == step { simulation.server.gone[recording.id] = .expired }
                    count += 1
                }
                return .answered(afterMilliseconds: 10)
            }
            try simulation.run()
            let sent = try simulation.outbox.recording(recording.id)
            #expect(sent.state == .sent && sent.serverID != recording.id)
            #expect(simulation.hasWhole(bytes, sent), "step \(step)")
            let stored = try #require(simulation.server.recordings[sent.serverID])
            #expect(try Creation.decode(stored.creation).replaces == recording.id)
        }
    }

    @Test(
        "a server that lost the recording, at any step, gets it again; also a closed one",
        arguments: [nil, "hfapp_right"])
    func forgottenThere(key: String?) throws {
        for step in 1..<8 {
            let simulation = try Simulation { $0.applicationKey = key }
            simulation.server.applicationKey = key
            let recording = try simulation.outbox.add(bytes)
            var count = 0
            simulation.fate = { [unowned simulation] _, job in
                if job.kind != .probe {
                    if count == step { simulation.server.recordings = [:] }
                    count += 1
                }
                return .answered(afterMilliseconds: 10)
            }
            try simulation.run()
            let sent = try simulation.outbox.recording(recording.id)
            #expect(sent.state == .sent, "step \(step): \(sent.reason ?? "")")
            #expect(simulation.hasWhole(bytes, sent), "step \(step)")
        }
    }

    @Test("a black hole is noticed by the clock of acknowledged bytes")
    func stalls() throws {
        let simulation = try Simulation()
        let recording = try simulation.outbox.add(bytes)
        simulation.fate = { [unowned simulation] _, _ in
            let isHole = simulation.now > .milliseconds(25) && simulation.now < .seconds(20)
            return isHole ? .blackHole : .answered(afterMilliseconds: 10)
        }
        try simulation.run()
        let sent = try simulation.outbox.recording(recording.id)
        #expect(sent.state == .sent && simulation.hasWhole(bytes, sent))
        #expect(simulation.now > .seconds(30) && simulation.now < .seconds(60))
    }

    @Test("a probe that is never answered is followed by another")
    func probeStalls() throws {
        let simulation = try Simulation()
        let recording = try simulation.outbox.add(bytes)
        var probes = 0
        simulation.fate = { _, job in
            if job.kind == .probe { probes += 1 }
            return job.kind == .probe && probes < 3 ? .blackHole : .answered(afterMilliseconds: 10)
        }
        try simulation.run()
        #expect(try simulation.outbox.recording(recording.id).state == .sent && probes == 3)
    }

    @Test("Retry-After is the least wait, and no more than one request asks meanwhile")
    func retryAfter() throws {
        let simulation = try Simulation()
        let recording = try simulation.outbox.add(bytes)
        var asked: [Duration] = []
        simulation.fate = { [unowned simulation] _, job in
            guard job.kind == .create else { return .answered(afterMilliseconds: 10) }
            asked.append(simulation.now)
            return asked.count < 3
                ? .replaced(Self.problem(.overloaded(retryAfterSeconds: 30, detail: "busy")))
                : .answered(afterMilliseconds: 10)
        }
        try simulation.run()
        #expect(try simulation.outbox.recording(recording.id).state == .sent)
        #expect(zip(asked, asked.dropFirst()).allSatisfy { $1 - $0 >= .seconds(30) })
    }

    @Test("a server that does not answer hears one cheap request at a time, ever rarer")
    func breaker() throws {
        let simulation = try Simulation { $0.retries.attemptsMax = 8 }
        simulation.isWaiting = true
        for _ in 0..<20 { _ = try simulation.outbox.add(bytes) }
        var requests: [Duration] = []
        simulation.fate = { [unowned simulation] _, _ in
            requests.append(simulation.now)
            return simulation.now > .seconds(1) ? .lost : .answered(afterMilliseconds: 200)
        }
        try simulation.run(seconds: 3600)
        #expect(requests.filter { $0 > .seconds(5) }.count < 3600 / 30 + 10)
        #expect(
            try simulation.outbox.recordings().allSatisfy { [.parked, .sent].contains($0.state) })
    }

    @Test(
        "what a server will never take fails with its reason, and the file stays",
        arguments: [
            Problem.recordingTooLarge(limitBytes: 1000), .chunkTooLarge(limitBytes: 10),
            .lengthExceeded(length: 1, end: 1), .alreadyFinalized(artifact: "/x"),
            .chunkConflict(start: 0, end: 1, storedDigest: "", receivedDigest: ""),
            .sequenceMismatch(expectedOffset: 1, expectedSequence: 1),
        ])
    func refused(problem: Problem) throws {
        let simulation = try Simulation()
        let recording = try simulation.outbox.add(bytes)
        simulation.fate = { _, job in
            if case .chunk(let chunk) = job.kind, chunk.sequence == 2 {
                return .replaced(Self.problem(problem))
            }
            return .answered(afterMilliseconds: 10)
        }
        try simulation.run()
        let failed = try simulation.outbox.recording(recording.id)
        #expect(failed.state == .failed && failed.hasLocalCopy)
        #expect(failed.reason?.contains(problem.name) == true)
        simulation.fate = { _, _ in .answered(afterMilliseconds: 10) }
        try simulation.outbox.retry(recording.id)
        try simulation.run()
        let sent = try simulation.outbox.recording(recording.id)
        #expect(sent.state == .sent && simulation.hasWhole(bytes, sent))
    }

    @Test(
        "what passes is tried again and arrives",
        arguments: [
            Problem.digestMismatch(computed: ""), .tooFarAhead(windowBytes: 1, prefix: 0),
            .internalError(detail: "oh"), .gaps(missing: [], missingSequences: []),
            .insufficientStorage(retryAfterSeconds: 2, detail: "full"),
            .tooManyRequests(retryAfterSeconds: 1), .notFound,
        ])
    func passes(problem: Problem) throws {
        for kind in 0..<2 {
            let simulation = try Simulation()
            let recording = try simulation.outbox.add(bytes)
            var left = 2
            simulation.fate = { _, job in
                let isMeant =
                    if case .chunk(let chunk) = job.kind { kind == 0 && chunk.sequence == 2 } else {
                        kind == 1 && job.kind == .finalize
                    }
                guard isMeant, left > 0 else { return .answered(afterMilliseconds: 10) }
                left -= 1
                return .replaced(Self.problem(problem))
            }
            try simulation.run()
            let sent = try simulation.outbox.recording(recording.id)
            #expect(sent.state == .sent && simulation.hasWhole(bytes, sent), "\(problem)")
        }
    }

    @Test("the page of a hotel's network is no answer, whatever its status", arguments: [200, 404])
    func captivePortal(status: Int) throws {
        let simulation = try Simulation()
        let recording = try simulation.outbox.add(bytes)
        let page = NetworkAnswer(status: status, body: Data("<html>Welcome</html>".utf8))
        simulation.fate = { [unowned simulation] _, job in
            simulation.now < .seconds(5) && job.kind != .probe
                ? .replaced(page) : .answered(afterMilliseconds: 10)
        }
        try simulation.run()
        let sent = try simulation.outbox.recording(recording.id)
        #expect(sent.state == .sent && simulation.hasWhole(bytes, sent))
    }

    @Test("a server with other bytes than were recorded does not free the copy")
    func otherBytes() throws {
        let simulation = try Simulation()
        let recording = try simulation.outbox.add(bytes)
        simulation.fate = { [unowned simulation] _, job in
            if job.kind == .finalize {
                simulation.server.recordings[recording.id]?.bytes[0]?[0] ^= 1
            }
            return .answered(afterMilliseconds: 10)
        }
        try simulation.run()
        let failed = try simulation.outbox.recording(recording.id)
        #expect(failed.state == .failed && failed.hasLocalCopy)
    }

    @Test("a file that was damaged on this disk is not sent")
    func damagedHere() throws {
        let simulation = try Simulation()
        let recording = try simulation.outbox.add(bytes)
        var damaged = bytes
        damaged[4321] ^= 1
        try Data(damaged).write(to: URL(filePath: recording.mediaPath))
        try simulation.run()
        let failed = try simulation.outbox.recording(recording.id)
        #expect(failed.state == .failed && failed.reason?.contains("4000..<5000") == true)
    }

    @Test("a chunk that did not get through says so in the journal")
    func chunkTrouble() throws {
        let simulation = try Simulation()
        let recording = try simulation.outbox.add(bytes)
        var left = 2
        simulation.fate = { _, job in
            guard case .chunk(let chunk) = job.kind, chunk.sequence == 5, left > 0 else {
                return .answered(afterMilliseconds: 10)
            }
            left -= 1
            return .lost
        }
        try simulation.run()
        let trouble = try simulation.outbox.chunkTrouble(of: recording.id)
        #expect(trouble.map(\.sequence) == [5] && trouble.first?.attempts == 2)
    }
}
