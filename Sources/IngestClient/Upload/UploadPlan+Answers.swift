internal import Foundation
internal import Recordings
internal import Wire

/// What an answer means for a recording.
extension UploadPlan {
    /// - Parameter isAwaited: false if the job was taken for lost.
    mutating func finished(
        _ job: UploadJob, _ id: String, _ outcome: UploadOutcome, isAwaited: Bool,
        at now: Duration
    ) throws(OutboxError) {
        switch outcome {
        case .unreadable(let error):
            guard isAwaited else { return }
            try halt(id, .failed(reason: "\(error)"))
        case .noAnswer(let error):
            try failed(job, id, error.reason, nil, isAwaited: isAwaited, at: now)
        case .answer(let answer):
            if (200..<300).contains(answer.status) {
                try succeeded(job, id, answer, isAwaited: isAwaited, at: now)
            } else {
                let problem = RemoteProblem(answer)
                if problem.isFinal || problem.name == "digest-mismatch" {
                    try serverAnswered()
                }
                guard isAwaited else { return }
                try refused(job, id, problem, answer.retryAfter, at: now)
            }
        }
    }

    private mutating func succeeded(
        _ job: UploadJob, _ id: String, _ answer: NetworkAnswer, isAwaited: Bool,
        at now: Duration
    ) throws(OutboxError) {
        guard let document = Document(answer, job) else {
            let reason = "the answer is not one of a Holdfast server"
            return try failed(
                job, id, reason, nil, isAwaited: isAwaited, at: now, cause: "not-ours")
        }
        try serverAnswered()
        if case .acknowledgement = document {
            deliveries[id]?.succeeded(job.kind, at: now)
            return try acknowledged(id, at: now)
        }
        guard isAwaited else { return }
        deliveries[id]?.succeeded(job.kind, at: now)
        switch document {
        case .created(isNew: true): try learned(nil, id, at: now)
        case .created(isNew: false): deliveries[id]?.askAgain()
        case .status(let status) where job.kind == .finalize: try compare(status, id)
        case .status(let status): try learned(status, id, at: now)
        case .acknowledgement: break
        }
    }

    /// What makes an answer one of this protocol: a hotel's page says 200 to everything.
    private enum Document {
        case created(isNew: Bool)
        case status(RecordingStatus)
        case acknowledgement

        init?(_ answer: NetworkAnswer, _ job: UploadJob) {
            let id = job.recording?.serverID
            switch job.kind {
            case .probe, .report: return nil
            case .chunk:
                guard answer.recordingPrefix != nil else { return nil }
                self = .acknowledgement
            case .create:
                // What is no document of ours is what this is looking for.
                let created = try? WireJSON.decode(Created.self, from: [UInt8](answer.body))
                guard created?.id == id else { return nil }
                self = .created(isNew: answer.status == 201)
            case .status, .finalize:
                let status = try? WireJSON.decode(
                    RecordingStatus.self, from: [UInt8](answer.body))
                guard let status, status.id == id else { return nil }
                self = .status(status)
            }
        }

        private struct Created: Decodable { let id: String }
    }

    /// What the server lacks is sent; nil: it has nothing yet.
    private mutating func learned(
        _ status: RecordingStatus?, _ id: String, at now: Duration
    ) throws(OutboxError) {
        let chunks = try outbox.chunks(of: id)
        var missing = chunks
        if let status {
            let lacks = MissingChunks(status)
            missing = chunks.filter { lacks.contains($0.range) }
            if missing.isEmpty, status.state == .finalized, deliveries[id]?.isLive == false {
                return try compare(status, id)
            }
        }
        deliveries[id]?.learned(missing: missing, of: chunks)
        guard let delivery = deliveries[id] else { return }
        tell(
            .started(
                id: id, acknowledgedBytes: delivery.acknowledgedBytes,
                byteCount: delivery.recording.byteCount))
        try noteProgress(id, at: now)
    }

    private mutating func acknowledged(_ id: String, at now: Duration) throws(OutboxError) {
        guard let delivery = deliveries[id] else { return }
        tell(
            .acknowledged(
                id: id, acknowledgedBytes: delivery.acknowledgedBytes,
                byteCount: delivery.recording.byteCount))
        // For whoever lists the profile meanwhile; a commit for each chunk would be too much.
        if now >= delivery.notedAt + .seconds(1) { try noteProgress(id, at: now) }
    }

    private mutating func noteProgress(_ id: String, at now: Duration) throws(OutboxError) {
        guard let bytes = deliveries[id]?.acknowledgedBytes else { return }
        deliveries[id]?.notedAt = now
        reports.hasEvents = reports.hasEvents || outbox.isReporting
        try outbox.note(id, deliveries[id]?.takeLatencies()) { recording in
            recording.acknowledgedBytes = bytes
            recording.attempts = 0
        }
    }

    /// The server has finalized it: is it what was recorded?
    private mutating func compare(
        _ status: RecordingStatus, _ id: String
    ) throws(OutboxError) {
        guard let received = Self.sha256(status.receivedDigest),
            received == (try outbox.digest(of: id))
        else {
            return try halt(id, .failed(reason: "the server has other bytes than were recorded"))
        }
        try outbox.markSent(
            id, receivedDigest: received, status.condition?.rawValue,
            deliveries[id]?.takeLatencies())
        deliveries[id] = nil
        tell(.sent(id: id, condition: status.condition?.rawValue))
        setNeedsRefresh()
    }

