/// The one rule for writing chunks, behind every dialect. Bytes decide, sequence checks.
package enum ChunkWrite {
    /// What is to be done with a chunk.
    package enum Decision: Sendable, Equatable {
        /// Nothing of it is stored, and it fits its neighbours: store `new`, which is all of it.
        case accept(new: [ByteRange])
        /// It overlaps stored bytes: compare it with `stored`, byte by byte. Different anywhere is
        /// a conflict. Equal is a replay when `new` is empty; else store `new`, and only that.
        case compare(stored: [ByteRange], new: [ByteRange])
        /// Its sequence contradicts a neighbour. What is named would fit instead, as far as that
        /// can be told; nil is not at fault, or unknown.
        case sequenceMismatch(expectedOffset: Int64?, expectedSequence: Int64?)
        /// It starts too far beyond the prefix: the client fills the gap first.
        case tooFarAhead(prefix: Int64, windowBytes: Int64)
        /// It goes beyond the declared length; `end` is the end of the stored bytes.
        case tooLong(length: Int64, end: Int64)
        /// It goes beyond what a recording may have.
        case recordingTooLarge(limitBytes: Int64)
        /// It has no bytes.
        case empty
    }

    /// Decides what happens to `chunk`, given what is stored. O(log runs + overlapped runs).
    ///
    /// A chunk whose bytes are all stored is always compared, whatever the limits say by now, so
    /// that a repeated chunk is a replay for ever.
    package static func decide(
        _ chunk: ChunkOffer, against stored: ChunkRuns, limits: ChunkLimits
    ) -> Decision {
        precondition(chunk.offset >= 0 && chunk.sequence >= 0, "Offsets and sequences count from 0")
        guard chunk.byteCount > 0 else { return .empty }
        let (end, overflows) = chunk.offset.addingReportingOverflow(chunk.byteCount)
        guard !overflows else { return .recordingTooLarge(limitBytes: limits.recordingBytesMax) }

        let range = chunk.offset..<end
        let covered = stored.covered(range)
        if covered == [range] { return .compare(stored: covered, new: []) }

        if let length = limits.declaredLength, end > length {
            return .tooLong(length: length, end: stored.end)
        }
        guard end <= limits.recordingBytesMax else {
            return .recordingTooLarge(limitBytes: limits.recordingBytesMax)
        }
        guard isWithinReach(chunk.offset, of: stored, limits: limits) else {
            return .tooFarAhead(prefix: stored.prefix, windowBytes: limits.windowBytesMax)
        }
        guard covered.isEmpty else {
            return .compare(stored: covered, new: range.gaps(between: covered))
        }
        return contradiction(of: chunk.sequence, at: range, in: stored) ?? .accept(new: [range])
    }

    /// What starts at or before the prefix is never too far ahead: it fills the first gap.
    private static func isWithinReach(
        _ offset: Int64, of stored: ChunkRuns, limits: ChunkLimits
    ) -> Bool {
        offset <= stored.prefix
            || offset - stored.prefix < limits.windowBytesMax
                && stored.runs.count < limits.runCountMax
    }

    /// Sequences order as offsets do, and where n and n+1 are both here, n+1 begins where n ends.
    private static func contradiction(
        of sequence: Int64, at range: ByteRange, in stored: ChunkRuns
    ) -> Decision? {
        let (previous, next) = stored.neighbours(of: range)
        let lowest = (previous?.lastSequence ?? -1) + 1
        let highest = (next?.firstSequence ?? .max) - 1

        if let previous {
            let touches = range.lowerBound == previous.range.upperBound
            if sequence < lowest || sequence == lowest && !touches {
                return .sequenceMismatch(
                    expectedOffset: touches ? nil : previous.range.upperBound,
                    expectedSequence: sequence == lowest || lowest > highest ? nil : lowest)
            }
        }
        if let next {
            let touches = range.upperBound == next.range.lowerBound
            if sequence > highest || sequence == highest && !touches {
                let byteCount = range.upperBound - range.lowerBound
                return .sequenceMismatch(
                    expectedOffset: touches ? nil : next.range.lowerBound - byteCount,
                    expectedSequence: sequence == highest || lowest > highest ? nil : highest)
            }
        }
        return nil
    }
}
