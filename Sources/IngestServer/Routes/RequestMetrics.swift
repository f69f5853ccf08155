internal import Posix
internal import Telemetry

/// How many requests, and how long they took, by route.
final class RequestMetrics: Sendable {
    private let requests: CounterFamily
    private let durations: HistogramFamily
    private let known = Lock<[String: Series]>([:])

    /// What one route has: looked up by its status without going through labels.
    private struct Series {
        let duration: Histogram
        var counts: [Int: Counter] = [:]
    }

    init(_ registry: MetricsRegistry) {
        requests = CounterFamily(
            registry, "holdfast_http_requests_total", "Requests by route and status.",
            labelNames: ["route", "status"])
        durations = HistogramFamily(
            registry, "holdfast_http_request_duration_seconds",
            "From the head of a request to the last byte of its answer, by route.",
            labelNames: ["route"])
    }

    /// `route`: one of a small fixed set. `duration`: until the answer was written.
    func count(route: String, status: Int, _ duration: Duration) {
        let (counter, histogram) = known.withLock { known in
            if let series = known[route], let counter = series.counts[status] {
                return (counter, series.duration)
            }
            let counter = requests[route, String(status)]
            known[route, default: Series(duration: durations[route])].counts[status] = counter
            return (counter, durations[route])
        }
        counter.add()
        histogram.observe(duration)
    }
}