    private static func sha256(_ field: String?) -> [UInt8]? {
        // What cannot be read confirms nothing.
        guard let field, let digests = try? ContentDigest.parse(field) else { return nil }
        for case .sha256(let bytes) in digests { return bytes }
        return nil
    }

    // MARK: Refusals and failures

    private mutating func refused(
        _ job: UploadJob, _ id: String, _ problem: RemoteProblem, _ retryAfter: Duration?,
        at now: Duration
    ) throws(OutboxError) {
        switch problem.name {
        case "too-far-ahead":
            deliveries[id]?.postpone(job.kind, until: now + options.retries.firstDelay)
            deliveries[id]?.askAgain()
            return
        case "gone" where problem.reason == "expired":
            // The server let go of it: it is sent again as a new recording. The round counts, so
            // that a server that lets go of everything at once does not keep this up for ever.
            try countRefusal(job, id, problem, at: now)
            try outbox.renew(id, replacesOld: true)
            setNeedsRefresh()
            return
        case "gone":
            return try halt(
                id,
                .parked(
                    reason: "it was deleted on the server; retry sends it as a new recording",
                    needsUser: true))
        case "unauthorized": return try haltForAccess(id, problem, job)
        case "forbidden" where job.kind == .create:
            return try haltForAccess(id, problem, job)
        case "forbidden", "not-found":
            // A server that has lost the recording tells no more than of another's.
            deliveries[id]?.startOver()
        case "gaps", "finalize-conflict": deliveries[id]?.askAgain()
        default:
            if problem.isFinal { return try halt(id, .failed(reason: "\(problem)")) }
            if problem.name != "digest-mismatch" {
                serverFailed("\(problem)", retryAfter: retryAfter, at: now)
            }
        }
        try countRefusal(job, id, problem, retryAfter, at: now)
    }

    /// Nobody is let in until the user does something about it.
    private mutating func haltForAccess(
        _ id: String, _ problem: RemoteProblem, _ job: UploadJob
    ) throws(OutboxError) {
        let reason = problem.explainAccess(creating: job.kind == .create)
        try halt(id, .parked(reason: reason, needsUser: true))
    }

    private mutating func countRefusal(
        _ job: UploadJob, _ id: String, _ problem: RemoteProblem, _ retryAfter: Duration? = nil,
        at now: Duration
    ) throws(OutboxError) {
        let delay = deliveries[id]?.failed(
            job, at: now, options.retries, retryAfter: retryAfter, fraction: random())
        if case .chunk(let chunk) = job.kind {
            try outbox.chunkFailed(chunk.sequence, of: id, "\(problem)")
        }
        try counted(id, "\(problem)", delay, cause: problem.cause)
    }

    private mutating func failed(
        _ job: UploadJob, _ id: String, _ reason: String, _ retryAfter: Duration?,
        isAwaited: Bool, at now: Duration, cause: String = "no-answer"
    ) throws(OutboxError) {
        guard isAwaited else { return }
        serverFailed(reason, retryAfter: retryAfter, at: now)
        let delay = deliveries[id]?.failed(
            job, at: now, options.retries, retryAfter: retryAfter, fraction: random())
        if case .chunk(let chunk) = job.kind {
            try outbox.chunkFailed(chunk.sequence, of: id, reason)
        }
        try counted(id, reason, delay, cause: cause)
    }

    /// - Parameters:
    ///   - delay: nil if it was counted with another job before.
    ///   - cause: for whoever counts them.
    mutating func counted(
        _ id: String, _ reason: String, _ delay: Duration?, cause: String
    ) throws(OutboxError) {
        guard let delay, let delivery = deliveries[id] else { return }
        reports.hasEvents = reports.hasEvents || outbox.isReporting
        try outbox.note(id, .retry(cause: cause)) { recording in
            recording.attempts = delivery.attempts
            recording.lastError = reason
        }
        if delivery.attempts >= options.retries.attemptsMax, !delivery.isLive {
            return try park(id, reason, needsUser: false)
        }
        tell(.retrying(id: id, attempt: delivery.attempts, reason: reason, after: delay))
    }

    /// It does not go on by itself. What is still being recorded says so once it has ended.
    mutating func halt(_ id: String, _ halt: Delivery.Halt) throws(OutboxError) {
        guard let delivery = deliveries[id], delivery.halt == nil else { return }
        guard delivery.isLive else { return try apply(halt, to: id) }
        deliveries[id]?.halt = halt
        let reason =
            switch halt {
            case .parked(let reason, _), .failed(let reason): reason
            }
        try outbox.note(id) { $0.reason = reason }
        tell(.retrying(id: id, attempt: delivery.attempts, reason: reason, after: .zero))
    }

    mutating func apply(_ halt: Delivery.Halt, to id: String) throws(OutboxError) {
        switch halt {
        case .parked(let reason, let needsUser): try park(id, reason, needsUser: needsUser)
        case .failed(let reason):
            try outbox.note(id, deliveries[id]?.takeLatencies()) { recording in
                (recording.state, recording.reason) = (.failed, reason)
            }
            deliveries[id] = nil
            tell(.failed(id: id, reason: reason))
            setNeedsRefresh()
        }
    }

    mutating func park(_ id: String, _ reason: String, needsUser: Bool) throws(OutboxError) {
        try outbox.park(
            id, reason: reason, needsUser: needsUser, deliveries[id]?.takeLatencies())
        deliveries[id] = nil
        tell(.parked(id: id, reason: reason))
        setNeedsRefresh()
    }
}
