internal import Telemetry
internal import Transport

/// What the transport reports, counted.
final class TransportMetrics: TransportObserver {
    private let opened: Counter
    private let closed: Counter
    private let bytes: Counter
    private let refusals: CounterFamily
    private let handshakes: CounterFamily

    init(_ registry: MetricsRegistry) {
        let opened = registry.counter(
            "holdfast_connections_opened_total", "Connections accepted.")
        let closed = registry.counter(
            "holdfast_connections_closed_total", "Connections closed, by whichever side.")
        registry.gauge("holdfast_connections", "Connections open now.") {
            Double(opened.value - closed.value)
        }
        bytes = registry.counter(
            "holdfast_body_bytes_total", "Bytes of request bodies received.")
        refusals = CounterFamily(
            registry, "holdfast_http_refusals_total",
            "What the transport answered or closed by itself, by status (0: no answer) and reason.",
            labelNames: ["status", "reason"])
        handshakes = CounterFamily(
            registry, "holdfast_tls_handshakes_total", "Handshakes completed.",
            labelNames: ["version", "resumed"])
        self.opened = opened
        self.closed = closed
    }

    func connectionOpened() { opened.add() }
    func connectionClosed() { closed.add() }
    func secured(_ version: String, isResumed: Bool) {
        handshakes[version, isResumed ? "true" : "false"].add()
    }
    func bodyBytes(_ count: Int) { bytes.add(count) }
    func refused(status: Int, _ reason: Refused) {
        refusals[String(status), reason.rawValue].add()
    }
}
