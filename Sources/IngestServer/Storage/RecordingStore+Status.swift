internal import Catalog
internal import Posix
package import Recordings
package import Wire

extension RecordingStore {
    /// All that is known of a recording. Errors: `not-found`, `gone`.
    package func status(_ id: RecordingID) async throws(Problem) -> RecordingStatus {
        try await with(id) { entry async throws(Problem) in
            while true {
                let isKnown = await entry.turn { state, later -> Bool? in
                    switch state.phase {
                    case .loading, .creating, .deleting:
                        state.waiters.append { later(false) }
                        return nil
                    default: return true
                    }
                }
                if isKnown { return try self.status(of: entry) }
            }
        }
    }

    /// What an entry that is neither loading nor being created says of itself.
    func status(of entry: Entry) throws(Problem) -> RecordingStatus {
        let found = entry.state.withLock { state -> Result<RecordingStatus, Problem> in
            switch state.phase {
            case .absent, .loading, .creating: .failure(.notFound)
            case .deleted(let reason): .failure(.gone(reason: reason))
            case .unreadable(let why): .failure(.internalError(detail: why))
            case .recording, .finalizing, .finalized, .deleting:
                .success(state.status(entry.id, settings.retention))
            }
        }
        return try found.get()
    }

    private func activeRows() -> [CatalogIndex.Row] {
        entries.compactMap { entry in
            entry.state.withLock { state in
                switch state.phase {
                case .loading, .absent, .creating, .unreadable: nil
                default: state.catalogRow(entry.id)
                }
            }
        }
    }

    /// Recordings, newest first. `after`: the cursor of the page before.
    package func list(
        state: RecordingState?, after: RecordingID?, limit: Int
    ) async throws(Problem) -> RecordingList {
        let index = index
        let rows = try await disk.perform { () throws(Problem) in
            try index.page(state: state, after: after, limit: limit)
        }
        // What is older than a full page comes with the next.
        let end = rows.count == limit ? rows.last?.id : nil
        // What is in memory is newer than what the catalog says.
        var newest = Dictionary(uniqueKeysWithValues: rows.map { ($0.id, $0) })
        for row in index.waitingRows + activeRows() {
            guard after.map({ row.id < $0 }) ?? true, end.map({ row.id >= $0 }) ?? true
            else { continue }
            let isListed = state.map { $0 == row.state } ?? row.state.hasBytes
            newest[row.id] = isListed ? row : nil
        }
        let sorted = newest.values.sorted { $0.id > $1.id }
        let retention = settings.retention
        let recordings = sorted.prefix(limit).map { $0.summary(retention) }
        return RecordingList(
            recordings: recordings, next: sorted.count > limit ? recordings.last?.id : end?.text)
    }
}

extension EntryState {
    func status(_ id: RecordingID, _ retention: RetentionRules) -> RecordingStatus {
        var status = RecordingStatus(
            id: id, state: .recording,
            mediaType: creation?.mediaType ?? MediaType.unknown,
            createdAt: Timestamp.text(milliseconds: createdAt))
        status.title = creation?.title
        status.startedAt = creation?.startedAt
        status.prefix = progress.prefix
        status.nextSequence = progress.nextSequence
        status.bytes = durable.byteCount
        status.chunks = chunkCount
        status.notes = notes
        let end =
            publication?.isAbandoned == true
            ? durable.end : publication?.length ?? finalize?.length ?? durable.end
        status.length = publication?.length ?? finalize?.length
        status.gaps = durable.gaps(in: 0..<end).prefix(100).map(WireRange.init)
        if publication?.isComplete != true {
            status.missingSequences = missingSequences(below: nil, limit: 100)
                .map(WireRange.init)
        }
        status.timings.createdAt = Timestamp.text(milliseconds: createdAt)
        status.timings.firstChunkAt = firstChunkAt.map(Timestamp.text)
        status.timings.lastChunkAt = lastChunkAt.map(Timestamp.text)
        status.timings.finalizeRequestedAt = finalize.map {
            Timestamp.text(milliseconds: $0.requestedAt)
        }
        if finalize != nil { status.state = .finalizing }
        if let publication { describe(publication, id, &status) }
        status.finalizesAt = abandonedAt(retention).map(Timestamp.text)
        status.expiresAt = expiresAt(retention).map(Timestamp.text)
        return status
    }

    private func describe(
        _ publication: Publication, _ id: RecordingID, _ status: inout RecordingStatus
    ) {
        status.state = .finalized
        status.condition = publication.isDamaged ? .damaged : .complete
        status.revision = Int64(publication.revision)
        status.damage = publication.damage
        status.notes = publication.notes
        status.receivedDigest = publication.receivedDigest.map { ContentDigest.sha256($0).text }
        status.timings.finalizeRequestedAt = Timestamp.text(milliseconds: publication.requestedAt)
        status.timings.finalizedAt = Timestamp.text(milliseconds: publication.publishedAt)
        status.timings.stopToPlayableMilliseconds = publication.stopToPlayableMilliseconds
        status.artifact = RecordingStatus.Artifact(
            href: "/recordings/\(id.text)/media", etag: publication.etag(asReceived: false),
            bytes: publication.artifactBytes, type: servedType)
        status.media = publication.media
        if publication.rewrite?.step == .due {
            status.notes.append("being rewritten so that it seeks")
        }
        if publication.isDecoded == true {
            status.waveform = "/recordings/\(id.text)/waveform"
        }
    }

    func catalogRow(_ id: RecordingID) -> CatalogIndex.Row {
        let created = Timestamp.text(milliseconds: createdAt)
        var row = CatalogIndex.Row(
            id: id, state: .recording, mediaType: creation?.mediaType ?? MediaType.unknown,
            title: creation?.title, startedAt: creation?.startedAt, createdAt: created,
            updatedAt: Timestamp.text(
                milliseconds: publication?.publishedAt ?? removedAt ?? lastActivityAt))
        row.durationSeconds = publication?.media?.durationSeconds
        row.bytes = publication?.receivedBytes ?? durable.byteCount
        switch settledPhase {
        case .deleted(.deleted): row.state = .deleted
        case .deleted(.expired): row.state = .expired
        case .finalized:
            row.state = .finalized
            row.condition = publication?.isDamaged == true ? .damaged : .complete
        case .finalizing: row.state = .finalizing
        default: break
        }
        return row
    }
}

extension Publication {
    /// The entity tag, in quotes. It differs between the live prefix and each revision.
    func etag(asReceived: Bool) -> String {
        let digest = (receivedDigest ?? []).prefix(8).map { String($0, radix: 16) }.joined()
        return "\"r\(revision)-\(length)-\(digest)\(asReceived ? "-received" : "")\""
    }
}

extension EntryState {
    /// What the media is served as: the declared type if it is on the list and its container is
    /// the one that was found, the found container's if that differs.
    var servedType: String {
        guard let declared = creation?.media else { return MediaType.unknown }
        guard let publication, declared.isServedInline, declared.container != .other,
            publication.container != "unknown",
            publication.container != declared.container.rawValue
        else { return declared.servedAs }
        let kind = declared.base.prefix { $0 != "/" }
        return "\(kind)/\(publication.container)"
    }
}
