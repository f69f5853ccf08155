import Foundation
import IngestClient
import Recordings
import TestKit
import Testing
import Wire

/// What a recorder's user was promised, one row each.
@Suite("Uploading an outbox") struct UploadBehaviourTests {
    private let bytes: [UInt8] = {
        var random = SeededRandom(3)
        return random.bytes(5500)
    }()

    @Test("what is pending is sent whole, once, with its token, and the copy stays for a while")
    func sends() throws {
        let simulation = try Simulation()
        let recording = try simulation.outbox.add(bytes)
        try simulation.run()
        let sent = try simulation.outbox.recording(recording.id)
        #expect(sent.state == .sent && sent.hasLocalCopy && sent.condition == "complete")
        #expect(sent.acknowledgedBytes == 5500)
        #expect(simulation.hasWhole(bytes, sent))
        #expect(simulation.server.log.first == "GET /healthz")
        // Nothing of it is sent twice, and nothing asked that follows from the creation.
        #expect(simulation.server.log.count == 1 + 1 + 6 + 1)
        #expect(simulation.events.last == .sent(id: recording.id, condition: "complete"))
    }

    @Test("recorded offline, it arrives when the network is there")
    func recordsOffline() throws {
        let simulation = try Simulation()
        simulation.fate = { [unowned simulation] _, _ in
            simulation.now < .seconds(90) ? .lost : .answered(afterMilliseconds: 10)
        }
        let open = try simulation.outbox.begin(NewRecording(mediaType: "audio/ogg"))
        for part in 0..<5 {
            simulation.at(Double(part)) { [bytes] _ in
                try open.append(Array(bytes[(part * 1100)..<((part + 1) * 1100)]))
                try open.cutChunk()
            }
        }
        simulation.at(6) { _ in try open.finish() }
        try simulation.run()
        let sent = try simulation.outbox.recording(open.id)
        #expect(sent.state == .sent && simulation.hasWhole(bytes, sent))
        #expect(simulation.events.contains(.serverBack))
    }

    @Test("the network goes in the middle: only what is missing is sent again")
    func networkLost() throws {
        let simulation = try Simulation()
        let recording = try simulation.outbox.add(bytes)
        simulation.fate = { [unowned simulation] _, job in
            guard case .chunk(let chunk) = job.kind, chunk.sequence >= 2 else {
                return .answered(afterMilliseconds: 10)
            }
            return simulation.now < .seconds(3) ? .answerLost : .answered(afterMilliseconds: 10)
        }
        try simulation.run()
        let sent = try simulation.outbox.recording(recording.id)
        #expect(sent.state == .sent && simulation.hasWhole(bytes, sent))
        let firsts = simulation.server.log.filter { $0.hasSuffix("/chunks/0") }
        #expect(firsts.count == 1)
    }

    @Test("automatic retries end in parking; retry goes on where it stopped")
    func parksAndRetries() throws {
        let simulation = try Simulation { $0.retries.attemptsMax = 4 }
        let recording = try simulation.outbox.add(bytes)
        var isGone = false
        simulation.fate = { _, job in
            if case .chunk(let chunk) = job.kind, chunk.sequence == 3 { isGone = true }
            return isGone ? .lost : .answered(afterMilliseconds: 10)
        }
        try simulation.run()
        let parked = try simulation.outbox.recording(recording.id)
        #expect(parked.state == .parked && !parked.needsUser)
        #expect(parked.reason?.contains("the server does not answer") == true)
        #expect(parked.acknowledgedBytes >= 0 && parked.hasLocalCopy)
        simulation.fate = { _, _ in .answered(afterMilliseconds: 10) }
        try simulation.outbox.retry(recording.id)
        try simulation.run()
        let sent = try simulation.outbox.recording(recording.id)
        #expect(sent.state == .sent && sent.serverID == recording.id)
        #expect(simulation.hasWhole(bytes, sent))
    }

