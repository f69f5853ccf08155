internal import Containers
internal import Logging
internal import Posix
internal import Recordings
internal import Wire

extension AssemblyWorker {
    /// Takes in what the background made of a published recording, if it did: the file first, then
    /// the manifest that names it.
    func adopt(_ entry: Entry) throws(SystemError) {
        guard let delivery = store.background.delivery(for: entry.id) else { return }
        guard let old = entry.state.withLock({ $0.publication }),
            old.generation == delivery.generation
        else { return try store.background.drop(entry.id) }
        let publication = old.with(delivery.content, at: store.clock.milliseconds())
        // After a failure it may be there already.
        if let file = delivery.file, store.files.exists(file) {
            try store.files.rename(file, to: place(of: delivery, entry))
            try store.files.syncFolder(entry.folder.path)
        }
        let manifest = entry.state.withLock { $0.manifest(entry.id, publication) }
        try manifest.write(entry.folder, store.files)
        let row = entry.state.withLock { state -> CatalogIndex.Row? in
            // Deleted meanwhile; burial is next.
            guard state.publication != nil else { return nil }
            state.publication = publication
            return state.catalogRow(entry.id)
        }
        if let row { store.index.note(row, then: []) }
        store.background.taken(entry.id)
        store.logger.info(
            "Taken in",
            metadata: [
                "recording": "\(entry.id.text)", "what": "\(delivery.content.name)",
                "revision": "\(publication.revision)",
            ])
    }

    private func place(of delivery: Delivery, _ entry: Entry) -> String {
        switch delivery.content {
        case .copy: entry.folder.copy(delivery.generation)
        case .sound, .noSound: entry.folder.waveform(delivery.generation)
        }
    }
}

extension Publication {
    /// The publication with what was made of it.
    fileprivate func with(_ content: Delivery.Content, at now: Int64) -> Publication {
        var next = self
        switch content {
        case .copy(nil, _):
            next.rewrite?.step = .impossible
        case .copy(let artifact?, let offset):
            next.rewrite?.step = .done
            next.revision += 1
            next.publishedAt = now
            next.artifactOffset = offset
            next.artifactBytes = artifact.byteCount
            next.notes.removeAll { $0.hasPrefix("published as received") }
        case .sound(let loudness, let damage):
            next.isDecoded = true
            next.media?.loudness = loudness
            next.damage.removeAll { $0.kind == MediaDamage.Kind.undecodable.rawValue }
            next.damage += damage
        case .noSound:
            next.isDecoded = false
        }
        return next
    }
}

extension Delivery.Content {
    fileprivate var name: String {
        switch self {
        case .copy(nil, _): "no copy"
        case .copy: "a copy that seeks"
        case .sound: "waveform and loudness"
        case .noSound: "no sound"
        }
    }
}
