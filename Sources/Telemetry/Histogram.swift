internal import Synchronization

/// How often values fell into which bucket, and their sum.
package final class Histogram: Sendable {
    /// Inclusive upper bounds, rising; a last bucket without a bound is implied.
    package let bounds: [Double]
    private let counts: [Counter]
    private let sum = Atomic<UInt64>(0)

    /// `bounds` must be finite and rise strictly.
    package init(bounds: [Double]) {
        precondition(bounds.allSatisfy(\.isFinite), "the bound without end is implied")
        precondition(zip(bounds, bounds.dropFirst()).allSatisfy(<), "bounds rise strictly")
        self.bounds = bounds
        counts = (0...bounds.count).map { _ in Counter() }
    }

    /// Lock-free; linear in the number of buckets, which is a dozen. A NaN is not counted.
    package func observe(_ value: Double) {
        if value.isNaN { return }
        counts[bounds.firstIndex { value <= $0 } ?? bounds.count].add(1)
        sum.addDouble(value)
    }

    /// In seconds.
    package func observe(_ duration: Duration) {
        let (seconds, attoseconds) = duration.components
        observe(Double(seconds) + Double(attoseconds) * 1e-18)
    }

    /// Adds what somebody else has counted: `counts` for each bound and one beyond, as here.
    package func add(counts: [Int], sum total: Double) {
        precondition(counts.count == self.counts.count, "a count for each bucket")
        for (counter, count) in zip(self.counts, counts) { counter.add(count) }
        sum.addDouble(total)
    }

    /// What was seen so far. Buckets are cumulative: the last one is the count of all.
    package var reading: Reading {
        var total = 0
        let cumulative = counts.map { count in
            total += count.value
            return total
        }
        return Reading(
            cumulative: cumulative, sum: Double(bitPattern: sum.load(ordering: .relaxed)))
    }

    package struct Reading: Equatable, Sendable {
        /// One a bound, and one more for everything.
        package let cumulative: [Int]
        package let sum: Double

        package var count: Int { cumulative.last ?? 0 }
    }
}

extension Histogram {
    /// For times from half a millisecond (an answer from memory) to ten seconds (a stall).
    package static let secondsBounds: [Double] = [
        0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10,
    ]
    /// For lengths from 1 KiB to 64 MiB, in steps of four.
    package static let bytesBounds: [Double] = (0...8).map { Double(1024 << (2 * $0)) }
}
