internal import Digests
internal import DurableLog
internal import Posix
internal import Recordings
internal import Telemetry

extension AssemblyWorker {
    /// Moves pieces home in order of offset, up to `bytesMax` at a time, and lets go of them in
    /// the log. Each round ends with a checkpoint: `media` synced, then the rows that say so.
    func move(_ entry: Entry, bytesMax: Int) throws(SystemError) {
        guard entry.state.withLock({ !$0.unmoved.isEmpty }) else { return }
        let media = try store.files.open(entry.folder.media, .create)
        var table = try ChunkTable(
            entry.folder, store.files, rowCount: entry.state.withLock { $0.rowCount })
        let follower = follower(entry)
        var left = bytesMax
        while left > 0 {
            let (pieces, head) = entry.state.withLock { state in
                (state.slice(bytesMax: min(left, Self.roundBytesMax)), state.headBytes)
            }
            if pieces.isEmpty { return }
            let (good, bad) = try copy(pieces, to: media, head: head, follower)
            try media.syncData()
            try table.append(
                good.map { piece in
                    ChunkRow(range: piece.range, sequence: piece.sequence, crc32c: piece.crc32c)
                })
            left -= pieces.reduce(0) { $0 + $1.range.count }
            checkpointed(entry, good.map(\.piece), bad, rowCount: table.rowCount)
        }
    }

    private static let roundBytesMax = 16 << 20
    /// A piece whose bytes were read right from the log.
    private struct MovedPiece {
        let piece: LoggedPiece
        let crc32c: UInt32
        var range: Range<Int64> { piece.range }
        var sequence: Int64 { piece.sequence }
    }

    /// Copies pieces from the log into the file: neighbours together, through one buffer. The
    /// digest of the prefix follows on the way where the pieces continue it.
    private func copy(
        _ pieces: [LoggedPiece], to media: any StoredFile, head: Int64, _ follower: PrefixFollower
    ) throws(SystemError) -> (good: [MovedPiece], bad: [LoggedPiece]) {
        var good: [MovedPiece] = []
        var bad: [LoggedPiece] = []
        let buffer = scratch.buffer
        var filled = 0
        var start: Int64 = 0
        func flush() throws(SystemError) {
            guard filled > 0 else { return }
            let bytes = UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(buffer)[..<filled])
            try media.write([bytes], at: head + start)
            if follower.position == start { follower.follow(bytes) }
            filled = 0
        }
        for piece in pieces {
            let count = piece.range.count
            if filled > 0,
                start + Int64(filled) != piece.range.lowerBound || filled + count > buffer.count
            {
                try flush()
            }
            if filled == 0 { start = piece.range.lowerBound }
            let target = UnsafeMutableRawBufferPointer(
                rebasing: buffer[filled..<filled + count])
            _ = try store.log.read(piece.location, into: target, from: piece.skip)
            let crc = CRC32C.of(UnsafeRawBufferPointer(target))
            let isWholeFrame = piece.skip == 0 && count == piece.location.byteCount
            if isWholeFrame, crc != piece.location.crc32c {
                bad.append(piece)
                continue
            }
            filled += count
            good.append(MovedPiece(piece: piece, crc32c: crc))
        }
        try flush()
        return (good, bad)
    }

    /// The pieces are home: the log may forget them.
    private func checkpointed(
        _ entry: Entry, _ good: [LoggedPiece], _ bad: [LoggedPiece], rowCount: Int
    ) {
        var settled = Set(good.map(\.range.lowerBound))
        settled.formUnion(bad.map(\.range.lowerBound))
        let free = entry.state.withLock { state -> [FrameLocation] in
            state.rowCount = rowCount
            var free: [FrameLocation] = []
            var kept: [LoggedPiece] = []
            for piece in state.unmoved {
                if settled.contains(piece.range.lowerBound) {
                    free.append(piece.location)
                    state.unmovedBytes -= Int64(piece.range.count)
                    store.assembler.lag(by: -Int64(piece.range.count))
                } else {
                    kept.append(piece)
                }
            }
            state.unmoved = kept
            for piece in bad {
                state.accepted.remove(piece.range, sequence: piece.sequence)
                state.durable.remove(piece.range, sequence: piece.sequence)
                state.notes.append(
                    "bytes \(piece.range.lowerBound)..<\(piece.range.upperBound) were damaged "
                        + "on the server's disk and are asked for again")
            }
            return free
        }
        if !bad.isEmpty { store.metrics.damagedPieces.add(bad.count) }
        store.log.release(free)
    }

    func follower(_ entry: Entry) -> PrefixFollower {
        if let follower = followers[entry.id] { return follower }
        let follower = PrefixFollower()
        followers[entry.id] = follower
        return follower
    }
}

extension EntryState {
    /// The first pieces by offset, at least one, up to `bytesMax` together.
    func slice(bytesMax: Int) -> [LoggedPiece] {
        var taken: [LoggedPiece] = []
        var bytes = 0
        for piece in unmoved {
            if !taken.isEmpty, bytes + piece.range.count > bytesMax { break }
            taken.append(piece)
            bytes += piece.range.count
        }
        return taken
    }

    /// Numbers that no chunk bore, below the count that the client named or the highest seen.
    func missingSequences(below count: Int64?, limit: Int) -> [Range<Int64>] {
        var missing = durable.missingSequences(limit: limit)
        if let count, count > durable.nextSequence, missing.count < limit {
            missing.append(durable.nextSequence..<count)
        }
        return missing
    }

    mutating func takeControls() -> [FrameLocation] {
        defer { controls = [] }
        return controls
    }
}
