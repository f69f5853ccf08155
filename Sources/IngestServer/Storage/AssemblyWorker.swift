internal import DurableLog
internal import Logging
internal import Posix
internal import Recordings
internal import Telemetry
internal import Wire

/// What the assembler's thread does with one recording at a time.
///
/// Runs on: the assembler's thread only.
final class AssemblyWorker {
    let store: RecordingStore
    /// The running digest of each recording's prefix.
    var followers: [RecordingID: PrefixFollower] = [:]
    /// What failed, and when it is tried again. It counts as queued.
    private var again: [(entry: Entry, due: ContinuousClock.Instant)] = []
    private var lastFlush = ContinuousClock.now
    /// Shards whose own names are durable.
    private var shards: Set<String> = []

    /// One buffer for every copy from the log to a file: a chunk always fits.
    let scratch: Slab

    init(_ store: RecordingStore) {
        self.store = store
        scratch = Slab(byteCount: max(8 << 20, store.log.payloadBytesMax))
    }

    private enum Work {
        case nothing
        case move
        case finish(FinalizeState)
        case publish(FinalizeState)
        case claim
        case adopt
        case bury
    }

    /// Does what the recording needs now: a slice of its bytes, its publication, its burial.
    func perform(_ entry: Entry, isUrgent: Bool) {
        let work = entry.state.withLock { state -> Work in
            state.queuedCount -= 1
            state.isAtWork = true
            switch state.phase {
            // What was made of it in the background comes to nothing.
            case .deleted: return state.controls.isEmpty ? .adopt : .bury
            // A deletion that fails queues it anew.
            case .loading, .absent, .creating, .deleting, .unreadable: return .nothing
            case .recording, .finalized:
                let isInBurst =
                    !isUrgent && !store.logIsPressed
                    && state.unmovedBytes > Int64(store.settings.checkpointBytes)
                    && store.clock.milliseconds() - (state.lastChunkAt ?? 0) < 200
                if isInBurst {
                    // It streams faster than slices go; moving it now would only slow it down.
                    store.queue(entry, &state)
                    return .nothing
                }
                if !state.unmoved.isEmpty || !state.controls.isEmpty { return .move }
                if state.finalize != nil { return .claim }
                return state.phase == .finalized ? .adopt : .nothing
            case .finalizing:
                guard let finalize = state.finalize else { return .nothing }
                switch finalize.step {
                case .moving: return .finish(finalize)
                case .digested: return .nothing
                case .fixed: return .publish(finalize)
                }
            }
        }
        do throws(SystemError) {
            switch work {
            case .nothing: break
            case .move:
                try moveSlice(entry)
                try claim(entry)
                try adopt(entry)
            case .finish(let finalize): try finish(entry, finalize)
            case .publish(let finalize): try publish(entry, finalize)
            case .claim: try claim(entry)
            case .adopt: try adopt(entry)
            case .bury: try bury(entry)
            }
        } catch { failed(entry, error) }
        entry.state.withLock { $0.isAtWork = false }
        store.forgetIfResting(entry)
    }

    private static let flushInterval = Duration.milliseconds(500)

    /// Brings the catalog up to date and lets go of what waited for that; retries what failed.
    func settle(isIdle: Bool) {
        let now = ContinuousClock.now
        let isOverdue = now - lastFlush > Self.flushInterval
        do throws(SystemError) {
            // After a failure it waits for its time, idle or not.
            let isForced = isOverdue || isIdle && !store.index.hasFailed
            if try store.index.flush(force: isForced) || isForced { lastFlush = now }
        } catch {
            lastFlush = now
            store.logger.error("The catalog could not be written", metadata: ["error": "\(error)"])
        }
        while let first = again.first, first.due <= now {
            again.removeFirst()
            store.assembler.urge(first.entry)
        }
    }

