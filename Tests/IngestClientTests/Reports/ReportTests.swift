import Foundation
import IngestClient
import Recordings
import TestKit
import Testing
import Wire

/// What the server is told beside the recordings, over a network that does what it is told.
@Suite("Telling the server") struct ReportTests {
    private let bytes: [UInt8] = {
        var random = SeededRandom(3)
        return random.bytes(5500)
    }()

    private func isReport(_ job: UploadJob) -> Bool {
        if case .report = job.kind { true } else { false }
    }

    @Test("start, stop, latency and arrival are told, and the journal is empty afterwards")
    func everything() throws {
        let simulation = try Simulation(limits: Profile.telling)
        let recording = try simulation.outbox.add(bytes)
        try simulation.run()
        let server = simulation.server
        for kind in [TelemetryKind.started, .stopped, .chunkLatency, .sent] {
            #expect(server.count(kind) == 1, "\(kind)")
        }
        #expect(server.count(.queue) >= 1)
        let told = server.told.values.filter { $0.known?.isOfRecording == true }
        #expect(told.allSatisfy { $0.recording?.text == recording.serverID })
        let stopped = try #require(told.first { $0.known == .stopped })
        #expect(stopped.values["bytes"] == .integer(5500))
        let latency = try #require(told.first { $0.known == .chunkLatency })
        let counts = latency.values["counts"]?.list?.compactMap(\.integer)
        #expect(counts?.reduce(0, +) == 6)
        #expect(try simulation.outbox.takeReport() == nil)
    }

    @Test("nothing is noted and nothing sent when it is turned off, not even what was noted")
    func off() throws {
        let simulation = try Simulation(limits: Profile.telling)
        _ = try simulation.outbox.add(bytes)
        let profile = Profile()
        var outbox: Outbox? = try profile.open(Profile.telling)
        _ = try outbox?.add(bytes)
        #expect(try outbox?.takeReport() != nil)
        outbox = nil
        #expect(try profile.open().takeReport() == nil)
        let silent = try Simulation()
        _ = try silent.outbox.add(bytes)
        try silent.run()
        #expect(!silent.server.log.contains("POST /telemetry"))
    }

    @Test("events never go before chunks, and seldom beside them")
    func priority() throws {
        let simulation = try Simulation(limits: Profile.telling) { $0.inFlightMax = 2 }
        var random = SeededRandom(9)
        for _ in 0..<2 { _ = try simulation.outbox.add(random.bytes(200_000)) }
        simulation.fate = { _, _ in .answered(afterMilliseconds: 1000) }
        try simulation.run()
        let log = simulation.server.log
        let first = try #require(log.firstIndex(of: "POST /telemetry"))
        #expect(log[..<first].contains { $0.contains("/chunks/") })
        // 400 chunks of a second each, one at a time.
        #expect((4...12).contains(log.filter { $0 == "POST /telemetry" }.count), "\(log.count)")
        #expect(simulation.server.count(.sent) == 2)
    }

    @Test(
        "a server that does not take them delays and parks nothing",
        arguments: [404, 405, 401, 500, 503])
    func refused(status: Int) throws {
        let simulation = try Simulation(limits: Profile.telling)
        let recording = try simulation.outbox.add(bytes)
        simulation.fate = { [self] _, job in
            isReport(job)
                ? .replaced(NetworkAnswer(status: status)) : .answered(afterMilliseconds: 10)
        }
        try simulation.run()
        let sent = try simulation.outbox.recording(recording.id)
        #expect(sent.state == .sent && sent.attempts == 0 && simulation.now < .seconds(10))
        #expect(simulation.events.last == .sent(id: recording.id, condition: "complete"))
        #expect(simulation.server.told.isEmpty)
        // Everything is told when it takes them.
        simulation.fate = { _, _ in .answered(afterMilliseconds: 10) }
        try simulation.crash()
        try simulation.run()
        #expect(simulation.server.count(.started) == 1 && simulation.server.count(.sent) == 1)
    }

    @Test("an answer that is lost, or never comes, makes nothing count twice")
    func answersLost() throws {
        let simulation = try Simulation(limits: Profile.telling)
        _ = try simulation.outbox.add(bytes)
        var tries = 0
        simulation.fate = { [self] _, job in
            guard isReport(job) else { return .answered(afterMilliseconds: 10) }
            tries += 1
            return tries == 1
                ? .answerLost : tries == 2 ? .blackHole : .answered(afterMilliseconds: 10)
        }
        simulation.isWaiting = true
        try simulation.run(seconds: 3000)
        #expect(tries == 3)
        // A look at the queue is taken anew each time; the rest came twice and counts once.
        #expect(simulation.server.count(.started) == 1 && simulation.server.count(.sent) == 1)
        let again = simulation.server.told.values.filter { $0.known != .queue }.count
        #expect(simulation.server.repeatedCount == again)
        #expect(try simulation.outbox.takeReport() == nil)
    }

