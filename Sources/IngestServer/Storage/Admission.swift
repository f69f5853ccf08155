internal import Posix
internal import Recordings
internal import Synchronization
internal import Telemetry
internal import Wire

/// Whom limits count for: a key's name, or the address that a request came from.
package struct CallerName: Hashable, Sendable {
    package let text: String

    package init(_ text: String) { self.text = text }

    /// Somebody who is not told from others.
    package static let open = CallerName("open")

    /// The application whose key was shown; without one the address of the peer.
    package init(_ owner: Owner, peer: String) {
        if let name = owner.application { self.init("key \(name)") } else { self.init(peer: peer) }
    }

    /// The address of a peer, without its port.
    package init(peer: String) {
        text = peer.lastIndex(of: ":").map { String(peer[..<$0]) } ?? peer
    }
}

/// What may be open at once and how fast it may begin. 0: no limit.
package struct AdmissionLimits: Sendable, Equatable {
    package var openRecordingsMax = 100_000
    package var openRecordingsPerCallerMax = 20_000
    /// How much of the room that is left, promises included, one caller's recordings may be
    /// promised. 100: all of it.
    package var promisedPercentPerCallerMax = 100
    package var creationsPerMinuteMax = 12_000
    package var chunksInFlightMax = 8192
    package var chunksInFlightPerRecordingMax = 64
    /// What a recording is taken to need that does not say.
    package var expectedBytes = 0

    package init() {}
}

/// Counts what was let in and is not done yet, so that the next one can be refused before harm is
/// done. Deletions and questions never come here.
///
/// What an entry stands for is written in its state, under its lock; here are the sums.
final class Admission: Sendable {
    private struct Caller {
        var openCount = 0
        var promisedBytes: Int64 = 0
        /// Creations that may still come at once.
        var tokens: Double
        /// When that was so. Milliseconds since 1970.
        var time: Int64
    }

    let limits: AdmissionLimits
    private let metrics: StorageMetrics
    private let promised = Atomic<Int64>(0)
    private let open = Atomic<Int>(0)
    private let chunks = Atomic<Int>(0)
    private let callers = Lock<[CallerName: Caller]>([:])

    init(_ limits: AdmissionLimits, _ metrics: StorageMetrics) {
        self.limits = limits
        self.metrics = metrics
    }

    /// Bytes that open recordings are expected to need yet.
    var promisedBytes: Int64 { promised.load(ordering: .relaxed) }
    var openCount: Int { open.load(ordering: .relaxed) }
    /// Chunks that wait for the log.
    var chunksInFlight: Int { chunks.load(ordering: .relaxed) }

    func chunkCount(by change: Int) { chunks.wrappingAdd(change, ordering: .relaxed) }

    /// Counts anew what an entry stands for. Called with its lock held, after each change of its
    /// phase, and of its bytes if it promised any.
    func settle(_ state: inout EntryState) {
        let isOpen = state.settledPhase == .recording || state.settledPhase == .creating
        let expected = state.creation?.expectedBytes ?? Int64(limits.expectedBytes)
        let bytes = isOpen ? max(0, expected - state.accepted.byteCount) : 0
        let byteChange = bytes - state.promisedBytes
        let openChange = (isOpen ? 1 : 0) - (state.isCountedOpen ? 1 : 0)
        guard byteChange != 0 || openChange != 0 else { return }
        state.promisedBytes = bytes
        state.isCountedOpen = isOpen
        promised.wrappingAdd(byteChange, ordering: .relaxed)
        open.wrappingAdd(openChange, ordering: .relaxed)
        guard let caller = state.caller else { return }
        callers.withLock { callers in
            callers[caller, default: Caller(tokens: burst, time: 0)].openCount += openChange
            callers[caller, default: Caller(tokens: burst, time: 0)].promisedBytes += byteChange
        }
    }

    // MARK: Creations

    /// Lets a recording be created, which counts from now on, or says why not. If it comes to
    /// nothing, `settle` takes it back.
    ///
    /// All of it is one step: of two at once only one gets the last place.
    ///
    /// - Parameters:
    ///   - room: bytes of the disk beyond the reserve that nothing was promised yet.
    ///   - now: milliseconds since 1970.
    func admit(
        _ creation: Creation, by caller: CallerName, _ state: inout EntryState, room: Int64,
        at now: Int64
    ) -> Problem? {
        let expected = creation.expectedBytes ?? Int64(limits.expectedBytes)
        return callers.withLock { callers in
            forget(&callers, at: now)
            var known = callers[caller] ?? Caller(tokens: burst, time: now)
            if let problem = refusal(expected, of: &known, room: room, at: now) {
                callers[caller] = known
                return problem
            }
            known.openCount += 1
            known.promisedBytes += expected
            callers[caller] = known
            promised.wrappingAdd(expected, ordering: .relaxed)
            open.wrappingAdd(1, ordering: .relaxed)
            state.caller = caller
            state.promisedBytes = expected
            state.isCountedOpen = true
            return nil
        }
    }