    /// The bytes stay in the log and are moved again; who waits hears that it takes longer.
    private func failed(_ entry: Entry, _ error: SystemError) {
        // What it saw may not have reached the disk: it begins again.
        followers[entry.id] = nil
        store.metrics.assemblyErrors.add(1)
        store.logger.error(
            "Moving a recording's bytes failed; they stay in the log",
            metadata: ["recording": "\(entry.id.text)", "error": "\(error)"])
        let problem: Problem =
            error.isNoSpace
            ? .insufficientStorage(
                retryAfterSeconds: 5,
                detail: "The disk is full: the recording is safe in the log and is published "
                    + "when there is room. Ask again.")
            : .overloaded(
                retryAfterSeconds: 1,
                detail: "The disk reported an error: the recording is safe in the log. Ask again.")
        let asked = entry.state.withLock { state -> [@Sendable (Problem?) -> Void] in
            let asked = state.finalize?.waiters ?? []
            state.finalize?.waiters = []
            state.queuedCount += 1
            return asked
        }
        for waiter in asked { waiter(problem) }
        again.append((entry, .now + store.settings.retryInterval))
    }

    // MARK: Moving

    private func moveSlice(_ entry: Entry) throws(SystemError) {
        try establish(entry)
        let (isFinalized, isIdle) = entry.state.withLock { state in
            (state.phase == .finalized, state.unmoved.isEmpty)
        }
        if isIdle { return }
        if isFinalized { return try republish(entry) }
        let checkpoint = try checkpoint(entry)
        let oldest = store.oldestGenerations
        let pieces = entry.state.withLock { state in
            state.slice(bytesMax: store.settings.checkpointBytes, in: oldest)
        }
        try checkpoint.move(pieces)
        try checkpoint.catchUp(
            to: entry.state.withLock { $0.homePrefix }, bytesMax: Self.catchUpBytesMax)
        entry.state.withLock { state in
            if state.unmovedBytes >= Int64(store.settings.checkpointBytes) {
                store.goOn(entry, &state)
            } else if !state.unmoved.isEmpty {
                store.queue(entry, &state)
            }
        }
    }

    /// Gives a recording its folder, files and manifest, durably, once; then the log may forget
    /// its creation. A finalize's frame stays until the publication is durable.
    func establish(_ entry: Entry) throws(SystemError) {
        let manifest = entry.state.withLock { state in
            state.isEstablished ? nil : state.manifest(entry.id)
        }
        if let manifest {
            try createFolder(entry)
            _ = try store.files.open(entry.folder.media(1), .create)
            _ = try store.files.open(entry.folder.chunks(1), .create)
            try manifest.write(entry.folder, store.files)
        }
        let noted = entry.state.withLock { state -> (CatalogIndex.Row, [FrameLocation])? in
            state.isEstablished = true
            switch state.phase {
            case .recording, .finalized: break
            // A finalize's frame waits for the publication, a deletion's for the burial.
            default: return nil
            }
            if state.controls.isEmpty { return nil }
            return (state.catalogRow(entry.id), state.takeControls())
        }
        if let (row, controls) = noted { store.index.note(row, then: controls) }
    }

    private func createFolder(_ entry: Entry) throws(SystemError) {
        try entry.folder.create(store.files, isNewShard: !shards.contains(entry.folder.shard))
        shards.insert(entry.folder.shard)
    }

    /// How much of an old prefix is read again in one turn, after a restart.
    private static let catchUpBytesMax: Int64 = 64 << 20
    private static let roundBytesMax = 16 << 20

    func moveAll(_ entry: Entry) throws(SystemError) {
        while true {
            let pieces = entry.state.withLock { $0.slice(bytesMax: Self.roundBytesMax) }
            if pieces.isEmpty { return }
            try checkpoint(entry).move(pieces)
        }
    }

    func checkpoint(_ entry: Entry) throws(SystemError) -> Checkpoint {
        try Checkpoint(entry, store, follower(entry), scratch: scratch)
    }

    func follower(_ entry: Entry) -> PrefixFollower {
        if let follower = followers[entry.id] { return follower }
        let follower = PrefixFollower(headBytes: entry.state.withLock { $0.headBytes })
        followers[entry.id] = follower
        return follower
    }

