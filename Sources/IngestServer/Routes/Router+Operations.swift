internal import Telemetry
internal import Wire

extension Router {
    /// Prometheus text format 0.0.4. Whether recordings came in time is decided as it is asked.
    func exposition() async -> Answer {
        await reports.decide(store)
        return .text(200, registry.text(), type: DocumentTypes.metrics)
    }

    /// The process runs and answers: all that a supervisor needs to leave it alone.
    func health() -> Answer { .json(200, Health(status: "ok", reasons: [])) }

    /// 503 while chunks would not be taken: draining, or a disk that is full or failing.
    func ready() -> Answer {
        let reasons = readiness.reasons()
        if reasons.isEmpty { return .json(200, Health(status: "ready", reasons: [])) }
        return .json(503, Health(status: "not ready", reasons: reasons), [(Names.retryAfter, "1")])
    }

    private struct Health: Encodable {
        let status: String
        let reasons: [String]
    }
}
