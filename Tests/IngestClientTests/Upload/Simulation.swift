import Foundation
import IngestClient
import Synchronization
import TestKit
import Testing

/// An outbox, the plan of its uploader, a server in memory and a network between them that does
/// what it is told; time passes only from one event to the next.
final class Simulation {
    /// What becomes of one request.
    enum Fate {
        /// Answered after so many milliseconds.
        case answered(afterMilliseconds: Int)
        /// The server never sees it.
        case lost
        /// The server does it, but its answer is cut off.
        case answerLost
        /// Neither an answer nor an error ever comes.
        case blackHole
        /// Something else answers.
        case replaced(NetworkAnswer)
    }

    let profile = Profile()
    let server = ModelServer()
    private(set) var outbox: Outbox
    private(set) var events: [UploadEvent] = []
    private(set) var now: Duration = .zero
    /// Asked for each request.
    var fate: (NetworkRequest, UploadJob) -> Fate = { _, _ in .answered(afterMilliseconds: 10) }
    private var plan: UploadPlan
    private var pending: [(at: Duration, order: Int, signal: UploadPlan.Signal)] = []
    private var timeline: [(at: Duration, action: (Simulation) throws -> Void)] = []
    private var order = 0
    private let options: UploadOptions
    private let random: Mutex<SeededRandom>

    init(
        seed: UInt64 = 1, limits: OutboxLimits = Profile.limits,
        _ change: (inout UploadOptions) -> Void = { _ in }
    ) throws {
        var options = UploadOptions(server: try #require(URL(string: "http://server.test")))
        change(&options)
        self.options = options
        random = Mutex(SeededRandom(seed))
        outbox = try profile.open(limits)
        plan = UploadPlan(outbox, options) { 0.5 }
        self.limits = limits
    }
    private let limits: OutboxLimits

    func number(below limit: Int) -> Int {
        random.withLock { Int($0.next() % UInt64(limit)) }
    }

    /// Does something at a time.
    func at(_ seconds: Double, _ action: @escaping (Simulation) throws -> Void) {
        timeline.append((.seconds(seconds), action))
        timeline.sort { $0.at < $1.at }
    }

    /// The process dies and another one begins: requests on their way are never heard of again.
    func crash() throws {
        pending = []
        plan = UploadPlan(try Self.emptyOutbox(), options) { 0.5 }
        outbox = try Self.emptyOutbox()
        outbox = try profile.open(limits)
        plan = UploadPlan(outbox, options) { 0.5 }
        handle(.outboxChanged)
    }

    private static func emptyOutbox() throws -> Outbox { try Profile().open() }

    /// Runs until nothing happens any more, or for so long.
    func run(seconds: Double = 100_000) throws {
        let end = now + .seconds(seconds)
        handle(.outboxChanged)
        while true {
            let next = pending.min { ($0.at, $0.order) < ($1.at, $1.order) }
            let wake = plan.wakeAt(after: now)
            let action = timeline.first
            guard let at = [next?.at, wake, action?.at].compactMap({ $0 }).min(), at <= end
            else { break }
            if plan.isIdle, timeline.isEmpty, pending.isEmpty, !isWaiting { break }
            pass(to: at)
            if let action, action.at == at {
                timeline.removeFirst()
                try action.action(self)
                handle(.outboxChanged)
            } else if let next, next.at == at {
                pending.removeAll { $0.order == next.order }
                handle(next.signal)
            } else {
                handle(.timer)
            }
        }
        if now < end, seconds < 100_000 { pass(to: end) }
    }

    /// Whether a test waits for what only time brings.
    var isWaiting = false

    private func pass(to time: Duration) {
        guard time > now else { return }
        profile.clock.advance(seconds: (time - now) / .seconds(1))
        now = time
    }

    private func handle(_ signal: UploadPlan.Signal) {
        let jobs = plan.handle(signal, at: now)
        events += plan.takeEvents()
        for job in jobs { send(job) }
    }

    private func send(_ job: UploadJob) {
        let request: NetworkRequest
        do throws(OutboxError) {
            request = try UploadRequests(
                outbox, server: options.server, applicationKey: options.applicationKey
            ).request(job)
        } catch {
            return come(.unreadable(error), of: job, after: .zero)
        }
        let lost = UploadOutcome.noAnswer(NetworkError("the connection broke"))
        switch fate(request, job) {
        case .answered(let delay):
            come(.answer(server.answer(request)), of: job, after: .milliseconds(delay))
        case .lost: come(lost, of: job, after: .milliseconds(5))
        case .answerLost:
            _ = server.answer(request)
            come(lost, of: job, after: .milliseconds(15))
        case .blackHole: break
        case .replaced(let answer): come(.answer(answer), of: job, after: .milliseconds(5))
        }
    }

    private func come(_ outcome: UploadOutcome, of job: UploadJob, after delay: Duration) {
        order += 1
        pending.append((now + delay, order, .finished(job, outcome)))
    }

    /// Whether the server has exactly the bytes of `recording`, finalized once.
    func hasWhole(_ bytes: [UInt8], _ recording: OutboxRecording) -> Bool {
        guard let stored = server.recordings[recording.serverID] else { return false }
        return stored.all == bytes && stored.finalizeCount == 1
            && stored.token == "Bearer \(recording.token)"
    }
}
