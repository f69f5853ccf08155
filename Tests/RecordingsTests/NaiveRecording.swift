import Recordings

/// A recording of a few bytes, written down byte by byte: slow, and plainly right.
struct NaiveRecording: Hashable {
    /// One stored piece: the new bytes of one chunk.
    struct Piece: Hashable {
        var lower: Int64
        var upper: Int64
        var sequence: Int64

        var range: ByteRange { lower..<upper }
    }

    /// The piece that each byte of the universe came with.
    private(set) var owners: [Piece?]

    init(byteCount: Int) {
        owners = Array(repeating: nil, count: byteCount)
    }

    mutating func insert(_ range: ByteRange, sequence: Int64) {
        for byte in range {
            owners[Int(byte)] = Piece(
                lower: range.lowerBound, upper: range.upperBound, sequence: sequence)
        }
    }

    mutating func remove(_ piece: Piece) {
        for byte in piece.range { owners[Int(byte)] = nil }
    }

    var pieces: [Piece] {
        var pieces: [Piece] = []
        for owner in owners {
            if let owner, pieces.last != owner { pieces.append(owner) }
        }
        return pieces
    }

    func isStored(_ byte: Int64) -> Bool {
        byte < Int64(owners.count) && owners[Int(byte)] != nil
    }

    /// The bytes of `range` that are stored, or those that are not, as ranges.
    func ranges(in range: ByteRange, stored: Bool) -> [ByteRange] {
        var ranges: [ByteRange] = []
        for byte in range where isStored(byte) == stored {
            if let last = ranges.last, last.upperBound == byte {
                ranges[ranges.count - 1] = last.lowerBound..<byte + 1
            } else {
                ranges.append(byte..<byte + 1)
            }
        }
        return ranges
    }

    var universe: ByteRange { 0..<Int64(owners.count) }
    var prefix: Int64 { universe.first { !isStored($0) } ?? universe.upperBound }
    var end: Int64 { (universe.last { isStored($0) } ?? -1) + 1 }
    var byteCount: Int64 { Int64(owners.count { $0 != nil }) }
    var nextSequence: Int64 { (pieces.map(\.sequence).max() ?? -1) + 1 }

    var runs: [ChunkRun] {
        var runs: [ChunkRun] = []
        for piece in pieces {
            if let last = runs.last, last.range.upperBound == piece.lower,
                last.lastSequence + 1 == piece.sequence
            {
                runs[runs.count - 1].range = last.range.lowerBound..<piece.upper
                runs[runs.count - 1].lastSequence = piece.sequence
            } else {
                runs.append(
                    ChunkRun(
                        range: piece.range, firstSequence: piece.sequence,
                        lastSequence: piece.sequence))
            }
        }
        return runs
    }

    var missingSequences: [Int64] {
        let present = Set(pieces.map(\.sequence))
        return (0..<nextSequence).filter { !present.contains($0) }
    }

    /// Whether the sequence fits between the next stored bytes on both sides.
    func fits(_ sequence: Int64, at range: ByteRange) -> Bool {
        let before = (0..<range.lowerBound).last { isStored($0) }
        if let before, let piece = owners[Int(before)] {
            guard piece.sequence < sequence else { return false }
            if sequence == piece.sequence + 1, before + 1 != range.lowerBound { return false }
        }
        let after = (range.upperBound..<max(range.upperBound, universe.upperBound))
            .first { isStored($0) }
        if let after, let piece = owners[Int(after)] {
            guard sequence < piece.sequence else { return false }
            if sequence + 1 == piece.sequence, after != range.upperBound { return false }
        }
        return true
    }

    /// What `ChunkWrite.decide` must say, where a mismatch names no hints.
    func decide(_ chunk: ChunkOffer, limits: ChunkLimits) -> ChunkWrite.Decision {
        guard chunk.byteCount > 0 else { return .empty }
        let range = chunk.offset..<chunk.offset + chunk.byteCount
        let stored = ranges(in: range, stored: true)
        let new = ranges(in: range, stored: false)
        if new.isEmpty { return .compare(stored: [range], new: []) }
        if let length = limits.declaredLength, range.contains(where: { $0 >= length }) {
            return .tooLong(length: length, end: end)
        }
        if range.contains(where: { $0 >= limits.recordingBytesMax }) {
            return .recordingTooLarge(limitBytes: limits.recordingBytesMax)
        }
        let isFirstGap = range.lowerBound <= prefix
        let isInWindow = range.lowerBound < prefix + limits.windowBytesMax
        if !isFirstGap, !isInWindow || runs.count >= limits.runCountMax {
            return .tooFarAhead(prefix: prefix, windowBytes: limits.windowBytesMax)
        }
        if !stored.isEmpty { return .compare(stored: stored, new: new) }
        return fits(chunk.sequence, at: range)
            ? .accept(new: [range])
            : .sequenceMismatch(expectedOffset: nil, expectedSequence: nil)
    }
}

extension ChunkRuns {
    /// The same pieces, inserted in the given order.
    init(_ pieces: some Sequence<NaiveRecording.Piece>) {
        self.init()
        for piece in pieces { insert(piece.range, sequence: piece.sequence) }
    }
}
