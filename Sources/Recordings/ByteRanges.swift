/// A half-open range of byte offsets.
package typealias ByteRange = Range<Int64>

/// A set of byte offsets, kept as sorted, disjoint ranges that do not touch.
package struct ByteRanges: Sendable, Equatable {
    /// Ascending; never empty ranges, never two that could be one.
    package private(set) var ranges: [ByteRange] = []

    package init() {}

    package init(_ ranges: [ByteRange]) {
        for range in ranges { insert(range) }
    }

    package var isEmpty: Bool { ranges.isEmpty }

    /// The end of the contiguous run from 0; 0 when offset 0 is not in the set.
    package var prefix: Int64 {
        guard let first = ranges.first, first.lowerBound == 0 else { return 0 }
        return first.upperBound
    }

    /// One past the highest offset; 0 when empty.
    package var end: Int64 { ranges.last?.upperBound ?? 0 }

    /// How many offsets are in the set. O(ranges).
    package var byteCount: Int64 {
        ranges.reduce(0) { $0 + ($1.upperBound - $1.lowerBound) }
    }

    package mutating func insert(_ range: ByteRange) {
        guard !range.isEmpty else { return }
        // What `range` overlaps or touches becomes one range with it.
        let first = ranges.partitionPoint { $0.upperBound >= range.lowerBound }
        let last = ranges.partitionPoint { $0.lowerBound > range.upperBound }
        guard first < last else {
            ranges.insert(range, at: first)
            return
        }
        let lower = min(range.lowerBound, ranges[first].lowerBound)
        let upper = max(range.upperBound, ranges[last - 1].upperBound)
        ranges.replaceSubrange(first..<last, with: [lower..<upper])
    }

    package mutating func remove(_ range: ByteRange) {
        let overlapped = indices(overlapping: range)
        guard !overlapped.isEmpty else { return }
        var kept: [ByteRange] = []
        let lower = ranges[overlapped.lowerBound].lowerBound
        let upper = ranges[overlapped.upperBound - 1].upperBound
        if lower < range.lowerBound { kept.append(lower..<range.lowerBound) }
        if range.upperBound < upper { kept.append(range.upperBound..<upper) }
        ranges.replaceSubrange(overlapped, with: kept)
    }

    /// Whether every offset of `range` is in the set; true for an empty range.
    package func contains(_ range: ByteRange) -> Bool {
        range.isEmpty || intersection(range) == [range]
    }

    /// Whether any offset of `range` is in the set.
    package func overlaps(_ range: ByteRange) -> Bool {
        !indices(overlapping: range).isEmpty
    }

    /// The parts of `range` that are in the set, ascending.
    package func intersection(_ range: ByteRange) -> [ByteRange] {
        indices(overlapping: range).map { ranges[$0].clamped(to: range) }
    }

    /// The parts of `range` that are not in the set, ascending.
    package func gaps(in range: ByteRange) -> [ByteRange] {
        range.gaps(between: intersection(range))
    }

    private func indices(overlapping range: ByteRange) -> Range<Int> {
        guard !range.isEmpty else { return 0..<0 }
        let first = ranges.partitionPoint { $0.upperBound > range.lowerBound }
        return first..<ranges.partitionPoint { $0.lowerBound >= range.upperBound }
    }
}

extension ByteRange {
    /// What is left of the range outside `parts`, which are ascending, disjoint and inside it.
    func gaps(between parts: [ByteRange]) -> [ByteRange] {
        var gaps: [ByteRange] = []
        var position = lowerBound
        for part in parts {
            if position < part.lowerBound { gaps.append(position..<part.lowerBound) }
            position = part.upperBound
        }
        if position < upperBound { gaps.append(position..<upperBound) }
        return gaps
    }
}
