internal import Posix
internal import Recordings
internal import Wire

/// What a recording's own files say of it.
struct LoadedEntry: Sendable {
    let manifest: Manifest?
    let table: ChunkTable.Contents?

    /// Blocks. A recording without a manifest is none.
    static func load(
        _ folder: RecordingFolder, _ files: any FileSystem
    ) throws(SystemError) -> LoadedEntry {
        guard let manifest = try Manifest.load(folder, files) else {
            return LoadedEntry(manifest: nil, table: nil)
        }
        // A complete one is one run; only those that still take bytes need their rows.
        let needsRows =
            manifest.state == .recording || manifest.publication?.isComplete == false
        let path = folder.chunks(manifest.publication?.generation ?? 1)
        return LoadedEntry(
            manifest: manifest, table: needsRows ? try ChunkTable.load(path, files) : nil)
    }

    /// The same, as a value.
    static func result(
        _ folder: RecordingFolder, _ files: any FileSystem
    ) -> Result<LoadedEntry, SystemError> {
        do throws(SystemError) {
            return .success(try load(folder, files))
        } catch {
            return .failure(error)
        }
    }

    func apply(to state: inout EntryState) {
        guard let manifest else { return state.go(to: .absent) }
        state.creation = manifest.creation
        state.owner = manifest.owner ?? Owner()
        state.createdAt = manifest.createdAt
        state.headBytes = manifest.headBytes
        state.isEstablished = true
        state.publication = manifest.publication
        state.firstChunkAt = manifest.publication?.firstChunkAt
        state.lastChunkAt = manifest.publication?.lastChunkAt
        state.removedAt = manifest.removedAt
        switch manifest.state {
        case .deleted: state.go(to: .deleted(.deleted))
        case .expired: state.go(to: .deleted(.expired))
        case .recording: state.go(to: .recording)
        case .finalized: state.go(to: .finalized)
        }
        if let publication = manifest.publication, publication.isComplete {
            state.setWhole(publication)
        } else {
            state.apply(table ?? ChunkTable.Contents())
        }
    }
}

extension EntryState {
    /// A complete recording: all of it is one run of bytes.
    fileprivate mutating func setWhole(_ publication: Publication) {
        accepted = ChunkRuns()
        if publication.length > 0 {
            accepted.insert(0..<publication.length, sequence: 0)
        }
        durable = accepted
        chunkCount = publication.chunkCount
        originals = nil
    }

    fileprivate mutating func apply(_ table: ChunkTable.Contents) {
        for row in table.chunks where accepted.covered(row.range).isEmpty {
            accepted.insert(row.range, sequence: row.sequence)
            chunkCount += 1
        }
        durable = accepted
        rowCount = table.rowCount
        originals = table.originals
    }
}
