internal import Containers
internal import Digests
internal import DurableLog
internal import Posix
internal import Recordings

/// One checkpoint of one recording: pieces copied from the log, edits made on the way, the file
/// synced, then the rows that say so.
///
/// An edit may be made at once only in bytes that have no row yet: should the power go, they
/// come from the log again. Anywhere else its original is journaled first, and it is made with
/// the next checkpoint.
///
/// Runs on: the assembler's thread.
// SAFETY: buffers are parts of `scratch`, which one thread uses for one step at a time, or are
// freed where they were made; all go to reads and writes of files, which take raw memory.
final class Checkpoint {
    private let entry: Entry
    private let store: RecordingStore
    private let follower: PrefixFollower
    private let media: any StoredFile
    private var table: ChunkTable
    private let headBytes: Int64
    private let scratch: Slab
    /// What edits replace; appended to the table with this checkpoint.
    private var journal = Originals()
    /// Bytes written to the file by this checkpoint, without a row yet.
    private var fresh = ByteRanges()

    init(
        _ entry: Entry, _ store: RecordingStore, _ follower: PrefixFollower, scratch: Slab
    ) throws(SystemError) {
        let (head, rows) = entry.state.withLock { ($0.headBytes, $0.rowCount) }
        self.entry = entry
        self.store = store
        self.follower = follower
        self.scratch = scratch
        headBytes = head
        media = try store.files.open(entry.folder.media(1), .create)
        table = try ChunkTable(entry.folder.chunks(1), store.files, rowCount: rows)
    }

    /// A piece whose bytes were read right from the log.
    struct MovedPiece {
        let piece: LoggedPiece
        let crc32c: UInt32
    }

    /// Moves `pieces`, in order of offset, home. Blocks until they are durable there.
    func move(_ pieces: [LoggedPiece]) throws(SystemError) {
        try makeOwedEdits()
        let (good, bad) = try copy(pieces)
        try commit(good, bad)
    }

    /// Lets the follower see bytes that are home already, up to `end`, but for `holes`. At most
    /// `bytesMax` bytes are read.
    func catchUp(
        to end: Int64, holes: [Range<Int64>] = [], bytesMax: Int64
    ) throws(SystemError) {
        var left = bytesMax
        while follower.position < end, left > 0 {
            let position = follower.position
            if let hole = holes.first(where: { $0.contains(position) }) {
                try settle(follower.skip(to: hole.upperBound))
                continue
            }
            let next = holes.first { $0.lowerBound > position }?.lowerBound ?? end
            let count = Int(min(next - position, Int64(scratch.byteCount), left))
            let buffer = UnsafeMutableRawBufferPointer(rebasing: scratch.buffer[..<count])
            try readReceived(position..<position + Int64(count), into: buffer)
            try settle(follower.follow(UnsafeRawBufferPointer(buffer)))
            left -= Int64(count)
        }
        try journalNow()
    }

    /// Ends the recording: makes every edit, writes head and index, syncs. Answers with what
    /// was made of the file.
    func finish(length: Int64) throws(SystemError) -> Artifact {
        let (artifact, edits) = follower.finish()
        if artifact.isAsReceived {
            try takeEditsBack(length: length)
        } else {
            try settle(edits)
        }
        let headRange = artifact.start - Int64(artifact.head.count)..<artifact.start
        let indexRange = artifact.end..<artifact.end + Int64(artifact.index.count)
        try keep(max(0, headRange.lowerBound)..<artifact.start)
        try keep(artifact.end..<max(artifact.end, min(length, indexRange.upperBound)))
        try journalNow()
        try makeOwedEdits()
        if !artifact.head.isEmpty {
            try media.write(artifact.head, at: headBytes + headRange.lowerBound)
        }
        if !artifact.index.isEmpty {
            try media.write(artifact.index, at: headBytes + indexRange.lowerBound)
        }
        let end = headBytes + max(length, indexRange.upperBound)
        if try media.byteCount < end { try media.truncate(to: end) }
        try media.syncData()
        return artifact
    }

    // MARK: Copying

    /// What goes through the buffer at once stays in the processor's cache while it is read from
    /// the log, checked, hashed and written.
    private static let copyBytesMax = 256 << 10

    /// Neighbours go together, through one buffer; the follower sees them on the way.
    private func copy(
        _ pieces: [LoggedPiece]
    ) throws(SystemError) -> (good: [MovedPiece], bad: [LoggedPiece]) {
        var good: [MovedPiece] = []
        var bad: [LoggedPiece] = []
        var filled = 0
        var start: Int64 = 0
        for piece in pieces {
            let count = piece.range.count
            let continues = start + Int64(filled) == piece.range.lowerBound
            if filled > 0, !continues || filled + count > Self.copyBytesMax {
                try write(filled, at: start)
                filled = 0
            }
            if filled == 0 { start = piece.range.lowerBound }
            let target = UnsafeMutableRawBufferPointer(
                rebasing: scratch.buffer[filled..<filled + count])
            _ = try store.log.read(piece.location, into: target, from: piece.skip)
            let crc = CRC32C.of(UnsafeRawBufferPointer(target))
            if piece.isWholeFrame, crc != piece.location.crc32c {
                bad.append(piece)
                continue
            }
            filled += count
            good.append(MovedPiece(piece: piece, crc32c: crc))
        }
        if filled > 0 { try write(filled, at: start) }
        return (good, bad)
    }

