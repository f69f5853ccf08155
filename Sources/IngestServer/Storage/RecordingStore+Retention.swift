internal import Catalog
internal import DurableLog
internal import Logging
internal import Posix
internal import Recordings
internal import Telemetry
internal import Wire

extension RecordingStore {
    /// Abandoned recordings that may be on their way to publication at once.
    private static let abandonedMax = 4
    /// Recordings that expire in one pass, at most.
    private static let expiredMax = 64
    private static let pageCount = 256

    /// One pass: looks at all rules once. What the log decides between a recording's end and
    /// the chunks, finalizes and deletions on their way is what holds.
    ///
    /// Blocks until what it began is in the log. Runs on: one thread at a time.
    func retain() {
        let now = clock.milliseconds()
        let tally = Tally()
        do throws(SystemError) {
            finalizeAbandoned(at: now)
            expireEmpty(at: now, tally)
            try expireFinalized(at: now, tally)
            try forget(at: now)
        } catch {
            metrics.retentionErrors.add(1)
            logger.error("Retention is put off", metadata: ["error": "\(error)"])
        }
        noteActivity(leastChange: (settings.retention.abandonedAfter ?? 0) / 8)
        tally.waitForAll()
    }

    // MARK: Open recordings

    private func finalizeAbandoned(at now: Int64) {
        guard settings.retention.abandonedAfter != nil else { return }
        let open = entries
        var room = Self.abandonedMax
        room -= open.count { $0.state.withLock { $0.finalize?.isAbandoned == true } }
        for entry in open where room > 0 {
            entry.state.withLock { state in
                guard let due = state.abandonedAt(settings.retention), due <= now,
                    state.pendingCount == 0, !assembler.isClosing
                else { return }
                let length = state.durable.end
                state.go(to: .finalizing)
                state.finalize = FinalizeState(
                    request: FinalizeRequest(length: length, incomplete: true), length: length,
                    requestedAt: now, startedAt: .now, isAbandoned: true)
                admission.settle(&state)
                queue(entry, &state)
                room -= 1
            }
        }
    }

    private func expireEmpty(at now: Int64, _ tally: Tally) {
        guard settings.retention.emptyAfter != nil else { return }
        var count = 0
        for entry in entries where count < Self.expiredMax {
            entry.state.withLock { state in
                guard state.phase == .recording, let due = state.expiresAt(settings.retention),
                    due <= now
                else { return }
                if expire(entry, "empty", &state, tally) { count += 1 }
            }
        }
    }

    // MARK: Finalized recordings

    private func expireFinalized(at now: Int64, _ tally: Tally) throws(SystemError) {
        guard let life = settings.retention.finalizedFor else { return }
        var last: CatalogRow?
        var count = 0
        while count < Self.expiredMax {
            let page = try index.unchanged(
                .finalized, since: now - life, after: last, limit: Self.pageCount)
            for row in page where count < Self.expiredMax {
                let entry = borrowBlocking(row.id)
                defer { giveBack(entry) }
                entry.state.withLock { state in
                    // What the catalog says may be old.
                    guard state.phase == .finalized, let due = state.expiresAt(settings.retention),
                        due <= now, state.unmoved.isEmpty
                    else { return }
                    if expire(entry, "finalized", &state, tally) { count += 1 }
                }
            }
            last = page.last
            if page.count < Self.pageCount { return }
        }
    }

    /// Puts the end of a recording into the log. False: not now.
    private func expire(
        _ entry: Entry, _ rule: String, _ state: inout EntryState, _ tally: Tally
    ) -> Bool {
        guard state.pendingCount == 0 else { return false }
        let byteCount = state.durable.byteCount
        do throws(LogError) {
            tally.begin()
            try remove(entry, .expired, &state) { [self] problem in
                audit.note(
                    "expire", by: "retention", outcome: problem?.name ?? "done",
                    [
                        "recording": entry.id.text, "rule": rule, "bytes": "\(byteCount)",
                    ])
                if problem == nil {
                    metrics.expired[rule].add(1)
                    metrics.expiredBytes.add(Int(byteCount))
                }
                tally.end()
            }
            return true
        } catch {
            tally.end()
            metrics.retentionErrors.add(1)
            return false
        }
    }

    // MARK: Tombstones