    // MARK: Finalizing

    private func finish(_ entry: Entry, _ finalize: FinalizeState) throws(SystemError) {
        try establish(entry)
        try moveAll(entry)
        try checkpoint(entry).catchUp(
            to: entry.state.withLock { $0.homePrefix }, bytesMax: .max)
        let follower = follower(entry)
        let digest = follower.position >= finalize.length ? follower.receivedDigest : nil
        let asked = entry.state.withLock { state -> [@Sendable () -> Void] in
            guard state.finalize != nil, case .moving = state.finalize?.step else { return [] }
            if finalize.request.incomplete != true {
                let gaps = state.durable.gaps(in: 0..<finalize.length)
                if !gaps.isEmpty {
                    // Bytes were damaged in the log: they are asked for again.
                    store.unfix(entry, .gaps(missing: gaps, missingSequences: []), &state)
                    return state.takeWaiters()
                }
            }
            if let digest, let named = finalize.request.sha256, named != digest {
                store.unfix(
                    entry, .recordingDigestMismatch(computed: ContentDigest.sha256(digest).text),
                    &state)
                return state.takeWaiters()
            }
            state.finalize?.step = .digested
            store.fix(entry, &state)
            return state.takeWaiters()
        }
        for waiter in asked { waiter() }
    }

    // MARK: Burial

    /// Files go, a tombstone stays.
    private func bury(_ entry: Entry) throws(SystemError) {
        followers[entry.id] = nil
        let (manifest, row) = entry.state.withLock { state in
            state.removedAt = state.removedAt ?? store.clock.milliseconds()
            return (state.tombstone(entry.id), state.catalogRow(entry.id))
        }
        try store.background.drop(entry.id)
        try createFolder(entry)
        try manifest.write(entry.folder, store.files)
        let names = try store.files.names(in: entry.folder.path)
            .filter { !$0.hasPrefix("manifest") }
        for name in names { try store.files.remove("\(entry.folder.path)/\(name)") }
        // The deletion's frame goes only when its files are gone for good.
        if !names.isEmpty { try store.files.syncFolder(entry.folder.path) }
        let controls = entry.state.withLock { state in
            defer { state.held = [] }
            state.creation = nil
            return state.takeControls() + state.held
        }
        store.index.note(row, then: controls)
    }
}

extension EntryState {
    /// End of the bytes from 0 that are in the recording's own file.
    var homePrefix: Int64 { min(durable.prefix, unmoved.first?.range.lowerBound ?? .max) }

    /// What of `range` is not in the recording's own file.
    func away(_ range: Range<Int64>) -> [Range<Int64>] {
        if unmoved.isEmpty { return durable.gaps(in: range) }
        var home = durable.ranges
        for piece in unmoved { home.remove(piece.range) }
        return home.gaps(in: range)
    }

    /// The first pieces by offset, at least one, up to `bytesMax` together: those that lie in
    /// segments of these generations, if there are any.
    func slice(
        bytesMax: Int, in generations: ClosedRange<UInt64>? = nil
    ) -> [LoggedPiece] {
        var taken: [LoggedPiece] = []
        var bytes = 0
        let old = generations.map { generations in
            unmoved.filter { generations.contains($0.location.segment.generation) }
        }
        for piece in old.flatMap({ $0.isEmpty ? nil : $0 }) ?? unmoved {
            if !taken.isEmpty, bytes + piece.range.count > bytesMax { break }
            taken.append(piece)
            bytes += piece.range.count
        }
        return taken
    }

    /// Numbers that no chunk bore, below the count that the client named or the highest seen.
    func missingSequences(below count: Int64?, limit: Int) -> [Range<Int64>] {
        var missing = durable.missingSequences(limit: limit)
        if let count, count > durable.nextSequence, missing.count < limit {
            missing.append(durable.nextSequence..<count)
        }
        return missing
    }

    mutating func takeControls() -> [FrameLocation] {
        defer { controls = [] }
        return controls
    }
}
