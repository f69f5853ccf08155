/// What a recording has, compactly: its pieces, joined where they follow each other in bytes and in
/// sequence.
///
/// A recording that arrives in order is one run, however long it is. The runs depend only on the
/// pieces they were made of, not on the order in which those came, so that an insert can be undone
/// exactly.
package struct ChunkRuns: Sendable, Equatable {
    /// Ascending and disjoint. Runs may touch, where their sequences do not follow each other.
    package private(set) var runs: [ChunkRun] = []
    /// The end of the contiguous run of bytes from 0.
    package private(set) var prefix: Int64 = 0
    /// How many bytes there are.
    package private(set) var byteCount: Int64 = 0
    /// The highest sequence + 1; 0 when empty.
    package private(set) var nextSequence: Int64 = 0

    package init() {}

    /// One past the highest offset; 0 when empty.
    package var end: Int64 { runs.last?.range.upperBound ?? 0 }

    package var isEmpty: Bool { runs.isEmpty }

    /// The bytes alone. O(runs).
    package var ranges: ByteRanges {
        var ranges = ByteRanges()
        for run in runs { ranges.insert(run.range) }
        return ranges
    }

    /// Adds a piece: the new bytes of one chunk, which may be all of it.
    ///
    /// No byte of it may be here already. O(1) at the end.
    package mutating func insert(_ range: ByteRange, sequence: Int64) {
        insert(ChunkRun(range: range, firstSequence: sequence, lastSequence: sequence))
    }

    /// Adds a whole run, as read back from a checkpoint. No byte of it may be here already.
    package mutating func insert(_ run: ChunkRun) {
        precondition(run.range.lowerBound >= 0, "Offsets are not negative")
        precondition(run.lastSequence < .max, "A sequence leaves room for the next")
        let index = runs.partitionPoint { $0.range.lowerBound >= run.range.lowerBound }
        precondition(
            index == 0 || runs[index - 1].range.upperBound <= run.range.lowerBound,
            "Bytes are stored once")
        precondition(
            index == runs.count || run.range.upperBound <= runs[index].range.lowerBound,
            "Bytes are stored once")
        runs.insert(run, at: index)
        join(at: index)
        if index > 0 { join(at: index - 1) }
        byteCount += run.range.upperBound - run.range.lowerBound
        nextSequence = max(nextSequence, run.lastSequence + 1)
        if run.range.lowerBound == prefix { extendPrefix() }
    }

    /// Undoes one insert, whose commit failed. Exactly this piece must have been inserted.
    package mutating func remove(_ range: ByteRange, sequence: Int64) {
        let index = runs.partitionPoint { $0.range.upperBound > range.lowerBound }
        precondition(index < runs.count, "Only what was inserted is removed")
        let run = runs[index]
        precondition(
            run.range.lowerBound <= range.lowerBound && range.upperBound <= run.range.upperBound
                && (run.firstSequence...run.lastSequence).contains(sequence),
            "Only what was inserted is removed")
        runs.replaceSubrange(index...index, with: run.removing(range, sequence: sequence))
        byteCount -= range.upperBound - range.lowerBound
        prefix = min(prefix, range.lowerBound)
        if nextSequence == sequence + 1 {
            nextSequence = runs.reduce(0) { max($0, $1.lastSequence + 1) }
        }
    }

    /// The stored parts of `range`, ascending, joined where they touch.
    package func covered(_ range: ByteRange) -> [ByteRange] {
        guard !range.isEmpty else { return [] }
        var parts: [ByteRange] = []
        var index = runs.partitionPoint { $0.range.upperBound > range.lowerBound }
        while index < runs.count, runs[index].range.lowerBound < range.upperBound {
            let part = runs[index].range.clamped(to: range)
            if let last = parts.last, last.upperBound == part.lowerBound {
                parts[parts.count - 1] = last.lowerBound..<part.upperBound
            } else {
                parts.append(part)
            }
            index += 1
        }
        return parts
    }

    /// The missing parts of `range`, ascending.
    package func gaps(in range: ByteRange) -> [ByteRange] {
        range.gaps(between: covered(range))
    }

    /// The numbers below `nextSequence` that no piece bears, as at most `limit` half-open ranges.
    package func missingSequences(limit: Int) -> [Range<Int64>] {
        var missing: [Range<Int64>] = []
        var expected: Int64 = 0
        for run in runs.sorted(by: { $0.firstSequence < $1.firstSequence }) {
            if run.firstSequence > expected {
                guard missing.count < limit else { break }
                missing.append(expected..<run.firstSequence)
            }
            expected = max(expected, run.lastSequence + 1)
        }
        return missing
    }

    /// The last run that ends at or before `range`, and the first that starts at or after its end.
    ///
    /// Nothing of `range` may be stored.
    func neighbours(of range: ByteRange) -> (previous: ChunkRun?, next: ChunkRun?) {
        let index = runs.partitionPoint { $0.range.lowerBound >= range.upperBound }
        return (index > 0 ? runs[index - 1] : nil, index < runs.count ? runs[index] : nil)
    }

    private mutating func join(at index: Int) {
        guard index + 1 < runs.count, runs[index].isContinued(by: runs[index + 1]) else { return }
        runs[index].range = runs[index].range.lowerBound..<runs[index + 1].range.upperBound
        runs[index].lastSequence = runs[index + 1].lastSequence
        runs.remove(at: index + 1)
    }

    private mutating func extendPrefix() {
        var index = runs.partitionPoint { $0.range.upperBound > prefix }
        while index < runs.count, runs[index].range.lowerBound <= prefix {
            prefix = runs[index].range.upperBound
            index += 1
        }
    }
}