    /// Forgets that recordings were, in two steps: a frame of theirs that is still in the log
    /// would bring them back after a crash.
    private func forget(at now: Int64) throws(SystemError) {
        guard let life = settings.retention.tombstonesFor else { return }
        let oldest = log.state.oldestReplayableLSN
        let (due, waiting) = retention.forgotten.withLock { forgotten in
            let due = forgotten.filter { $0.lsn < oldest }
            forgotten.removeAll { $0.lsn < oldest }
            return (due, Set(forgotten.map(\.id)))
        }
        for tombstone in due { try removeTombstone(tombstone.id, since: now - life) }
        let lsn = log.state.lastLSN
        for state in [RecordingState.deleted, .expired] {
            let rows = try index.unchanged(
                state, since: now - life, after: nil, limit: Self.pageCount)
            let found = rows.map(\.id).filter { !waiting.contains($0) }
            retention.forgotten.withLock { forgotten in
                forgotten += found.map { Retention.Forgotten(id: $0, lsn: lsn) }
            }
        }
    }

    /// While its folder goes, the recording is as one that is being looked up: all wait.
    private func removeTombstone(_ id: RecordingID, since: Int64) throws(SystemError) {
        let entry = borrowBlocking(id)
        defer { giveBack(entry) }
        let isAlone = entry.state.withLock { state -> Bool in
            switch state.phase {
            // The folder went before a crash, and the catalog does not know.
            case .absent: break
            // One that was deleted again since has a frame in the log that is not so old.
            case .deleted where state.removedAt ?? 0 <= since: break
            default: return false
            }
            guard state.controls.isEmpty, state.queuedCount == 0, !state.isAtWork,
                state.pendingCount == 0
            else { return false }
            state.go(to: .loading)
            return true
        }
        guard isAlone else { return }
        var failure: SystemError?
        do throws(SystemError) {
            try removeFolder(entry.folder)
            try index.forget([id])
            metrics.forgotten.add(1)
            audit.note("forget", by: "retention", ["recording": id.text])
        } catch { failure = error }
        let waiters = entry.state.withLock { state in
            // What is not gone yet is looked at again when the rule is due again.
            state.reset()
            LoadedEntry.result(entry.folder, files).apply(to: &state)
            return state.takeWaiters()
        }
        for waiter in waiters { waiter() }
        if let failure { throw failure }
    }

    private func removeFolder(_ folder: RecordingFolder) throws(SystemError) {
        guard files.exists(folder.path) else { return }
        for name in try files.names(in: folder.path) { try files.remove("\(folder.path)/\(name)") }
        try files.remove(folder.path)
        try files.syncFolder(folder.shard)
    }

    // MARK: Activity

    /// Lets the catalog know of activity that it does not know of, so that a restart does not
    /// forget it. `leastChange`: in milliseconds, a minute at least.
    func noteActivity(leastChange: Int64) {
        for entry in entries {
            entry.state.withLock { state in
                guard state.phase == .recording, state.isEstablished,
                    state.lastActivityAt > state.notedAt + max(leastChange, 60_000)
                else { return }
                state.notedAt = state.lastActivityAt
                index.note(state.catalogRow(entry.id), then: [])
            }
        }
    }
}

extension EntryState {
    /// When bytes came last, or it was created or published.
    var lastActivityAt: Int64 {
        max(createdAt, activeAt, lastChunkAt ?? 0, publication?.publishedAt ?? 0)
    }

    /// When retention finalizes an open recording that has bytes, unless more come.
    func abandonedAt(_ rules: RetentionRules) -> Int64? {
        guard phase == .recording, !accepted.isEmpty else { return nil }
        return rules.abandonedAfter.map { lastActivityAt + $0 }
    }

    /// When it expires, as things are.
    func expiresAt(_ rules: RetentionRules) -> Int64? {
        switch phase {
        case .recording where accepted.isEmpty: rules.emptyAfter.map { createdAt + $0 }
        case .finalized:
            publication.flatMap { publication in
                rules.finalizedFor.map { publication.publishedAt + $0 }
            }
        default: nil
        }
    }
}

extension Result<LoadedEntry, SystemError> {
    /// What was found, or why nothing can be said of it.
    func apply(to state: inout EntryState) {
        switch self {
        case .success(let loaded): loaded.apply(to: &state)
        case .failure(let error): state.go(to: .unreadable("\(error)"))
        }
    }
}