    @Test(
        "what was parked goes on by itself within the window, and not after it",
        arguments: [(3600.0, true), (7300.0, false)])
    func resumesWithinWindow(outageSeconds: Double, resumes: Bool) throws {
        let simulation = try Simulation {
            $0.retries.attemptsMax = 4
            $0.resumeWindowSeconds = 7200
        }
        simulation.isWaiting = true
        let recording = try simulation.outbox.add(bytes)
        simulation.fate = { [unowned simulation] _, _ in
            simulation.now < .seconds(outageSeconds) ? .lost : .answered(afterMilliseconds: 10)
        }
        try simulation.run(seconds: 9000)
        let state = try simulation.outbox.recording(recording.id).state
        #expect(state == (resumes ? .sent : .parked))
        #expect(simulation.events.contains { if case .parked = $0 { true } else { false } })
    }

    @Test("a parked recording can be deleted, also while the rest is being sent")
    func deletes() throws {
        let simulation = try Simulation()
        let doomed = try simulation.outbox.add(bytes)
        let other = try simulation.outbox.add(bytes)
        simulation.at(0.015) { try $0.outbox.delete(doomed.id) }
        try simulation.run()
        #expect(try simulation.outbox.recordings().map(\.id) == [other.id])
        #expect(try simulation.outbox.recording(other.id).state == .sent)
    }

    @Test("record only: nothing is sent before someone says so")
    func recordOnly() throws {
        let simulation = try Simulation()
        let recording = try simulation.outbox.add(bytes, .recordOnly)
        try simulation.run()
        #expect(try simulation.outbox.recording(recording.id).state == .kept)
        #expect(simulation.server.recordings.isEmpty)
        try simulation.outbox.sendNow(recording.id)
        try simulation.run()
        #expect(try simulation.outbox.recording(recording.id).state == .sent)
    }

    @Test("send later: nothing is sent before its time")
    func sendsLater() throws {
        let simulation = try Simulation()
        simulation.isWaiting = true
        let later = simulation.profile.clock.now.addingTimeInterval(5000)
        let recording = try simulation.outbox.add(bytes, .sendAt(later))
        try simulation.run(seconds: 4999)
        #expect(simulation.server.recordings.isEmpty)
        try simulation.run(seconds: 2)
        #expect(try simulation.outbox.recording(recording.id).state == .sent)
    }

    @Test("kept amid its way it stops, and goes on when it is sent after all")
    func keepsAmidTheWay() throws {
        let simulation = try Simulation()
        let recording = try simulation.outbox.add(bytes)
        simulation.at(0.025) { try $0.outbox.keep(recording.id) }
        try simulation.run()
        #expect(try simulation.outbox.recording(recording.id).state == .kept)
        try simulation.outbox.sendNow(recording.id)
        try simulation.run()
        let sent = try simulation.outbox.recording(recording.id)
        #expect(sent.state == .sent && simulation.hasWhole(bytes, sent))
    }

    @Test("what is live goes before the backlog, which does not hold it up")
    func liveFirst() throws {
        let simulation = try Simulation()
        simulation.fate = { _, job in
            // A slow line for the backlog; the live one is small.
            job.recording?.state == .recording
                ? .answered(afterMilliseconds: 10) : .answered(afterMilliseconds: 400)
        }
        for _ in 0..<5 { _ = try simulation.outbox.add(bytes) }
        let open = try simulation.outbox.begin(NewRecording(mediaType: "audio/ogg"))
        var late: [Int64] = []
        for second in 1...20 {
            simulation.at(Double(second)) { [bytes] _ in
                try open.append(Array(bytes[..<100]))
                try open.cutChunk()
            }
            simulation.at(Double(second) + 0.05) { simulation in
                let stored = simulation.server.recordings[open.id]?.runs.prefix ?? 0
                if stored < Int64(second) * 100 { late.append(Int64(second)) }
            }
        }
        simulation.at(21) { _ in try open.finish() }
        try simulation.run()
        #expect(late.isEmpty, "late in seconds \(late)")
        #expect(try simulation.outbox.recordings().allSatisfy { $0.state == .sent })
    }
}
