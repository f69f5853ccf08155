internal import Wire

/// Decides what is sent next: signals in, jobs out. It reads and writes the outbox, but knows no
/// network, no clock and no chance of its own, so that a test can replay any course of events.
///
/// Times are durations since any start. Blocks: on the outbox.
package struct UploadPlan {
    package enum Signal: Sendable {
        /// The recorder or the user did something.
        case outboxChanged
        /// A wait is over.
        case timer
        case finished(UploadJob, UploadOutcome)
    }

    /// What happened since they were last taken.
    package private(set) var events: [UploadEvent] = []
    let outbox: Outbox
    let options: UploadOptions
    let random: @Sendable () -> Double
    var breaker: Breaker
    var deliveries: [String: Delivery] = [:]
    /// What is live first, then the oldest.
    private var order: [String] = []
    private var running: [UInt64: UploadJob] = [:]
    private var jobCount: UInt64 = 0
    private var lookedAt: Duration?
    private var nextSendAt: Duration?
    private var pausedUntil: Duration = .zero
    private var needsRefresh = true
    private var hasParked = false
    var reports = ReportSchedule()
    /// As it was when something last happened.
    private var lastNow: Duration = .zero

    /// More of the backlog is not looked at before some of it is done.
    static let deliveriesMax = 32
    /// Local copies past their time of grace go, and the wall clock is looked at.
    static let lookInterval: Duration = .seconds(600)

    /// - Parameter random: numbers in 0..<1 that spread the retries.
    package init(
        _ outbox: Outbox, _ options: UploadOptions, random: @escaping @Sendable () -> Double
    ) {
        precondition(options.inFlightMax > 1, "One request is for what is live, one for the rest")
        self.outbox = outbox
        self.options = options
        self.random = random
        var probes = options.retries
        probes.delayMax = options.probeDelayMax
        breaker = Breaker(probes: probes)
    }

    /// Takes in what happened. Returns the jobs to start; each must come back as `finished`.
    package mutating func handle(_ signal: Signal, at now: Duration) -> [UploadJob] {
        lastNow = now
        do throws(OutboxError) {
            try take(signal, at: now)
            guard now >= pausedUntil else { return [] }
            if needsRefresh || nextSendAt.map({ now >= $0 }) ?? false { try refresh(at: now) }
            if lookedAt.map({ now >= $0 + Self.lookInterval }) ?? true {
                lookedAt = now
                try outbox.removeCopiesPastGrace()
                try refresh(at: now)
            }
            try expireStalls(at: now)
            return try nextJobs(at: now)
        } catch {
            needsRefresh = true
            // Deleted this very moment: the outbox will say so.
            if case .unknown = error { return [] }
            // Without its journal nothing can be promised; with room it goes on.
            pausedUntil = now + options.retries.delayMax
            tell(.outboxTrouble(reason: "\(error)"))
            return []
        }
    }

    /// When `timer` is due; nil: only when something happens.
    package func wakeAt(after now: Duration) -> Duration? {
        var times = [pausedUntil, nextSendAt, lookedAt.map { $0 + Self.lookInterval }]
        if breaker.isClosed {
            times += deliveries.values.map { $0.wakeAt(options) }
        } else {
            times += deliveries.values.map { $0.stalledAt(options) }
            times.append(breaker.probingSince.map { $0 + options.stallTimeout })
            if hasWork(at: now) { times.append(breaker.probeAt) }
        }
        times.append(
            reports.wakeAt(
                now, whileSending: isSending, stallTimeout: options.stallTimeout))
        return times.compactMap { $0 }.filter { $0 > now }.min()
    }

    /// Nothing is left that could be sent now: the rest is sent, parked, kept, or for later.
    ///
    /// Events for the server are tried once; a failure is not waited for.
    package var isIdle: Bool {
        var reports = reports
        return deliveries.isEmpty && !running.values.contains { $0.kind != .probe }
            && !needsRefresh && reports.inFlight == nil
            && !reports.isDue(at: lastNow, whileSending: false)
    }

    private var isSending: Bool { deliveries.values.contains { $0.halt == nil } }

    /// Whether a server that is gone is worth looking after.
    private func hasWork(at now: Duration) -> Bool {
        var reports = reports
        return hasParked || isSending || reports.isDue(at: now, whileSending: false)
    }

    package mutating func takeEvents() -> [UploadEvent] {
        defer { events = [] }
        return events
    }

    mutating func tell(_ event: UploadEvent) { events.append(event) }

    mutating func setNeedsRefresh() { needsRefresh = true }

    // MARK: Signals

    private mutating func take(_ signal: Signal, at now: Duration) throws(OutboxError) {
        switch signal {
        case .outboxChanged: needsRefresh = true
        case .timer: break
        case .finished(let job, let outcome):
            if case .report(let report) = job.kind {
                return try reported(job, report, outcome, at: now)
            }
            let isAwaited = running.removeValue(forKey: job.number) != nil
            if job.kind == .probe {
                try probed(outcome, at: now)
            } else if let recording = job.recording,
                deliveries[recording.id]?.recording.serverID == recording.serverID
            {
                try finished(job, recording.id, outcome, isAwaited: isAwaited, at: now)
            }
        }
    }

    private mutating func probed(
        _ outcome: UploadOutcome, at now: Duration
    ) throws(OutboxError) {
        let (reason, retryAfter): (String, Duration?)
        switch outcome {
        case .answer(let answer) where (200..<300).contains(answer.status):
            return try serverAnswered()
        case .answer(let answer):
            (reason, retryAfter) = (RemoteProblem(answer).description, answer.retryAfter)
        case .noAnswer(let error): (reason, retryAfter) = (error.reason, nil)
        case .unreadable(let error): (reason, retryAfter) = ("\(error)", nil)
        }
        try probeFailed(reason, retryAfter: retryAfter, at: now)
    }

    private mutating func probeFailed(
        _ reason: String, retryAfter: Duration?, at now: Duration
    ) throws(OutboxError) {
        let delay = breaker.probeFailed(at: now, retryAfter: retryAfter, fraction: random())
        guard let delay else { return }
        reports.failed(at: now, retryAfter: retryAfter)
        // Nobody waits for the events alone.
        guard isSending || hasParked else { return }
        tell(.serverGone(attempt: breaker.attempts, reason: reason, after: delay))
        guard breaker.attempts >= options.retries.attemptsMax else { return }
        // Control goes to the user; what is live goes on, and waits.
        for recording in try outbox.sendable(limit: .max) where recording.state != .recording {
            try park(recording.id, "the server does not answer: \(reason)", needsUser: false)
        }
    }

    /// Something came from the server: it is there.
    mutating func serverAnswered() throws(OutboxError) {
        guard breaker.succeeded() else { return }
        tell(.serverBack)
        reports.serverIsBack()
        try outbox.resumeParked(withinSeconds: options.resumeWindowSeconds)
        needsRefresh = true
    }

    /// A request got no answer, or none of this protocol.
    mutating func serverFailed(
        _ reason: String, retryAfter: Duration?, at now: Duration
    ) {
        let delay = breaker.failed(at: now, retryAfter: retryAfter, fraction: random())
        if let delay { tell(.serverGone(attempt: 1, reason: reason, after: delay)) }
    }

    private mutating func refresh(at now: Duration) throws(OutboxError) {
        let sendable = try outbox.sendable(limit: Self.deliveriesMax)
        var next: [String: Delivery] = [:]
        for recording in sendable {
            var delivery = Delivery(recording)
            if let known = deliveries[recording.id],
                known.recording.serverID == recording.serverID
            {
                delivery = known
                delivery.refresh(recording)
            }
            if delivery.wantsNewChunks, recording.chunkCount > delivery.nextSequence {
                delivery.grew(
                    try outbox.chunks(of: recording.id, from: delivery.nextSequence), at: now)
            }
            next[recording.id] = delivery
        }
        deliveries = next
        order = sendable.map(\.id)
        hasParked = try outbox.hasResumable(withinSeconds: options.resumeWindowSeconds)
        nextSendAt = try outbox.nextSendDelay().map { now + $0 }
        reports.hasEvents = outbox.isReporting ? try outbox.hasReports() : false
        needsRefresh = false
        for (id, delivery) in deliveries where !delivery.isLive {
            if let halt = delivery.halt { try apply(halt, to: id) }
        }
    }

    private mutating func expireStalls(at now: Duration) throws(OutboxError) {
        if let since = breaker.probingSince, now >= since + options.stallTimeout {
            for job in running.values where job.kind == .probe { running[job.number] = nil }
            try probeFailed("it took too long to answer", retryAfter: nil, at: now)
        }
        if let since = reports.inFlight?.since, now >= since + options.stallTimeout {
            reports.failed(at: now)
        }
        for id in order {
            guard let stalledAt = deliveries[id]?.stalledAt(options), now >= stalledAt else {
                continue
            }
            // They may still come back, and are heard then; their places are free.
            for job in running.values where job.recording?.id == id { running[job.number] = nil }
            let reason = "nothing was acknowledged for too long"
            let delay = deliveries[id]?.stalled(at: now, options.retries, fraction: random())
            serverFailed(reason, retryAfter: nil, at: now)
            try counted(id, reason, delay, cause: "stall")
        }
    }

    // MARK: Jobs

    private mutating func nextJobs(at now: Duration) throws(OutboxError) -> [UploadJob] {
        if !breaker.isClosed {
            guard hasWork(at: now), let probeAt = breaker.probeAt, now >= probeAt else { return [] }
            breaker.beginProbe(at: now)
            return [start(.probe, nil)]
        }
        var jobs: [UploadJob] = []
        for id in order {
            while let isLive = deliveries[id]?.isLive, hasPlace(forLive: isLive),
                let kind = deliveries[id]?.next(at: now)
            {
                if kind == .finalize { tell(.finalizing(id: id)) }
                if deliveries[id]?.recording.state == .pending {
                    try outbox.note(id) { $0.state = .uploading }
                    deliveries[id]?.refresh(try outbox.recording(id))
                }
                jobs.append(start(kind, deliveries[id]))
            }
        }
        if reports.isDue(at: now, whileSending: isSending), let report = try outbox.takeReport() {
            // It has a place of its own, and takes none that is for chunks.
            jobCount += 1
            reports.began(jobCount, at: now)
            jobs.append(
                UploadJob(number: jobCount, kind: .report(report), recording: nil, round: 0))
        } else if reports.isDue(at: now, whileSending: isSending) {
            reports.hasEvents = false
        }
        return jobs
    }

    /// What is live never waits for the backlog: one place is always left for it, and beside it
    /// the backlog has one request at a time.
    private func hasPlace(forLive isLive: Bool) -> Bool {
        guard running.count < options.inFlightMax else { return false }
        guard !isLive else { return true }
        let isAnyLive = deliveries.values.contains { $0.isLive && $0.halt == nil }
        let backlog = running.values.count { job in
            job.recording.map { deliveries[$0.id]?.isLive != true } ?? false
        }
        return backlog < (isAnyLive ? 1 : options.inFlightMax - 1)
    }

    private mutating func start(_ kind: UploadJob.Kind, _ delivery: Delivery?) -> UploadJob {
        jobCount += 1
        let job = UploadJob(
            number: jobCount, kind: kind, recording: delivery?.recording,
            round: delivery?.round ?? 0)
        running[job.number] = job
        return job
    }
}
