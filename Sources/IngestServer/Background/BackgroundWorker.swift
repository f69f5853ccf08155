internal import Catalog
internal import Logging
internal import Posix
internal import Recordings
internal import Telemetry
internal import Wire

/// Looks for work on published recordings and does it, one piece after the other.
///
/// Runs on: the background thread only.
final class BackgroundWorker {
    private let store: RecordingStore
    private let background: Background
    /// Something was left undone: the manifests are looked through again.
    private var isBehind = false

    init(_ store: RecordingStore) {
        self.store = store
        background = store.background
    }

    /// What a published recording still lacks.
    private enum Lack { case copy, sound }

    private enum Next {
        case recording(RecordingID)
        case walk
        case nothing
        case end
    }

    /// How long it waits before it tries again what failed.
    private static let patience = Duration.seconds(60)

    func run() {
        while true {
            switch next() {
            case .recording(let id): work(on: id)
            case .walk: walk()
            case .nothing:
                background.queue.withLock { $0.isWalkDue = $0.isWalkDue || isBehind }
                isBehind = false
            case .end: return
            }
        }
    }

    /// Blocks until there is something to do.
    private func next() -> Next {
        background.queue.withLock { $0.isAtWork = false }
        return background.queue.wait(
            atMost: Self.patience,
            until: { !$0.ids.isEmpty || $0.isWalkDue || $0.isClosed },
            then: { queue in
                if queue.isClosed { return .end }
                queue.isAtWork = true
                if let id = queue.ids.popFirst() { return .recording(id) }
                guard queue.isWalkDue else { return .nothing }
                queue.isWalkDue = false
                return .walk
            })
    }

    // MARK: Walking

    private static let pageCount = 256

    /// Looks through all manifests, newest first, for what an earlier life left undone.
    private func walk() {
        var cursor: RecordingID?
        while !background.isClosed {
            let page: [CatalogRow]
            do throws(Problem) {
                page = try store.index.page(
                    state: .finalized, after: cursor, limit: Self.pageCount)
            } catch {
                isBehind = true
                return store.logger.error("The catalog could not be walked")
            }
            for row in page where !background.isClosed {
                let folder = RecordingFolder(row.id, in: store.settings.folder)
                // An unreadable manifest is told of when it is asked for.
                let found = try? Manifest.load(folder, store.files)?.publication
                if let publication = found, lack(of: publication, folder) != nil {
                    work(on: row.id)
                }
            }
            cursor = page.last?.id
            if page.count < Self.pageCount { return }
        }
    }

    private func lack(of publication: Publication, _ folder: RecordingFolder) -> Lack? {
        if publication.rewrite?.step == .due { return .copy }
        guard store.settings.decodesSound, publication.hasSound else { return nil }
        switch publication.isDecoded {
        case nil: return .sound
        case false?: return nil
        case true?:
            return store.files.exists(folder.waveform(publication.generation)) ? nil : .sound
        }
    }

    // MARK: Working

    private func work(on id: RecordingID) {
        guard background.delivery(for: id) == nil else { return }
        let entry = store.borrowBlocking(id)
        defer { store.giveBack(entry) }
        let (phase, publication, headBytes) = entry.state.withLock {
            ($0.phase, $0.publication, $0.headBytes)
        }
        // Somebody else loads it: it is looked at again behind the others.
        if phase == .loading { background.add(id) }
        guard phase == .finalized, let publication,
            let lack = lack(of: publication, entry.folder)
        else { return }
        defer { clear(id) }
        do throws(SystemError) {
            let source = try ArtifactSource(entry, publication, headBytes: headBytes, store)
            switch lack {
            case .copy: try makeCopy(entry, source)
            case .sound: try decode(entry, source)
            }
        } catch {
            // Its files may have gone with it; and what is left at the end is no failure.
            let generation = entry.state.withLock { $0.publication?.generation }
            guard generation == publication.generation, !background.isClosed else { return }
            isBehind = true
            store.metrics.backgroundErrors.add(1)
            store.logger.error(
                "Work on a published recording failed; it is tried again",
                metadata: ["recording": "\(id.text)", "error": "\(error)"])
        }
    }

    /// Removes what was left half made.
    private func clear(_ id: RecordingID) {
        guard background.delivery(for: id) == nil else { return }
        // What cannot be removed now is removed at the next start.
        try? store.files.remove(background.file(id))
    }

    private func makeCopy(_ entry: Entry, _ source: ArtifactSource) throws(SystemError) {
        let free = try store.files.freeBytes(store.settings.folder)
        guard free - source.byteCount > store.settings.diskReserveBytes else {
            isBehind = true
            return
        }
        let path = background.file(entry.id)
        switch try CopyMaker(source).make(path, store.files) {
        case .stopped: return
        case .impossible:
            try store.files.remove(path)
            try deliver(.copy(nil, offset: 0), nil, entry, source)
        case .made(let artifact, let offset):
            store.metrics.copies.add(1)
            try deliver(.copy(artifact, offset: offset), path, entry, source)
        }
    }

    private func decode(_ entry: Entry, _ source: ArtifactSource) throws(SystemError) {
        let proof = SoundProof(durationSeconds: source.durationSeconds)
        guard
            try source.forEachPiece({ bytes throws(SystemError) in
                try proof.read(bytes) { range throws(SystemError) in try source.read(range) }
            })
        else { return }
        let outcome = try proof.finish { range throws(SystemError) in try source.read(range) }
        guard let outcome else { return try deliver(.noSound, nil, entry, source) }
        store.metrics.decodedSeconds.add(outcome.decodedSeconds)
        store.metrics.undecodablePackets.add(Int(outcome.undecodableCount))
        let path = background.file(entry.id)
        let document = outcome.document(durationSeconds: source.durationSeconds)
        let file = try store.files.open(path, .replace)
        try file.write(WireJSON.encode(document), at: 0)
        try file.syncData()
        let damage = outcome.damage.map { source.entry($0) }
        try deliver(.sound(document.loudness, damage), path, entry, source)
    }

    private func deliver(
        _ content: Delivery.Content, _ file: String?, _ entry: Entry, _ source: ArtifactSource
    ) throws(SystemError) {
        try background.deliver(
            Delivery(generation: source.generation, content: content, file: file), entry, store)
    }
}

extension Publication {
    /// Whether there is any sound that could be decoded.
    var hasSound: Bool {
        media?.tracks.contains { track in
            (track.codec == "A_OPUS" || track.codec == "opus")
                && (1...2).contains(track.channels ?? 0)
        } ?? false
    }
}
