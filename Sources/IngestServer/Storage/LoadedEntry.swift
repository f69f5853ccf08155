internal import Posix
internal import Recordings
internal import Wire

/// What a recording's own files say of it.
struct LoadedEntry: Sendable {
    let manifest: Manifest?
    let rows: [ChunkRow]

    /// Blocks. A recording without a manifest is none.
    static func load(
        _ folder: RecordingFolder, _ files: any FileSystem
    ) throws(SystemError) -> LoadedEntry {
        guard let manifest = try Manifest.load(folder, files) else {
            return LoadedEntry(manifest: nil, rows: [])
        }
        // A complete one is one run; only those that still take bytes need their rows.
        let needsRows =
            manifest.state == .recording || manifest.publication?.isComplete == false
        return LoadedEntry(
            manifest: manifest, rows: needsRows ? try ChunkTable.load(folder, files) : [])
    }

    func apply(to state: inout EntryState) {
        guard let manifest else { return state.go(to: .absent) }
        state.creation = manifest.creation
        state.createdAt = manifest.createdAt
        state.headBytes = manifest.headBytes
        state.isEstablished = true
        state.publication = manifest.publication
        switch manifest.state {
        case .deleted: state.go(to: .deleted(.deleted))
        case .expired: state.go(to: .deleted(.expired))
        case .recording: state.go(to: .recording)
        case .finalized: state.go(to: .finalized)
        }
        if let publication = manifest.publication, publication.isComplete {
            state.setWhole(publication)
        } else {
            state.apply(rows)
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
    }

    fileprivate mutating func apply(_ rows: [ChunkRow]) {
        for row in rows where !accepted.ranges.overlaps(row.range) {
            accepted.insert(row.range, sequence: row.sequence)
        }
        durable = accepted
        rowCount = rows.count
        chunkCount = Int64(rows.count)
    }
}
