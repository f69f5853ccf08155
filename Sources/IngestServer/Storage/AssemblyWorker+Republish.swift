internal import Containers
internal import Digests
internal import DurableLog
internal import Posix
internal import Recordings
internal import Wire

extension AssemblyWorker {
    /// Late bytes filled holes of a published recording: the next generation of its data file
    /// is made beside the published one, which is served until the manifest names the new one.
    ///
    /// It copies all received bytes, once for each pause in which late bytes came.
    func republish(_ entry: Entry) throws(SystemError) {
        try dropDamaged(entry)
        let (old, pieces, durable, head) = entry.state.withLock { state in
            (state.publication, state.unmoved, state.durable, state.headBytes)
        }
        guard let old, !pieces.isEmpty else { return }
        var rows = try ChunkTable.load(entry.folder.chunks(old.generation), store.files).chunks
        rows += pieces.map {
            ChunkRow(range: $0.range, sequence: $0.sequence, crc32c: $0.location.crc32c)
        }
        let next = try NextGeneration(entry, store, old.generation + 1, headBytes: head)
        var publication = old
        if old.isAbandoned == true { publication.length = max(old.length, durable.end) }
        let length = publication.length
        let (artifact, digest) = try next.build(durable.ranges, length: length)
        try next.finish(rows)
        publication.revision += 1
        publication.generation += 1
        publication.publishedAt = store.clock.milliseconds()
        publication.missing = durable.gaps(in: 0..<length)
        publication.receivedDigest = digest
        let manifest = entry.state.withLock { state in
            state.describe(&publication, artifact)
            return state.manifest(entry.id, publication)
        }
        try manifest.write(entry.folder, store.files)
        let settled = Set(pieces.map(\.range.lowerBound))
        let originals = next.originals
        let (row, waiters, free) = entry.state.withLock { state in
            guard state.publication != nil else {
                // Deleted meanwhile; burial is next.
                return (nil as CatalogIndex.Row?, state.takeWaiters(), [FrameLocation]())
            }
            state.publication = publication
            state.originals = originals
            state.rowCount = next.rowCount
            let free = state.letGo(of: settled, lag: store.assembler.lag(by:))
            if !state.unmoved.isEmpty { store.queue(entry, &state) }
            return (state.catalogRow(entry.id), state.takeWaiters(), free)
        }
        store.log.release(free)
        if let row { store.index.note(row, then: []) }
        for waiter in waiters { waiter() }
        try store.files.remove(entry.folder.media(old.generation))
        try store.files.remove(entry.folder.chunks(old.generation))
        try store.files.remove(entry.folder.copy(old.generation))
        try store.files.remove(entry.folder.waveform(old.generation))
        store.background.add(entry.id)
    }
}

extension AssemblyWorker {
    /// Late pieces that the log does not give back as they came are missing again.
    private func dropDamaged(_ entry: Entry) throws(SystemError) {
        var bad: [LoggedPiece] = []
        for piece in entry.state.withLock({ $0.unmoved }) {
            let bytes = try store.log.read(piece.location)
            if CRC32C.of(bytes) != piece.location.crc32c { bad.append(piece) }
        }
        if bad.isEmpty { return }
        let free = entry.state.withLock { state -> [FrameLocation] in
            for piece in bad { state.retract(piece) }
            return state.letGo(
                of: Set(bad.map(\.range.lowerBound)), lag: store.assembler.lag(by:))
        }
        store.metrics.countDamaged(bad.count)
        store.log.release(free)
    }
}

/// A data file made anew from all that was received.
private final class NextGeneration {
    private let entry: Entry
    private let store: RecordingStore
    private let headBytes: Int64
    private let media: any StoredFile
    private var table: ChunkTable
    private(set) var originals = Originals()

    init(
        _ entry: Entry, _ store: RecordingStore, _ generation: Int, headBytes: Int64
    ) throws(SystemError) {
        self.entry = entry
        self.store = store
        self.headBytes = headBytes
        media = try store.files.open(entry.folder.media(generation), .replace)
        _ = try store.files.open(entry.folder.chunks(generation), .replace)
        table = try ChunkTable(entry.folder.chunks(generation), store.files, rowCount: 0)
    }

    var rowCount: Int { table.rowCount }

    /// Copies what was received and finishes it. Nobody reads the file yet, so edits are made
    /// as they come.
    func build(
        _ received: ByteRanges, length: Int64
    ) throws(SystemError) -> (Artifact, [UInt8]?) {
        let follower = PrefixFollower(headBytes: headBytes)
        let stored = StoredBytes(entry, files: store.files, log: store.log)
        while follower.position < length {
            let start = follower.position
            guard let range = received.ranges.first(where: { $0.upperBound > start }) else {
                try make(follower.skip(to: length))
                break
            }
            if range.lowerBound > start {
                try make(follower.skip(to: range.lowerBound))
                continue
            }
            let bytes = try stored.read(start..<min(range.upperBound, start + 1 << 20))
            try media.write(bytes, at: headBytes + start)
            try make(bytes.withUnsafeBytes { follower.follow($0) })
        }
        let digest = follower.receivedDigest
        let (artifact, edits) = follower.finish()
        if artifact.isAsReceived {
            try takeEditsBack(received, length: length)
            return (artifact, digest)
        }
        let head = artifact.start - Int64(artifact.head.count)
        let indexEnd = artifact.end + Int64(artifact.index.count)
        if try media.byteCount < headBytes + length {
            try media.truncate(to: headBytes + length)
        }
        try keep(max(0, head)..<artifact.start)
        try keep(artifact.end..<max(artifact.end, min(length, indexEnd)))
        try make(edits)
        if artifact.isAsReceived {
            for (offset, bytes) in originals.entries {
                try media.write(bytes, at: headBytes + offset)
            }
        }
        try media.write(artifact.head, at: headBytes + head)
        try media.write(artifact.index, at: headBytes + artifact.end)
        return (artifact, digest)
    }

    /// The file is published as received: its bytes are copied once more, without edits.
    private func takeEditsBack(
        _ received: ByteRanges, length: Int64
    ) throws(SystemError) {
        originals = Originals()
        try media.truncate(to: 0)
        try media.truncate(to: headBytes + length)
        let stored = StoredBytes(entry, files: store.files, log: store.log)
        for range in received.ranges {
            var start = range.lowerBound
            while start < range.upperBound {
                let end = min(range.upperBound, start + 1 << 20)
                try media.write(try stored.read(start..<end), at: headBytes + start)
                start = end
            }
        }
    }

    func finish(_ rows: [ChunkRow]) throws(SystemError) {
        try media.syncData()
        try table.append(rows, originals: originals)
    }

    private func make(_ edits: [Edit]) throws(SystemError) {
        for edit in edits {
            try keep(edit.range)
            try media.write(edit.bytes, at: headBytes + edit.offset)
        }
    }

    private func keep(_ range: Range<Int64>) throws(SystemError) {
        guard !range.isEmpty else { return }
        var bytes = try media.read(range.count, at: headBytes + range.lowerBound)
        bytes += repeatElement(0, count: range.count - bytes.count)
        bytes.withUnsafeMutableBytes { originals.restore(range, in: $0) }
        originals.insert(bytes, at: range.lowerBound)
    }
}
