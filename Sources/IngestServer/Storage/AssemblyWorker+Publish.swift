internal import DurableLog
internal import Logging
internal import Posix
internal import Recordings
internal import Wire

extension AssemblyWorker {
    /// Publishes a fixed finalize, once: the file to its length, the manifest, the folder.
    func publish(_ entry: Entry, _ finalize: FinalizeState) throws(SystemError) {
        try establish(entry)
        try move(entry, bytesMax: .max)
        if finalize.digest == nil, isWhole(entry, finalize.length) {
            // After a restart the digest is not known any more.
            let digest = try follower(entry).digest(upTo: finalize.length, entry, store)
            entry.state.withLock { $0.finalize?.digest = digest }
        }
        try settleLength(entry, finalize.length)
        let (publication, manifest) = entry.state.withLock { state in
            let publication = state.publication(finalize, at: store.clock.milliseconds())
            return (publication, state.manifest(entry.id, publication))
        }
        try manifest.write(entry.folder, store.files)
        followers[entry.id] = nil
        finished(entry, publication)
    }

    /// Late bytes filled holes of a published recording: it is published again.
    func republish(_ entry: Entry) throws(SystemError) {
        guard let old = entry.state.withLock({ $0.publication }) else { return }
        var publication = old
        publication.revision += 1
        publication.publishedAt = store.clock.milliseconds()
        entry.state.withLock { state in state.describe(&publication) }
        if publication.isComplete {
            publication.receivedDigest = try follower(entry).digest(
                upTo: publication.length, entry, store)
            followers[entry.id] = nil
        }
        let manifest = entry.state.withLock { $0.manifest(entry.id, publication) }
        try manifest.write(entry.folder, store.files)
        let (row, waiters) = entry.state.withLock { state in
            state.publication = publication
            return (state.catalogRow(entry.id), state.takeWaiters())
        }
        for waiter in waiters { waiter() }
        store.index.note(row, then: [])
    }

    private func isWhole(_ entry: Entry, _ length: Int64) -> Bool {
        entry.state.withLock { $0.durable.prefix >= length }
    }

    /// A hole at the end reads as zeros, so the file always has its whole length.
    private func settleLength(_ entry: Entry, _ length: Int64) throws(SystemError) {
        let end = entry.state.withLock { $0.headBytes } + length
        let media = try store.files.open(entry.folder.media, .create)
        guard try media.byteCount < end else { return }
        try media.truncate(to: end)
        try media.syncData()
    }

    private func finished(_ entry: Entry, _ publication: Publication) {
        let (asked, waiters, row, controls) = entry.state.withLock { state in
            let asked = state.finalize?.waiters ?? []
            state.finalize = nil
            if case .deleted = state.phase {
                // The deletion came while it was being published; burial is next.
                return (asked, state.takeWaiters(), nil as CatalogIndex.Row?, [FrameLocation]())
            }
            state.publication = publication
            state.go(to: .finalized)
            return (asked, state.takeWaiters(), state.catalogRow(entry.id), state.takeControls())
        }
        if let row { store.index.note(row, then: controls) }
        for waiter in asked { waiter(nil) }
        for waiter in waiters { waiter() }
        store.metrics.published(publication)
        store.logger.info(
            "Finalized",
            metadata: [
                "recording": "\(entry.id.text)",
                "condition": "\(publication.isDamaged ? "damaged" : "complete")",
                "bytes": "\(publication.receivedBytes)", "length": "\(publication.length)",
                "chunks": "\(publication.chunkCount)",
                "stopToPlayableMs": "\(publication.stopToPlayableMilliseconds)",
                "damage": "\(publication.damage.map(\.kind))",
            ])
    }
}

extension Publication {
    var isDamaged: Bool { !damage.isEmpty }
}

extension EntryState {
    /// What a fixed finalize publishes.
    func publication(_ finalize: FinalizeState, at now: Int64) -> Publication {
        let taken = finalize.startedAt.duration(to: .now)
        var publication = Publication(
            request: finalize.request, length: finalize.length, revision: 1,
            receivedDigest: finalize.digest, missing: [], damage: [], notes: [], chunkCount: 0,
            nextSequence: 0, receivedBytes: 0, requestedAt: finalize.requestedAt,
            publishedAt: now, stopToPlayableMilliseconds: taken.milliseconds)
        describe(&publication)
        return publication
    }

    /// Says in `publication` what was received and what is missing.
    func describe(_ publication: inout Publication) {
        publication.missing = durable.gaps(in: 0..<publication.length)
        publication.chunkCount = chunkCount
        publication.nextSequence = durable.nextSequence
        publication.receivedBytes = durable.byteCount
        publication.notes = notes
        publication.damage = publication.missing.map { range in
            DamageEntry(
                kind: "missing",
                detail: "bytes \(range.lowerBound) to \(range.upperBound) were never received",
                start: range.lowerBound, end: range.upperBound)
        }
        if publication.length == 0 {
            publication.damage = [
                DamageEntry(kind: "empty", detail: "the recording has no bytes")
            ]
        }
        let numbers = missingSequences(
            below: publication.request.chunkCount, limit: 100)
        if !numbers.isEmpty, publication.missing.isEmpty {
            publication.notes.append(
                "all bytes are here, but no chunk came with the sequence "
                    + numbers.map { $0.count == 1 ? "\($0.lowerBound)" : "\($0)" }
                    .joined(separator: ", "))
        }
    }

    func manifest(_ id: RecordingID, _ publication: Publication? = nil) -> Manifest {
        let published = publication ?? self.publication
        return Manifest(
            id: id.text, creation: creation, createdAt: createdAt,
            state: published == nil ? .recording : .finalized, headBytes: headBytes,
            publication: published)
    }

    func tombstone(_ id: RecordingID) -> Manifest {
        Manifest(id: id.text, creation: nil, createdAt: createdAt, state: .deleted)
    }
}

extension Duration {
    var milliseconds: Double {
        Double(components.seconds) * 1e3 + Double(components.attoseconds) / 1e15
    }
}
