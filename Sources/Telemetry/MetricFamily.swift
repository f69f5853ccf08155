internal import Posix

/// Counters of one name, told apart by the values of the same labels:
/// `family["media", "206"].add()`.
///
/// A look-up takes a lock: callers on a hot path keep the counter. The values must come from
/// a small fixed set, never from a request.
package final class CounterFamily: Sendable {
    private let known = Lock<[[String]: Counter]>([:])
    private let make: @Sendable ([String]) -> Counter

    package init(
        _ registry: MetricsRegistry, _ name: String, _ help: String, labelNames: [String]
    ) {
        make = { registry.counter(name, help, labels: Array(zip(labelNames, $0))) }
    }

    package subscript(values: String...) -> Counter {
        known.withLock { known in
            if let counter = known[values] { return counter }
            let counter = make(values)
            known[values] = counter
            return counter
        }
    }
}

/// Histograms of one name, told apart by the values of the same labels. As `CounterFamily`.
package final class HistogramFamily: Sendable {
    private let known = Lock<[[String]: Histogram]>([:])
    private let make: @Sendable ([String]) -> Histogram

    package init(
        _ registry: MetricsRegistry, _ name: String, _ help: String,
        buckets: [Double] = Histogram.secondsBounds, labelNames: [String]
    ) {
        make = {
            registry.histogram(
                name, help, buckets: buckets, labels: Array(zip(labelNames, $0)))
        }
    }

    package subscript(values: String...) -> Histogram {
        known.withLock { known in
            if let histogram = known[values] { return histogram }
            let histogram = make(values)
            known[values] = histogram
            return histogram
        }
    }
}
