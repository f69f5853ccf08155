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
    /// What failed and is tried again with the next tick.
    private var again: [Entry] = []

    /// One buffer for every copy from the log to a file: a chunk always fits.
    let scratch = Slab(byteCount: 8 << 20)

    init(_ store: RecordingStore) { self.store = store }

    private enum Work {
        case nothing
        case move
        case finish(FinalizeState)
        case publish(FinalizeState)
        case bury
    }

    /// Does what the recording needs now: a slice of its bytes, its publication, its burial.
    func perform(_ entry: Entry, isUrgent: Bool) {
        let work = entry.state.withLock { state -> Work in
            state.isQueued = false
            switch state.phase {
            case .deleted: return state.controls.isEmpty ? .nothing : .bury
            case .loading, .absent, .creating, .unreadable: return .nothing
            case .deleting, .recording, .finalized:
                let isInBurst =
                    !isUrgent && !store.logIsPressed
                    && state.unmovedBytes > Int64(store.settings.checkpointBytes)
                    && store.clock.milliseconds() - (state.lastChunkAt ?? 0) < 200
                if isInBurst {
                    // It streams faster than slices go; moving it now would only slow it down.
                    store.queue(entry, &state)
                    return .nothing
                }
                return state.unmoved.isEmpty && state.controls.isEmpty ? .nothing : .move
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
            case .move: try moveSlice(entry)
            case .finish(let finalize): try finish(entry, finalize)
            case .publish(let finalize): try publish(entry, finalize)
            case .bury: try bury(entry)
            }
        } catch { failed(entry, error) }
        store.forgetIfResting(entry)
    }

    /// Brings the catalog up to date and lets go of what waited for that; retries what failed.
    func settle(isIdle: Bool) {
        do throws(SystemError) {
            try store.index.flush(force: isIdle)
        } catch {
            store.logger.error("The catalog could not be written", metadata: ["error": "\(error)"])
        }
        guard isIdle, !again.isEmpty else { return }
        for entry in again {
            entry.state.withLock { state in store.queue(entry, &state) }
        }
        again = []
    }

    /// The bytes stay in the log and are moved again; who waits hears that it takes longer.
    private func failed(_ entry: Entry, _ error: SystemError) {
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
            return asked
        }
        for waiter in asked { waiter(problem) }
        again.append(entry)
    }

    // MARK: Moving

    private func moveSlice(_ entry: Entry) throws(SystemError) {
        try establish(entry)
        let (isFinalized, isIdle) = entry.state.withLock { state in
            (state.phase == .finalized, state.unmoved.isEmpty)
        }
        if isIdle { return }
        try move(entry, bytesMax: store.settings.checkpointBytes)
        if isFinalized { try republish(entry) }
        entry.state.withLock { state in
            if !state.unmoved.isEmpty { store.queue(entry, &state) }
        }
    }

    /// Gives a recording its folder, files and manifest, durably, once; then the log may forget
    /// its creation. A finalize's frame stays until the publication is durable.
    func establish(_ entry: Entry) throws(SystemError) {
        let manifest = entry.state.withLock { state in
            state.isEstablished ? nil : state.manifest(entry.id)
        }
        if let manifest {
            try entry.folder.create(store.files)
            _ = try store.files.open(entry.folder.media, .create)
            _ = try store.files.open(entry.folder.chunks, .create)
            try manifest.write(entry.folder, store.files)
        }
        let noted = entry.state.withLock { state -> (CatalogIndex.Row, [FrameLocation])? in
            state.isEstablished = true
            if state.phase == .finalizing || state.controls.isEmpty { return nil }
            return (state.catalogRow(entry.id), state.takeControls())
        }
        if let (row, controls) = noted { store.index.note(row, then: controls) }
    }

    // MARK: Finalizing

    private func finish(_ entry: Entry, _ finalize: FinalizeState) throws(SystemError) {
        try establish(entry)
        try move(entry, bytesMax: .max)
        let isWhole = entry.state.withLock { $0.durable.prefix >= finalize.length }
        var digest: [UInt8]?
        if isWhole { digest = try follower(entry).digest(upTo: finalize.length, entry, store) }
        let asked = entry.state.withLock { state -> [@Sendable () -> Void] in
            guard state.finalize != nil, case .moving = state.finalize?.step else { return [] }
            if let digest, let named = finalize.request.sha256, named != digest {
                store.unfix(
                    .recordingDigestMismatch(computed: ContentDigest.sha256(digest).text), &state)
                return state.takeWaiters()
            }
            state.finalize?.step = .digested
            state.finalize?.digest = digest
            store.fix(entry, &state)
            return state.takeWaiters()
        }
        for waiter in asked { waiter() }
    }

    // MARK: Burial

    /// Files go, a tombstone stays.
    private func bury(_ entry: Entry) throws(SystemError) {
        followers[entry.id] = nil
        let (manifest, row, controls) = entry.state.withLock { state in
            (state.tombstone(entry.id), state.catalogRow(entry.id), state.takeControls())
        }
        do throws(SystemError) {
            try entry.folder.create(store.files)
            try manifest.write(entry.folder, store.files)
            try store.files.remove(entry.folder.media)
            try store.files.remove(entry.folder.chunks)
        } catch {
            entry.state.withLock { $0.controls += controls }
            throw error
        }
        store.index.note(row, then: controls)
        entry.state.withLock { state in state.creation = nil }
    }
}
