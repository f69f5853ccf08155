internal import Digests
internal import Posix
internal import Recordings
internal import Wire

extension AssemblyWorker {
    /// Somebody finalizes what retention had finalized, once its late bytes are home: the
    /// publication gets the length, the number of chunks and the digest that were said.
    func claim(_ entry: Entry) throws(SystemError) {
        let found = entry.state.withLock { state -> (FinalizeState, Publication)? in
            guard state.phase == .finalized, state.unmoved.isEmpty, let finalize = state.finalize,
                let publication = state.publication
            else { return nil }
            return (finalize, publication)
        }
        guard let (finalize, old) = found else { return }
        if let problem = entry.state.withLock({ $0.refusal(of: finalize, old) }) {
            let waiters = entry.state.withLock { state in
                store.unfix(entry, problem, &state)
                return state.takeWaiters()
            }
            for waiter in waiters { waiter() }
            return
        }
        let (publication, manifest) = entry.state.withLock { state in
            let missing = state.durable.gaps(in: 0..<finalize.length)
            let next = old.claimed(by: finalize, missing, at: store.clock.milliseconds())
            return (next, state.manifest(entry.id, next))
        }
        try manifest.write(entry.folder, store.files)
        let (asked, waiters, row) = entry.state.withLock { state in
            let asked = state.finalize?.waiters ?? []
            state.finalize = nil
            // Deleted meanwhile; burial is next.
            guard state.publication != nil else {
                return (asked, state.takeWaiters(), nil as CatalogIndex.Row?)
            }
            state.publication = publication
            return (asked, state.takeWaiters(), state.catalogRow(entry.id))
        }
        if let row { store.index.note(row, then: []) }
        for waiter in asked { waiter(nil) }
        for waiter in waiters { waiter() }
    }
}

extension EntryState {
    /// Why a finalize cannot have what retention published; nil if it can.
    fileprivate func refusal(of finalize: FinalizeState, _ published: Publication) -> Problem? {
        let gaps = durable.gaps(in: 0..<finalize.length)
        if finalize.request.incomplete != true, !gaps.isEmpty {
            return .gaps(missing: gaps, missingSequences: [])
        }
        if let named = finalize.request.sha256, let digest = published.receivedDigest,
            published.length == finalize.length, named != digest
        {
            return .recordingDigestMismatch(computed: ContentDigest.sha256(digest).text)
        }
        return nil
    }
}

extension Publication {
    fileprivate func claimed(
        by finalize: FinalizeState, _ missing: [Range<Int64>], at now: Int64
    ) -> Publication {
        var next = self
        next.request = finalize.request
        next.requestedAt = finalize.requestedAt
        next.publishedAt = now
        next.stopToPlayableMilliseconds = finalize.startedAt.duration(to: .now).milliseconds
        next.isAbandoned = nil
        next.damage.removeAll { $0.kind == DamageEntry.unfinished.kind }
        if finalize.length > length {
            next.length = finalize.length
            next.receivedDigest = nil
            next.missing = missing
            next.damage.append(DamageEntry(missing: length..<finalize.length))
        }
        return next
    }
}
