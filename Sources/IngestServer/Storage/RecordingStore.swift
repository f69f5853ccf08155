internal import DurableLog
internal import Logging
internal import Posix
internal import Reactor
package import Recordings
internal import Synchronization
internal import Telemetry
package import Wire

/// Every recording of a data folder: takes chunks in, moves them home, publishes, answers.
///
/// All of it is one rule: an answer that promises something is given only after the log (or the
/// recording's own files) made it durable.
package final class RecordingStore: Sendable {
    let settings: StorageSettings
    let files: any FileSystem
    let log: ChunkLog
    let index: CatalogIndex
    let assembler: Assembler
    let disk: DiskReader
    let background: Background
    let retention = Retention()
    let admission: Admission
    let metrics: StorageMetrics
    let logger: Logger
    let audit: Audit
    let clock: WallClock
    private let folderLock: FolderLock?
    private let map: Lock<[RecordingID: Entry]>

    init(_ parts: Parts, entries: [Entry]) {
        settings = parts.settings
        files = parts.files
        log = parts.log
        index = parts.index
        assembler = parts.assembler
        disk = parts.disk
        background = Background(parts.settings, parts.files, parts.metrics)
        admission = Admission(parts.settings.admission, parts.metrics)
        metrics = parts.metrics
        logger = parts.logger
        audit = Audit(parts.logger)
        clock = parts.clock
        folderLock = parts.folderLock
        map = Lock(Dictionary(uniqueKeysWithValues: entries.map { ($0.id, $0) }))
    }

    /// What a store is made of; see `open`.
    struct Parts {
        let settings: StorageSettings
        let files: any FileSystem
        let log: ChunkLog
        let index: CatalogIndex
        let assembler: Assembler
        let disk: DiskReader
        let metrics: StorageMetrics
        let logger: Logger
        let clock: WallClock
        let folderLock: FolderLock?
    }

    // MARK: Entries

    /// The same for a thread that may block. It may still be loading for somebody else.
    func borrowBlocking(_ id: RecordingID) -> Entry {
        let (entry, isNew) = use(id)
        if isNew { loaded(entry, LoadedEntry.result(entry.folder, files)) }
        return entry
    }

    /// The entry of `id`, a new one if memory has none: then it is to be loaded.
    private func use(_ id: RecordingID) -> (entry: Entry, isNew: Bool) {
        map.withLock { map in
            let found = map[id]
            let entry = found ?? Entry(id, RecordingFolder(id, in: settings.folder), .loading)
            entry.users.add(1, ordering: .relaxed)
            if found == nil { map[id] = entry }
            return (entry, found == nil)
        }
    }

    private func load(_ entry: Entry) async {
        let found = await disk.perform { [files] in LoadedEntry.result(entry.folder, files) }
        loaded(entry, found)
    }

    /// The entry if it is here. It is not kept: the next moment it may be forgotten.
    func inMemory(_ id: RecordingID) -> Entry? { map.withLock { $0[id] } }

    /// Ends a use; the last user of an entry at rest takes it out of memory.
    func giveBack(_ entry: Entry) {
        guard entry.users.subtract(1, ordering: .relaxed).newValue == 0 else { return }
        forgetIfResting(entry)
    }

    /// Forgets an entry that is at rest while nobody uses it.
    ///
    /// Whoever brings an entry to rest and whoever ends a use of it both call this afterwards, so
    /// the later of them, in the order of the entry's lock, sees what the other did.
    func forgetIfResting(_ entry: Entry) {
        guard entry.state.withLock({ $0.isResting }) else { return }
        map.withLock { map in
            guard map[entry.id] === entry, entry.users.load(ordering: .relaxed) == 0 else {
                return
            }
            if entry.state.withLock({ $0.isResting }) { map[entry.id] = nil }
        }
    }

    private func loaded(_ entry: Entry, _ found: Result<LoadedEntry, SystemError>) {
        let waiters = entry.state.withLock { state in
            found.apply(to: &state)
            return state.takeWaiters()
        }
        for waiter in waiters { waiter() }
    }

    /// Runs `body` with the entry of `id`, looked up on disk if memory has none.
    func with<Answer, Failure: Error>(
        _ id: RecordingID, _ body: (Entry) async throws(Failure) -> Answer
    ) async throws(Failure) -> Answer {
        // Most are here: to look for them takes no stack of a task.
        let (entry, isNew) = use(id)
        if isNew { await load(entry) }
        defer { giveBack(entry) }
        return try await body(entry)
    }

    /// What is in memory now.
    var entries: [Entry] { map.withLock { Array($0.values) } }

    /// States of what is in memory, for the gauges.
    func count(where matches: (Phase) -> Bool) -> Int {
        entries.count { entry in matches(entry.state.withLock { $0.phase }) }
    }

    // MARK: Creation

    /// Creates a recording, durably; the same creation again changes nothing.
    ///
    /// Errors: `creation-conflict` for another body under the same id, `forbidden` for another
    /// token, `gone`, admission.
    package func create(
        _ id: RecordingID, _ creation: Creation, _ owner: Owner = Owner(),
        by caller: CallerName = .open
    ) async throws(Problem) -> CreationOutcome {
        if let expected = creation.expectedBytes, expected > settings.recordingBytesMax {
            throw .recordingTooLarge(limitBytes: settings.recordingBytesMax)
        }
        return try await with(id) { entry async throws(Problem) in
            while true {
                let step = await entry.turn { state, later in
                    self.createStep(entry, creation, owner, caller, &state, later)
                }
                switch step {
                case .again: continue
                case .done(let outcome): return outcome
                case .refused(let problem): throw problem
                }
            }
        }
    }

    private enum CreateStep: Sendable {
        case again
        case done(CreationOutcome)
        case refused(Problem)
    }

    private func createStep(
        _ entry: Entry, _ creation: Creation, _ owner: Owner, _ caller: CallerName,
        _ state: inout EntryState,
        _ later: @escaping @Sendable (CreateStep) -> Void
    ) -> CreateStep? {
        // Whoever else created it first: nothing is told of it.
        if state.phase != .absent, state.phase != .loading, state.owner.isAnother(than: owner) {
            return .refused(.forbidden)
        }
        switch state.phase {
        case .loading, .creating, .deleting:
            state.waiters.append { later(.again) }
            return nil
        case .recording, .finalizing, .finalized:
            return state.creation == creation ? .done(.alreadyThere) : .refused(.creationConflict)
        case .deleted(let reason): return .refused(.gone(reason: reason))
        case .unreadable(let why): return .refused(.internalError(detail: why))
        case .absent: break
        }
        let createdAt = clock.milliseconds()
        if assembler.isDiskLow { return .refused(admission.refuse(.disk)) }
        let problem = admission.admit(
            creation, by: caller, &state, room: assembler.roomBytes, at: createdAt)
        if let problem { return .refused(problem) }
        let payload = CreatePayload(
            creation: creation, owner: owner, createdAt: createdAt
        ).encoded
        do throws(LogError) {
            try log.append(
                Frame(.create, entry.id), payload: payload
            ) { [self] result in
                later(creationCommitted(entry, result))
            }
        } catch {
            admission.settle(&state)
            return .refused(refusal(error))
        }
        state.go(to: .creating)
        state.creation = creation
        state.owner = owner
        state.createdAt = createdAt
        state.notedAt = createdAt
        state.headBytes = settings.headBytes(for: creation)
        return nil
    }

    private func creationCommitted(
        _ entry: Entry, _ result: Result<FrameLocation, LogError>
    ) -> CreateStep {
        let (step, waiters) = entry.state.withLock {
            state -> (CreateStep, [@Sendable () -> Void]) in
            switch result {
            case .success(let location):
                state.go(to: .recording)
                state.controls.append(location)
                queue(entry, &state)
                metrics.created.add(1)
                return (.done(.created), state.takeWaiters())
            case .failure(let error):
                state.go(to: .absent)
                admission.settle(&state)
                state.creation = nil
                state.owner = Owner()
                return (.refused(refusal(error)), state.takeWaiters())
            }
        }
        for waiter in waiters { waiter() }
        return step
    }

    /// Hands the entry to the assembler unless it has it. Called with the entry's lock held.
    func queue(_ entry: Entry, _ state: inout EntryState) {
        guard state.queuedCount == 0 else { return }
        state.queuedCount += 1
        assembler.ripen(entry)
    }

    /// The same for one of which a whole slice is left to move.
    func goOn(_ entry: Entry, _ state: inout EntryState) {
        guard state.queuedCount == 0 else { return }
        state.queuedCount += 1
        assembler.goOn(entry)
    }

    /// The same for what somebody waits for: it goes before others even if it ripens already.
    func urge(_ entry: Entry, _ state: inout EntryState) {
        state.queuedCount += 1
        assembler.urge(entry)
    }

    // MARK: Refusals

    /// What the log's error means to a client.
    func refusal(_ error: LogError) -> Problem {
        switch error {
        case .full:
            .overloaded(
                retryAfterSeconds: 1,
                detail: "The log is full until bytes are moved home. Send it again.")
        case .failed(let cause) where cause.isNoSpace:
            .insufficientStorage(
                retryAfterSeconds: 5, detail: "The server's disk is full. Send it again later.")
        case .failed:
            .overloaded(
                retryAfterSeconds: 1,
                detail: "Nothing was stored: the disk reported an error. Send it again.")
        case .closed, .usedUp: Self.stopping
        }
    }

    /// Whoever still waits when the store closes hears this.
    static let stopping = Problem.overloaded(
        retryAfterSeconds: 1, detail: "The server is stopping. Send it again.")
}

/// What `PUT /recordings/{id}` did.
package enum CreationOutcome: Sendable, Equatable { case created, alreadyThere }

/// The body of a creation's frame in the log.
struct CreatePayload: Codable {
    let creation: Creation
    let owner: Owner?
    /// Milliseconds since 1970.
    let createdAt: Int64

    var encoded: [UInt8] {
        WireJSON.encode(self)
    }

    init(creation: Creation, owner: Owner, createdAt: Int64) {
        self.creation = creation
        self.owner = owner
        self.createdAt = createdAt
    }

    init?(_ bytes: [UInt8]) {
        // What cannot be read is no payload; the caller says so.
        guard let decoded = try? WireJSON.decode(Self.self, from: bytes) else { return nil }
        self = decoded
    }
}
