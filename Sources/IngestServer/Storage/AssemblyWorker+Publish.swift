internal import Containers
internal import DurableLog
internal import Logging
internal import Posix
internal import Recordings
internal import Wire

extension AssemblyWorker {
    /// Publishes a fixed finalize, once: the last edits, the file's sync, the manifest.
    func publish(_ entry: Entry, _ finalize: FinalizeState) throws(SystemError) {
        try establish(entry)
        try moveAll(entry)
        let missing = entry.state.withLock { $0.away(0..<finalize.length) }
        let checkpoint = try checkpoint(entry)
        try checkpoint.catchUp(to: finalize.length, holes: missing, bytesMax: .max)
        let digest = follower(entry).receivedDigest
        let artifact = try checkpoint.finish(length: finalize.length)
        let (publication, manifest) = entry.state.withLock { state in
            var publication = Publication(
                finalize, at: store.clock.milliseconds(), digest: digest, missing: missing)
            state.describe(&publication, artifact)
            return (publication, state.manifest(entry.id, publication))
        }
        try manifest.write(entry.folder, store.files)
        followers[entry.id] = nil
        finished(entry, publication)
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
        store.background.add(entry.id)
        store.metrics.published(publication, entry.id)
        store.logger.info(
            "Finalized",
            metadata: [
                "recording": "\(entry.id.text)",
                "condition": "\(publication.isDamaged ? "damaged" : "complete")",
                "container": "\(publication.container)",
                "seconds": "\(publication.media?.durationSeconds ?? 0)",
                "bytes": "\(publication.receivedBytes)", "length": "\(publication.length)",
                "chunks": "\(publication.chunkCount)",
                "stopToPlayableMs": "\(publication.stopToPlayableMilliseconds)",
                "damage": "\(publication.damage.map(\.kind).joined(separator: ","))",
            ])
    }
}

extension Publication {
    var isDamaged: Bool { !damage.isEmpty }

    init(_ finalize: FinalizeState, at now: Int64, digest: [UInt8]?, missing: [Range<Int64>]) {
        self.init(
            request: finalize.request, length: finalize.length, revision: 1,
            receivedDigest: digest, missing: missing, damage: [], notes: [], chunkCount: 0,
            nextSequence: 0, receivedBytes: 0, requestedAt: finalize.requestedAt,
            publishedAt: now,
            stopToPlayableMilliseconds: finalize.startedAt.duration(to: .now).milliseconds)
        isAbandoned = finalize.isAbandoned ? true : nil
    }
}

extension EntryState {
    /// Says in `publication` what was received, what is missing and what was made of it.
    func describe(_ publication: inout Publication, _ artifact: Artifact) {
        publication.chunkCount = chunkCount
        publication.nextSequence = durable.nextSequence
        publication.receivedBytes = publication.missing.reduce(publication.length) {
            $0 - Int64($1.count)
        }
        publication.firstChunkAt = firstChunkAt ?? publication.firstChunkAt
        publication.lastChunkAt = lastChunkAt ?? publication.lastChunkAt
        publication.artifactOffset =
            headBytes + artifact.start - Int64(artifact.head.count)
        publication.artifactBytes = artifact.byteCount
        publication.container = artifact.description.container
        publication.media = MediaFacts(artifact.description)
        publication.notes = notes + publication.notesOnNumbers(self) + artifact.notes
        if let reason = artifact.unverifiedReason ?? artifact.copyReason {
            publication.notes.append("published as received: \(reason)")
        }
        publication.rewrite = artifact.copyReason.map { Rewrite(reason: $0) }
        publication.isDecoded = nil
        publication.damage = damage(publication.missing, artifact)
        if let mistyped = mistyped(artifact.description) { publication.damage.append(mistyped) }
        if publication.isAbandoned == true { publication.damage.append(.unfinished) }
    }

    /// What is missing, then what the reader found wrong; a hole that both name is named once.
    private func damage(_ missing: [Range<Int64>], _ artifact: Artifact) -> [DamageEntry] {
        let isVerifiable = creation?.media?.container ?? .other != .other
        var entries = missing.map(DamageEntry.init(missing:))
        for found in artifact.damage {
            let entry = DamageEntry(found)
            let same = entries.firstIndex { $0.start == entry.start && $0.end == entry.end }
            if found.kind == .hole, let same {
                entries[same].timeSeconds = entry.timeSeconds
            } else if found.kind != .unreadable || isVerifiable {
                // What claims no container that is read here cannot be a bad one.
                entries.append(entry)
            }
        }
        return entries
    }

    /// Bytes of a container that is known here under another's media type.
    private func mistyped(_ found: MediaDescription) -> DamageEntry? {
        guard let declared = creation?.media?.container, declared != .other,
            found.container != "unknown", found.container != declared.rawValue
        else { return nil }
        return DamageEntry(
            kind: "mistyped",
            detail: "the bytes are \(found.container), not \(creation?.mediaType ?? "")")
    }

    func manifest(_ id: RecordingID, _ publication: Publication? = nil) -> Manifest {
        let published = publication ?? self.publication
        return Manifest(
            id: id.text, creation: creation, owner: owner, createdAt: createdAt,
            state: published == nil ? .recording : .finalized, headBytes: headBytes,
            publication: published)
    }

    func tombstone(_ id: RecordingID) -> Manifest {
        Manifest(
            id: id.text, creation: nil, owner: owner, createdAt: createdAt,
            state: phase == .deleted(.expired) ? .expired : .deleted, removedAt: removedAt)
    }
}

extension Publication {
    fileprivate func notesOnNumbers(_ state: EntryState) -> [String] {
        let numbers = state.missingSequences(below: request.chunkCount, limit: 100)
        guard !numbers.isEmpty, missing.isEmpty else { return [] }
        let list = numbers.map { $0.count == 1 ? "\($0.lowerBound)" : "\($0)" }
        return [
            "all bytes are here, but no chunk came with the sequence "
                + list.joined(separator: ", ")
        ]
    }
}

extension DamageEntry {
    static let unfinished = DamageEntry(
        kind: "unfinished",
        detail: "nobody finalized it and no bytes came any more: it was published with what was "
            + "there, and takes more until it expires")

    init(missing range: Range<Int64>) {
        self.init(
            kind: "missing",
            detail: "bytes \(range.lowerBound) to \(range.upperBound) were never received",
            start: range.lowerBound, end: range.upperBound)
    }

    init(_ damage: MediaDamage) {
        self.init(
            kind: damage.kind.rawValue, detail: damage.detail, start: damage.offset,
            end: damage.offset.flatMap { start in damage.byteCount.map { start + $0 } },
            timeSeconds: damage.timeMilliseconds.map { $0 / 1e3 })
    }
}

extension MediaFacts {
    init(_ description: MediaDescription) {
        self.init(
            container: description.container,
            durationSeconds: description.durationMilliseconds.map { $0 / 1e3 },
            tracks: description.tracks.map(TrackFacts.init))
    }
}

extension TrackFacts {
    init(_ track: MediaDescription.Track) {
        self.init(
            number: Int64(truncatingIfNeeded: track.number), kind: track.kind.rawValue,
            codec: track.codec)
        channels = track.channels
        samplesPerSecond = track.sampleRate
        width = track.width
        height = track.height
    }
}

extension Duration {
    var milliseconds: Double {
        Double(components.seconds) * 1e3 + Double(components.attoseconds) / 1e15
    }
}
