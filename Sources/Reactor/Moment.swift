internal import Glibc

/// A point on the monotonic clock, in nanoseconds: what deadlines are made of.
///
/// `ContinuousClock.Instant` would do; this is one integer, and so are its sums.
package struct Moment: Comparable, Hashable, Sendable {
    package let nanoseconds: Int64

    package init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

    /// Later than all others: no deadline.
    package static let never = Moment(nanoseconds: .max)

    /// clock_gettime(2), CLOCK_MONOTONIC.
    package static func now() -> Moment {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Moment(nanoseconds: Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec))
    }

    package static func < (left: Moment, right: Moment) -> Bool {
        left.nanoseconds < right.nanoseconds
    }

    /// Stays at `never` when the sum would pass it.
    package static func + (moment: Moment, nanoseconds: Int64) -> Moment {
        let (sum, overflow) = moment.nanoseconds.addingReportingOverflow(nanoseconds)
        return overflow ? .never : Moment(nanoseconds: sum)
    }

    package static func + (moment: Moment, duration: Duration) -> Moment {
        moment + duration.nanoseconds
    }
}

extension Duration {
    /// Whole nanoseconds, rounded down; at most what 64 bits hold (292 years).
    package var nanoseconds: Int64 {
        let (seconds, attoseconds) = components
        let (whole, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        if overflow { return seconds < 0 ? .min : .max }
        let (sum, passed) = whole.addingReportingOverflow(attoseconds / 1_000_000_000)
        return passed ? .max : sum
    }
}
