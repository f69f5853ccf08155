internal import Posix

/// Every metric of one server, and their text for Prometheus.
///
/// Asking again for a name with the same labels gives the same metric. Registering takes a
/// lock: callers keep what they get. A name with another kind or help is a programmer's error.
package final class MetricsRegistry: Sendable {
    private let families = Lock<[String: Family]>([:])

    package init() {}

    /// `name` ends in `_total` and says its unit, `holdfast_body_bytes_total`.
    package func counter(
        _ name: String, _ help: String, labels: [(String, String)] = []
    ) -> Counter {
        let series = register(name, help, .counter, labels) { .counter(Counter()) }
        guard case .counter(let counter) = series else { mixed(name) }
        return counter
    }

    /// A counter that somebody else keeps. `value` is called at each scrape, on any thread,
    /// and must not block.
    package func counter(
        _ name: String, _ help: String, labels: [(String, String)] = [],
        value: @escaping @Sendable () -> Int
    ) {
        _ = register(name, help, .counter, labels) { .computed { Double(value()) } }
    }

    package func gauge(
        _ name: String, _ help: String, labels: [(String, String)] = []
    ) -> Gauge {
        let series = register(name, help, .gauge, labels) { .gauge(Gauge()) }
        guard case .gauge(let gauge) = series else { mixed(name) }
        return gauge
    }

    /// A gauge read at each scrape by `value`, on any thread; it must not block.
    package func gauge(
        _ name: String, _ help: String, labels: [(String, String)] = [],
        value: @escaping @Sendable () -> Double
    ) {
        _ = register(name, help, .gauge, labels) { .computed(value) }
    }

    /// `buckets`: inclusive upper bounds, rising; see `Histogram.secondsBounds`.
    package func histogram(
        _ name: String, _ help: String, buckets: [Double] = Histogram.secondsBounds,
        labels: [(String, String)] = []
    ) -> Histogram {
        let series = register(name, help, .histogram, labels) {
            .histogram(Histogram(bounds: buckets))
        }
        guard case .histogram(let histogram) = series else { mixed(name) }
        return histogram
    }

    /// Prometheus text format 0.0.4: families and series sorted by name. Not a snapshot of
    /// one instant: counters go on while it is written.
    package func text() -> String {
        let sorted = families.withLock { $0 }.sorted { $0.key < $1.key }
        return sorted.map { $0.value.text($0.key) }.joined()
    }

    private func register(
        _ name: String, _ help: String, _ kind: Family.Kind, _ labels: [(String, String)],
        _ make: () -> Series
    ) -> Series {
        precondition(MetricName.isValid(name), "\(name) is no metric name")
        precondition(
            name.hasSuffix("_total") == (kind == .counter), "counters, and only they, end in _total"
        )
        let labels = Labels(labels)
        let new = make()
        return families.withLock { families in
            var family = families[name] ?? Family(kind: kind, help: help)
            precondition(family.kind == kind && family.help == help, "\(name) is something else")
            let series = family.series[labels] ?? new
            family.series[labels] = series
            families[name] = family
            return series
        }
    }

    private func mixed(_ name: String) -> Never {
        preconditionFailure("\(name) is already computed by a closure")
    }
}
