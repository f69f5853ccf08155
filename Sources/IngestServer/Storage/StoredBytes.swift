internal import Digests
internal import DurableLog
internal import Posix

/// A recording's received bytes, wherever they are now: in the log or in its own file.
///
/// Blocks: every call reads from disk. A piece that moves home while it is read is read again,
/// for its segment may have been recycled under the reader.
// SAFETY: every buffer is the caller's for the time of the call, and is filled before it is used.
struct StoredBytes: Sendable {
    private let entry: Entry
    private let files: any FileSystem
    private let log: ChunkLog

    init(_ entry: Entry, files: any FileSystem, log: ChunkLog) {
        self.entry = entry
        self.files = files
        self.log = log
    }

    enum Verdict: Sendable {
        case equal
        /// CRC-32C of what is stored in the whole range.
        case different(UInt32)
        case failed(SystemError)
    }

    private static let pieceBytesMax = 256 << 10

    /// Compares stored bytes with `bytes`; `range` must be durable.
    func compare(_ range: Range<Int64>, with bytes: LentBytes) -> Verdict {
        var crc: UInt32 = 0
        var isEqual = true
        do throws(SystemError) {
            var position = range.lowerBound
            while position < range.upperBound {
                let end = min(range.upperBound, position + Int64(Self.pieceBytesMax))
                let stored = try read(position..<end)
                let start = Int(position - range.lowerBound)
                let offered = bytes[start..<start + stored.count].buffer
                stored.withUnsafeBytes { stored in
                    crc = CRC32C.of(stored, from: crc)
                    if isEqual { isEqual = stored.elementsEqual(offered) }
                }
                position = end
            }
        } catch { return .failed(error) }
        return isEqual ? .equal : .different(crc)
    }

    /// The bytes of `range`; holes read as zeros.
    func read(_ range: Range<Int64>) throws(SystemError) -> [UInt8] {
        guard !range.isEmpty else { return [] }
        var failure: SystemError?
        let bytes = [UInt8](unsafeUninitializedCapacity: range.count) { buffer, filled in
            do throws(SystemError) {
                try read(range, into: UnsafeMutableRawBufferPointer(buffer))
                filled = range.count
            } catch {
                failure = error
                filled = 0
            }
        }
        if let failure { throw failure }
        return bytes
    }

    func read(
        _ range: Range<Int64>, into buffer: UnsafeMutableRawBufferPointer
    ) throws(SystemError) {
        var position = range.lowerBound
        while position < range.upperBound {
            let rest = position..<range.upperBound
            let part = UnsafeMutableRawBufferPointer(
                rebasing: buffer[Int(position - range.lowerBound)...])
            position += Int64(try readOnce(rest, into: part))
        }
    }

    /// Reads from one place, as far as that place goes.
    private func readOnce(
        _ range: Range<Int64>, into buffer: UnsafeMutableRawBufferPointer
    ) throws(SystemError) -> Int {
        let (piece, next) = entry.state.withLock { state -> (LoggedPiece?, Int64) in
            let index = state.firstUnmoved(endingAfter: range.lowerBound)
            guard index < state.unmoved.count else { return (nil, range.upperBound) }
            let piece = state.unmoved[index]
            guard piece.range.lowerBound <= range.lowerBound else {
                return (nil, min(piece.range.lowerBound, range.upperBound))
            }
            return (piece, min(piece.range.upperBound, range.upperBound))
        }
        let count = Int(next - range.lowerBound)
        let target = UnsafeMutableRawBufferPointer(rebasing: buffer[..<count])
        guard let piece else {
            return try readHome(range.lowerBound..<next, into: target) ? count : 0
        }
        let skip = piece.skip + Int(range.lowerBound - piece.range.lowerBound)
        do throws(SystemError) {
            let read = try log.read(piece.location, into: target, from: skip)
            guard isStillThere(piece) else { return 0 }
            guard read > 0 else { throw SystemError("read", "the log", 5) }
            return read
        } catch {
            // Its segment may have been closed or recycled under the reader.
            guard isStillThere(piece) else { return 0 }
            throw error
        }
    }

    private func isStillThere(_ piece: LoggedPiece) -> Bool {
        entry.state.withLock { state in
            let index = state.firstUnmoved(endingAfter: piece.range.lowerBound)
            return index < state.unmoved.count
                && state.unmoved[index].location == piece.location
        }
    }

    /// Reads the file, then puts back what edits replaced: an edit is journaled before it is
    /// made, so this order can miss none. False: another data file took its place meanwhile.
    private func readHome(
        _ range: Range<Int64>, into buffer: UnsafeMutableRawBufferPointer
    ) throws(SystemError) -> Bool {
        let (head, generation) = entry.state.withLock { state in
            (state.headBytes, state.generation)
        }
        let path = entry.folder.media(generation)
        var count = 0
        if files.exists(path) {
            count = try files.open(path, .read).read(into: buffer, at: head + range.lowerBound)
        }
        UnsafeMutableRawBufferPointer(rebasing: buffer[count...])
            .initializeMemory(as: UInt8.self, repeating: 0)
        try originals(generation).restore(range, in: buffer)
        return entry.state.withLock { $0.generation == generation }
    }

    private func originals(_ generation: Int) throws(SystemError) -> Originals {
        if let known = entry.state.withLock({ $0.originals }) { return known }
        let table = try ChunkTable.load(entry.folder.chunks(generation), files)
        entry.state.withLock { $0.originals = table.originals }
        return table.originals
    }
}

extension EntryState {
    /// Which data file holds what is home.
    fileprivate var generation: Int { publication?.generation ?? 1 }
}
