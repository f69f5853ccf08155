internal import Posix
internal import Telemetry
internal import Wire

/// What clients told, as numbers for all of them together.
final class ReportMetrics: Sendable {
    private let events: CounterFamily
    private let repeated: Counter
    private let retries: CounterFamily
    private let latency: Histogram
    private let queueRecordings: Histogram
    private let queueAge: Histogram
    private let diskFree: Histogram
    private let lost: Counter
    private let inTime: Counter
    private let late: Counter
    private let delay: Histogram
    let overdue: Gauge
    let stored: Gauge
    let failures: Counter

    init(_ registry: MetricsRegistry, arrivalSeconds: Int) {
        events = CounterFamily(
            registry, "holdfast_client_events_total",
            "Events that clients told, each once, by kind.", labelNames: ["kind"])
        repeated = registry.counter(
            "holdfast_client_events_repeated_total", "Events that were known already.")
        retries = CounterFamily(
            registry, "holdfast_client_retries_total",
            "Requests that clients had to try again, by cause.", labelNames: ["cause"])
        latency = registry.histogram(
            "holdfast_client_chunk_latency_seconds",
            "From when a chunk could be sent to its acknowledgement, as clients saw it.",
            buckets: TelemetryKind.latencyBoundsMilliseconds.map { Double($0) / 1000 })
        queueRecordings = registry.histogram(
            "holdfast_client_queue_recordings",
            "Recordings that waited on a device each time that it told.",
            buckets: [0, 1, 2, 5, 10, 100, 1000])
        queueAge = registry.histogram(
            "holdfast_client_queue_age_seconds",
            "Age of the oldest recording that waited on a device each time that it told.",
            buckets: [60, 600, 3600, 21_600, 86_400, 604_800])
        diskFree = registry.histogram(
            "holdfast_client_disk_free_bytes",
            "Room on a device's disk each time that it told.",
            buckets: [8, 10, 12].map { Double(1 << (20 + $0)) } + [Double(1 << 34)])
        lost = registry.counter(
            "holdfast_client_events_lost_total", "Events that devices had no room for.")
        let arrivals = "holdfast_arrivals_total"
        let arrivalsHelp =
            "Recordings by whether they were finalized in time after their client's stop; "
            + "counted when that is certain."
        inTime = registry.counter(arrivals, arrivalsHelp, labels: [("outcome", "in_time")])
        late = registry.counter(arrivals, arrivalsHelp, labels: [("outcome", "late")])
        delay = registry.histogram(
            "holdfast_arrival_delay_seconds", "From a client's stop to the publication.",
            buckets: [0.1, 0.5, 1, 5, 10, 30, 60, 300, 3600, 86_400])
        overdue = registry.gauge(
            "holdfast_recordings_overdue",
            "Recordings that clients told of and that are late and still not here.")
        stored = registry.gauge("holdfast_client_events_stored", "Events that are kept.")
        failures = registry.counter(
            "holdfast_client_events_failures_total", "Failures to read or write them.")
        registry.gauge("holdfast_arrival_objective_seconds", "What counts as in time.")
            .set(Double(arrivalSeconds))
    }

    func count(repeated count: Int) { repeated.add(count) }

    func count(_ event: TelemetryEvent) {
        events[event.known?.rawValue ?? "unknown"].add()
        let values = event.values
        switch event.known {
        case .retries:
            for (cause, count) in values {
                retries[Self.cause(cause)].add(Int(count.integer ?? 0))
            }
        case .chunkLatency:
            let counts = values["counts"]?.list?.compactMap(\.integer).map { Int($0) } ?? []
            let sum = Double(values["sumMilliseconds"]?.integer ?? 0) / 1000
            if counts.count == latency.bounds.count + 1 { latency.add(counts: counts, sum: sum) }
        case .queue:
            queueRecordings.observe(values["recordings"]?.number ?? .nan)
            queueAge.observe(values["oldestSeconds"]?.number ?? .nan)
            diskFree.observe(values["diskFreeBytes"]?.number ?? .nan)
        case .eventsLost: lost.add(Int(values["count"]?.integer ?? 0))
        case .started, .stopped, .crashed, .sourceDropped, .parked, .resumed, .released, .kept,
            .sent, .failed, .deleted, .renewed, nil:
            break
        }
    }

    /// - Parameter delayMilliseconds: nil: it is not here.
    func arrived(isInTime: Bool, delayMilliseconds: Int64?) {
        (isInTime ? inTime : late).add()
        if let delayMilliseconds { delay.observe(Double(max(0, delayMilliseconds)) / 1000) }
    }

    /// A cause is a client's word: only these become labels.
    private static func cause(_ text: String) -> String {
        causes.contains(text) ? text : "other"
    }

    private static let causes: Set<String> = [
        "no-answer", "stall", "not-ours", "overloaded", "insufficient-storage",
        "too-many-requests", "digest-mismatch", "internal-error", "gaps", "not-found", "gone",
        "finalize-conflict", "sequence-mismatch", "chunk-conflict",
    ]
}