    /// Writes the first `count` bytes of the buffer, with the edits that are known by now.
    private func write(_ count: Int, at start: Int64) throws(SystemError) {
        let range = start..<start + Int64(count)
        let bytes = UnsafeMutableRawBufferPointer(rebasing: scratch.buffer[..<count])
        var later: [Edit] = []
        if follower.position == start {
            for edit in follower.follow(UnsafeRawBufferPointer(bytes)) {
                guard range.lowerBound <= edit.offset, edit.range.upperBound <= range.upperBound
                else {
                    later.append(edit)
                    continue
                }
                let place = Int(edit.offset - start)
                journal.insert(bytes[place..<place + edit.bytes.count], at: edit.offset)
                for (number, byte) in edit.bytes.enumerated() { bytes[place + number] = byte }
            }
        }
        try media.write([UnsafeRawBufferPointer(bytes)], at: headBytes + start)
        fresh.insert(range)
        try settle(later)
    }

    // MARK: Edits

    /// Makes edits in bytes that have no row yet; journals and owes the others.
    private func settle(_ edits: [Edit]) throws(SystemError) {
        guard let first = edits.map(\.offset).min(),
            let last = edits.map(\.range.upperBound).max()
        else { return }
        let held = entry.state.withLock { $0.originals?.covered(first..<last) } ?? ByteRanges()
        for edit in edits {
            if !held.contains(edit.range) { try keep(edit.range) }
            if fresh.contains(edit.range) {
                try media.write(edit.bytes, at: headBytes + edit.offset)
            } else {
                follower.owed.append(edit)
            }
        }
    }

    /// Journals what was received in `range`.
    private func keep(_ range: Range<Int64>) throws(SystemError) {
        guard !range.isEmpty else { return }
        var position = range.lowerBound
        while position < range.upperBound {
            let part = position..<min(range.upperBound, position + 4096)
            let bytes = UnsafeMutableRawBufferPointer.allocate(
                byteCount: part.count, alignment: 16)
            defer { bytes.deallocate() }
            try readReceived(part, into: bytes)
            journal.insert(Array(bytes), at: part.lowerBound)
            position = part.upperBound
        }
    }

    /// Bytes of the file as they were received.
    private func readReceived(
        _ range: Range<Int64>, into buffer: UnsafeMutableRawBufferPointer
    ) throws(SystemError) {
        let count = try media.read(into: buffer, at: headBytes + range.lowerBound)
        if count < buffer.count {
            UnsafeMutableRawBufferPointer(rebasing: buffer[count...])
                .initializeMemory(as: UInt8.self, repeating: 0)
        }
        let originals = entry.state.withLock { $0.originals }
        originals?.restore(range, in: buffer)
        journal.restore(range, in: buffer)
    }

    /// Puts every byte back that an edit has changed: the file is published as received. What was
    /// received stays journaled, so that a crash amid this costs nothing.
    private func takeEditsBack(length: Int64) throws(SystemError) {
        follower.owed = []
        try journalNow()
        var position: Int64 = 0
        while position < length {
            let range = position..<min(length, position + Int64(scratch.byteCount))
            let changed = entry.state.withLock { $0.originals?.covered(range) } ?? ByteRanges()
            if !changed.isEmpty {
                let bytes = UnsafeMutableRawBufferPointer(
                    rebasing: scratch.buffer[..<range.count])
                try readReceived(range, into: bytes)
                try media.write([UnsafeRawBufferPointer(bytes)], at: headBytes + position)
            }
            position = range.upperBound
        }
    }

    private func makeOwedEdits() throws(SystemError) {
        for edit in follower.owed {
            try media.write(edit.bytes, at: headBytes + edit.offset)
        }
        follower.owed = []
    }

    // MARK: Rows

    private func journalNow() throws(SystemError) {
        guard !journal.isEmpty else { return }
        try commit([], [])
    }

    private func commit(
        _ good: [MovedPiece], _ bad: [LoggedPiece]
    ) throws(SystemError) {
        try media.syncData()
        try table.append(
            good.map { moved in
                ChunkRow(
                    range: moved.piece.range, sequence: moved.piece.sequence,
                    crc32c: moved.crc32c)
            }, originals: journal)
        let settled = Set((good.map(\.piece) + bad).map(\.range.lowerBound))
        let rowCount = table.rowCount
        let journal = journal
        let free = entry.state.withLock { state -> [FrameLocation] in
            state.rowCount = rowCount
            state.originals?.append(journal)
            for piece in bad { state.retract(piece) }
            return state.letGo(of: settled, lag: store.assembler.lag(by:))
        }
        self.journal = Originals()
        fresh = ByteRanges()
        if !bad.isEmpty { store.metrics.countDamaged(bad.count) }
        store.log.release(free)
    }
}

extension LoggedPiece {
    /// Only then does the frame's checksum say something of it.
    fileprivate var isWholeFrame: Bool { skip == 0 && range.count == location.byteCount }
}

extension EntryState {
    /// Takes the pieces that begin at `offsets` out; answers with their places in the log.
    mutating func letGo(
        of offsets: Set<Int64>, lag: (Int64) -> Void
    ) -> [FrameLocation] {
        var free: [FrameLocation] = []
        var kept: [LoggedPiece] = []
        for piece in unmoved {
            guard offsets.contains(piece.range.lowerBound) else {
                kept.append(piece)
                continue
            }
            free.append(piece.location)
            unmovedBytes -= Int64(piece.range.count)
            lag(-Int64(piece.range.count))
        }
        unmoved = kept
        return free
    }

    /// Its bytes were damaged in the log: they are missing again.
    mutating func retract(_ piece: LoggedPiece) {
        // Deleted meanwhile: there is nothing to take it from.
        guard durable.covered(piece.range) == [piece.range] else { return }
        accepted.remove(piece.range, sequence: piece.sequence)
        durable.remove(piece.range, sequence: piece.sequence)
        notes.append(
            "bytes \(piece.range.lowerBound)..<\(piece.range.upperBound) were damaged on the "
                + "server's disk and are asked for again")
    }
}