    private func refusal(
        _ expected: Int64, of caller: inout Caller, room: Int64, at now: Int64
    ) -> Problem? {
        if expected > 0, room - promisedBytes < expected { return refuse(.promised) }
        if limits.openRecordingsMax > 0, openCount >= limits.openRecordingsMax {
            return refuse(.openRecordings)
        }
        if limits.openRecordingsPerCallerMax > 0,
            caller.openCount >= limits.openRecordingsPerCallerMax
        {
            return refuse(.openRecordingsOfCaller)
        }
        if expected > 0, limits.promisedPercentPerCallerMax < 100,
            caller.promisedBytes + expected
                > room / 100 * Int64(limits.promisedPercentPerCallerMax)
        {
            return refuse(.promisedToCaller)
        }
        guard limits.creationsPerMinuteMax > 0 else { return nil }
        caller.tokens = tokens(of: caller, at: now)
        caller.time = now
        guard caller.tokens >= 1 else {
            let seconds = (1 - caller.tokens) * 60 / burst
            return refuse(.creationRate, after: Int(seconds.rounded(.up)))
        }
        caller.tokens -= 1
        return nil
    }

    /// As many at once as in a minute.
    private var burst: Double { Double(max(1, limits.creationsPerMinuteMax)) }

    private func tokens(of caller: Caller, at now: Int64) -> Double {
        min(burst, caller.tokens + Double(max(0, now - caller.time)) / 60_000 * burst)
    }

    private static let callersMax = 10_000

    /// Keeps the table small: who has nothing open and has rested is as one never seen.
    private func forget(_ callers: inout [CallerName: Caller], at now: Int64) {
        guard callers.count >= Self.callersMax else { return }
        callers = callers.filter { _, caller in
            caller.openCount > 0 || tokens(of: caller, at: now) < burst
        }
    }

    // MARK: Chunks

    /// Why a chunk may not go into the log now; nil if it may.
    func refusalOfChunk(_ state: borrowing EntryState, room: Int64) -> Problem? {
        if room < 0 { return refuse(.disk) }
        // Room is kept for those who said that they will need it.
        if state.promisedBytes == 0, room < promisedBytes { return refuse(.promised) }
        if limits.chunksInFlightPerRecordingMax > 0,
            state.pendingCount >= limits.chunksInFlightPerRecordingMax
        {
            return refuse(.chunksOfRecording)
        }
        if limits.chunksInFlightMax > 0, chunksInFlight >= limits.chunksInFlightMax {
            return refuse(.chunks)
        }
        return nil
    }

    // MARK: Refusals

    enum Cause: String {
        case disk, promised, chunks
        case creationRate = "creation-rate"
        case openRecordings = "open-recordings"
        case openRecordingsOfCaller = "open-recordings-of-caller"
        case promisedToCaller = "promised-to-caller"
        case chunksOfRecording = "chunks-of-recording"
    }

    func refuse(_ cause: Cause, after seconds: Int = 1) -> Problem {
        metrics.refusals[cause.rawValue].add(1)
        return switch cause {
        case .disk:
            .diskLow
        case .promised:
            .insufficientStorage(
                retryAfterSeconds: 30,
                detail: "The room that is left is promised to recordings that are under way. Keep "
                    + "the recording and try again later.")
        case .openRecordings:
            .overloaded(
                retryAfterSeconds: 30,
                detail: "Too many recordings are open. Keep the recording and try again later.")
        case .openRecordingsOfCaller, .promisedToCaller: .tooManyRequests(retryAfterSeconds: 30)
        case .creationRate: .tooManyRequests(retryAfterSeconds: max(1, seconds))
        case .chunksOfRecording: .tooManyRequests(retryAfterSeconds: 1)
        case .chunks:
            .overloaded(
                retryAfterSeconds: 1, detail: "Too many chunks are on their way. Send it again.")
        }
    }
}

extension Problem {
    static let diskLow = Problem.insufficientStorage(
        retryAfterSeconds: 5,
        detail: "The server's disk is nearly full. Keep the recording and try again later; "
            + "deleting recordings makes room.")
}
