import Recordings
import Testing

/// Every set of six offsets, with every range of them.
struct ByteRangesTests {
    private static let count: Int64 = 6
    private static let ranges = (0...count).flatMap { lower in
        (lower...count).map { lower..<$0 }
    }

    private static func offsets(_ mask: Int) -> Set<Int64> {
        Set((0..<count).filter { mask >> Int($0) & 1 == 1 })
    }

    private static func set(_ offsets: Set<Int64>) -> ByteRanges {
        ByteRanges(offsets.sorted().map { $0..<$0 + 1 })
    }

    private static func parts(_ offsets: Set<Int64>) -> [ByteRange] {
        var parts: [ByteRange] = []
        for offset in offsets.sorted() {
            if let last = parts.last, last.upperBound == offset {
                parts[parts.count - 1] = last.lowerBound..<offset + 1
            } else {
                parts.append(offset..<offset + 1)
            }
        }
        return parts
    }

    private func forEveryPair(_ isRight: (Set<Int64>, ByteRanges, ByteRange) -> Bool) {
        for mask in 0..<1 << Self.count {
            let offsets = Self.offsets(mask)
            let set = Self.set(offsets)
            for range in Self.ranges where !isRight(offsets, set, range) {
                Issue.record("\(range) with \(set.ranges)")
                return
            }
        }
    }

    @Test
    func `Inserts and removes as a set of offsets does`() {
        forEveryPair { offsets, set, range in
            var inserted = set
            inserted.insert(range)
            var removed = set
            removed.remove(range)
            return inserted.ranges == Self.parts(offsets.union(range))
                && removed.ranges == Self.parts(offsets.subtracting(range))
        }
    }

    @Test
    func `Answers questions about a range as a set of offsets does`() {
        forEveryPair { offsets, set, range in
            set.contains(range) == range.allSatisfy(offsets.contains)
                && set.overlaps(range) == range.contains(where: offsets.contains)
                && set.intersection(range) == Self.parts(offsets.intersection(range))
                && set.gaps(in: range) == Self.parts(Set(range).subtracting(offsets))
        }
    }

    @Test
    func `Counts its bytes, and knows its prefix and its end`() {
        for mask in 0..<1 << Self.count {
            let offsets = Self.offsets(mask)
            let set = Self.set(offsets)
            #expect(set.byteCount == Int64(offsets.count))
            #expect(set.prefix == (0...Self.count).first { !offsets.contains($0) })
            #expect(set.end == (offsets.max() ?? -1) + 1)
            #expect(set.isEmpty == offsets.isEmpty)
        }
    }
}