    @Test("retries are counted by cause, parking and going on are told")
    func trouble() throws {
        let simulation = try Simulation(limits: Profile.telling) { $0.retries.attemptsMax = 4 }
        let recording = try simulation.outbox.add(bytes)
        var isGone = false
        simulation.fate = { _, job in
            if case .chunk(let chunk) = job.kind, chunk.sequence == 3 { isGone = true }
            return isGone ? .lost : .answered(afterMilliseconds: 10)
        }
        try simulation.run()
        #expect(try simulation.outbox.recording(recording.id).state == .parked)
        isGone = false
        simulation.fate = { _, _ in .answered(afterMilliseconds: 10) }
        try simulation.outbox.retry(recording.id)
        try simulation.run()
        let server = simulation.server
        #expect(server.count(.parked) == 1 && server.count(.resumed) == 1)
        #expect(server.count(.sent) == 1)
        #expect(server.sums(.retries)["no-answer"] ?? 0 >= 1)
        #expect(server.sums(.retries).count == 1, "\(server.sums(.retries))")
    }

    @Test("a crash that was survived is told, and so is what the user decided")
    func decisions() throws {
        let simulation = try Simulation(limits: Profile.telling)
        do {
            let open = try simulation.outbox.begin(NewRecording(mediaType: "audio/ogg"))
            try open.append(bytes)
            try open.cutChunk()
        }
        try simulation.crash()
        let kept = try simulation.outbox.add(bytes, .recordOnly)
        let gone = try simulation.outbox.add(bytes, .recordOnly)
        try simulation.outbox.delete(gone.id)
        try simulation.run()
        let server = simulation.server
        #expect(server.count(.crashed) == 1 && server.count(.deleted) == 1)
        #expect(server.count(.started) == 3 && server.count(.stopped) == 3)
        #expect(server.told.values.count { $0.values["isKept"] == .boolean(true) } == 2)
        try simulation.outbox.sendNow(kept.id)
        try simulation.run()
        #expect(server.count(.released) == 1 && server.count(.sent) == 2)
    }

    @Test("an event that the server will never have is set aside, and the rest goes on")
    func invalidEvent() throws {
        let simulation = try Simulation(limits: Profile.telling)
        simulation.server.refusesKind = "stopped"
        _ = try simulation.outbox.add(bytes)
        try simulation.run()
        #expect(simulation.server.count(.started) == 1 && simulation.server.count(.sent) == 1)
        #expect(simulation.server.count(.stopped) == 0)
    }

    @Test("the journal is bounded: the oldest go, and their number is told")
    func bounded() throws {
        var limits = Profile.telling
        limits.telemetryEventsMax = 20
        limits.quotaBytes = 1 << 30
        let simulation = try Simulation(limits: limits)
        for _ in 0..<100 {
            try simulation.outbox.delete(try simulation.outbox.add([1, 2, 3]).id)
        }
        try simulation.run()
        let server = simulation.server
        let lost = try #require(server.sums(.eventsLost)["count"])
        let kept = server.told.values.count { $0.known != .queue && $0.known != .eventsLost }
        // Of three for each; a look at the queue may have taken a place.
        #expect((300...301).contains(Int(lost) + kept), "\(lost) lost, \(kept) told")
        #expect(kept <= 20)
    }

    @Test("a large journal is told in batches of a bounded length")
    func batches() throws {
        let simulation = try Simulation(limits: Profile.telling)
        for _ in 0..<150 {
            try simulation.outbox.delete(try simulation.outbox.add([1, 2, 3]).id)
        }
        var longest = 0
        simulation.fate = { request, job in
            if case .report = job.kind { longest = max(longest, request.body?.count ?? 0) }
            return .answered(afterMilliseconds: 10)
        }
        try simulation.run()
        #expect(simulation.server.count(.deleted) == 150)
        #expect(longest > 10_000 && longest < 70_000)
        #expect(simulation.server.log.filter { $0 == "POST /telemetry" }.count >= 3)
    }

    @Test("random faults and crashes: every event is told once, counts add up", arguments: 1...10)
    func chaos(seed: UInt64) throws {
        print("ReportTests: seed \(seed)")
        let simulation = try Simulation(seed: seed, limits: Profile.telling)
        for _ in 0..<3 { _ = try simulation.outbox.add(bytes) }
        simulation.fate = { [unowned simulation] _, _ in
            switch simulation.number(below: 10) {
            case 0: .lost
            case 1: .answerLost
            case 2: .replaced(NetworkAnswer(status: 502))
            default: .answered(afterMilliseconds: simulation.number(below: 500))
            }
        }
        for second in 1...4 { simulation.at(Double(second * 2)) { try $0.crash() } }
        try simulation.run()
        simulation.fate = { _, _ in .answered(afterMilliseconds: 10) }
        try simulation.crash()
        try simulation.run()
        let server = simulation.server
        for kind in [TelemetryKind.started, .stopped, .sent] {
            #expect(server.count(kind) == 3, "\(kind)")
        }
        let retries = server.sums(.retries)
        #expect(Set(retries.keys).isSubset(of: ["no-answer", "status-502", "gaps"]), "\(retries)")
        #expect(try simulation.outbox.takeReport() == nil)
    }
}
