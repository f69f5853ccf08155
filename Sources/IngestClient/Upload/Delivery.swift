/// How far one recording has come on its way to the server: what is to be sent next, what is on
/// its way, when to try again. Pure: no clock and no network; times are durations since any start.
struct Delivery {
    private enum Stage {
        /// The server is told of the recording; that is harmless if it knows it.
        case create
        /// The server is asked what it has.
        case ask
        /// What is missing is sent, then the whole is finalized.
        case send
    }

    /// Why it does not go on.
    enum Halt: Equatable {
        case parked(reason: String, needsUser: Bool)
        case failed(reason: String)
    }

    private(set) var recording: OutboxRecording
    /// Failures in a row, with no chunk acknowledged between them.
    private(set) var attempts = 0
    /// Failures of jobs that were on their way together count once.
    private(set) var round = 0
    private(set) var acknowledgedBytes: Int64 = 0
    /// Chunks below this sequence are known here.
    private(set) var nextSequence: Int64 = 0
    /// Set once it cannot go on by itself; what is still being recorded shows it at the end.
    var halt: Halt?
    /// When its progress was last written down.
    var notedAt: Duration = .zero
    private var stage = Stage.create
    /// The next one last.
    private var waiting: [OutboxChunk] = []
    private var inFlight: [Int64: OutboxChunk] = [:]
    /// A request that is no chunk is on its way.
    private var isAsking = false
    private var notBefore: Duration = .zero
    private var progressAt: Duration = .zero
    /// Since when chunks that the server lacks could be sent: a live one since it was cut, one of
    /// the backlog since its turn came.
    private var sendableSince: [Int64: Duration] = [:]
    private var latencies = LatencyTally()

    init(_ recording: OutboxRecording) { self.recording = recording }

    var isLive: Bool { recording.state == .recording }

    /// The recorder or the user did something.
    mutating func refresh(_ recording: OutboxRecording) { self.recording = recording }

    /// Whether chunks that are cut from now on are wanted one by one.
    var wantsNewChunks: Bool { stage == .send }

    /// Chunks were cut, from `nextSequence` on.
    mutating func grew(_ chunks: [OutboxChunk], at now: Duration) {
        guard let last = chunks.last else { return }
        if isLive { for chunk in chunks { sendableSince[chunk.sequence] = now } }
        waiting.insert(contentsOf: chunks.reversed(), at: 0)
        nextSequence = last.sequence + 1
    }

    /// Of all chunks that there are, the server lacks `missing`.
    mutating func learned(missing: [OutboxChunk], of chunks: [OutboxChunk]) {
        stage = .send
        waiting = missing.filter { inFlight[$0.sequence] == nil }.reversed()
        let lacked = Set(missing.map(\.sequence))
        sendableSince = sendableSince.filter { lacked.contains($0.key) }
        nextSequence = chunks.last.map { $0.sequence + 1 } ?? 0
        acknowledgedBytes =
            chunks.reduce(0) { $0 + $1.byteCount } - missing.reduce(0) { $0 + $1.byteCount }
    }

    // MARK: What to do

    /// The next request, if there is one to make now. It is on its way then.
    mutating func next(at now: Duration) -> UploadJob.Kind? {
        guard halt == nil, now >= notBefore, !isAsking else { return nil }
        let kind: UploadJob.Kind
        switch stage {
        case .create: kind = .create
        case .ask: kind = .status
        case .send:
            // After a failure one chunk at a time, until the line has shown that it carries.
            if attempts > 0, !inFlight.isEmpty { return nil }
            if let chunk = waiting.last {
                kind = .chunk(chunk)
            } else if !isLive, inFlight.isEmpty {
                kind = .finalize
            } else {
                return nil
            }
        }
        if inFlight.isEmpty { progressAt = now }
        if case .chunk(let chunk) = kind {
            waiting.removeLast()
            inFlight[chunk.sequence] = chunk
            sendableSince[chunk.sequence] = sendableSince[chunk.sequence] ?? now
        } else {
            isAsking = true
        }
        return kind
    }

    /// When something is to be done though nothing happens: a wait is over, or a stall is certain.
    func wakeAt(_ options: UploadOptions) -> Duration? {
        guard halt == nil else { return nil }
        if let stalledAt = stalledAt(options) { return stalledAt }
        return notBefore
    }

    /// When requests on their way are taken for lost; nil: none is on its way.
    func stalledAt(_ options: UploadOptions) -> Duration? {
        guard isAsking || !inFlight.isEmpty else { return nil }
        let bytes = inFlight.values.reduce(0) { $0 + $1.byteCount }
        return progressAt + options.stallTimeout
            + .seconds(Double(bytes) / Double(max(1, options.leastBytesPerSecond)))
    }

    // MARK: What came of it

    /// A request came back well.
    mutating func succeeded(_ kind: UploadJob.Kind, at now: Duration) {
        progressAt = now
        guard case .chunk(let chunk) = kind else {
            isAsking = false
            return
        }
        let wasMissing = inFlight.removeValue(forKey: chunk.sequence) != nil
        let wasWaiting = waiting.count
        // A late answer to a request that was taken for lost.
        if !wasMissing { waiting.removeAll { $0.sequence == chunk.sequence } }
        if wasMissing || waiting.count < wasWaiting {
            acknowledgedBytes += chunk.byteCount
            let since = sendableSince.removeValue(forKey: chunk.sequence)
            if let since { latencies.add(now - since) }
        }
        (attempts, notBefore) = (0, .zero)
    }

    /// How long chunks took since it was last asked; nil: there were none.
    mutating func takeLatencies() -> OutboxTally? {
        guard !latencies.isEmpty else { return nil }
        defer { latencies = LatencyTally() }
        return .latencies(latencies)
    }

    /// The server knows nothing of the recording, or under this id no longer: from the beginning.
    mutating func startOver() { stage = .create }

    /// What the server has is uncertain.
    mutating func askAgain() { stage = .ask }

    /// The chunk has to wait for others; that is no failure.
    mutating func postpone(_ kind: UploadJob.Kind, until time: Duration) {
        putBack(kind)
        notBefore = time
    }

    /// A request failed. Returns the wait before the next, or nil if that was counted before.
    mutating func failed(
        _ job: UploadJob, at now: Duration, _ policy: RetryPolicy, retryAfter: Duration?,
        fraction: Double
    ) -> Duration? {
        putBack(job.kind)
        guard job.round == round else { return nil }
        return countFailure(at: now, policy, retryAfter: retryAfter, fraction: fraction)
    }

    /// Nothing was acknowledged for too long: whatever is on its way is taken for lost.
    mutating func stalled(
        at now: Duration, _ policy: RetryPolicy, fraction: Double
    ) -> Duration {
        for chunk in inFlight.values { putBack(.chunk(chunk)) }
        isAsking = false
        return countFailure(at: now, policy, retryAfter: nil, fraction: fraction)
    }

    private mutating func countFailure(
        at now: Duration, _ policy: RetryPolicy, retryAfter: Duration?, fraction: Double
    ) -> Duration {
        round += 1
        attempts += 1
        let delay = policy.delay(
            afterAttempt: attempts, fraction: fraction, retryAfter: retryAfter)
        notBefore = now + delay
        return delay
    }

    private mutating func putBack(_ kind: UploadJob.Kind) {
        guard case .chunk(let chunk) = kind else {
            isAsking = false
            return
        }
        guard inFlight.removeValue(forKey: chunk.sequence) != nil else { return }
        let index = waiting.lastIndex { $0.sequence > chunk.sequence }.map { $0 + 1 } ?? 0
        waiting.insert(chunk, at: index)
    }
}
