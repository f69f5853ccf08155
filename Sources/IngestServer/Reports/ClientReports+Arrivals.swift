internal import Catalog
internal import Recordings
internal import Wire

/// Whether recordings came in time: the service level that is promised.
///
/// A recording is due from its client's stop, as its device told; without that, from its finalize
/// request. What is published at most `arrivalSeconds` later is in time, everything else late,
/// also what never comes. Each recording counts once, when that time is over, so that a stop that
/// is told only after the recording has arrived still counts.
extension ClientReports {
    /// Decides what can be decided. Called at each scrape: nobody else wants to know.
    func decide(_ store: RecordingStore) async {
        guard beginDeciding() else { return }
        defer { endDeciding() }
        let now = clock.milliseconds()
        let allowed = Int64(limits.arrivalSeconds) * 1000
        do throws(CatalogError) {
            try await decideTold(store, now, allowed)
            try decideUntold(store, now, allowed)
            try await lookForLate(store, now)
        } catch { failed(error) }
    }

    private func decideTold(
        _ store: RecordingStore, _ now: Int64, _ allowed: Int64
    ) async throws(CatalogError) {
        var decisions: [ArrivalDecision] = []
        var delays: [Int64?] = []
        for row in try undecided(dueBefore: now - allowed) {
            guard let dueAt = row.dueAt else { continue }
            switch await Self.arrival(row.recording, store) {
            case .at(let time):
                let outcome = time <= dueAt + allowed ? Self.inTime : Self.late
                decisions.append(ArrivalDecision(row.recording, outcome, arrivedAt: time))
                delays.append(time - dueAt)
            case .missing:
                decisions.append(ArrivalDecision(row.recording, Self.late, arrivedAt: nil))
                delays.append(nil)
            case .gone:
                decisions.append(ArrivalDecision(row.recording, Self.gone, arrivedAt: nil))
                delays.append(nil)
            case .unknown: break
            }
        }
        try save(decisions, at: now)
        for (decision, delay) in zip(decisions, delays) where decision.outcome != Self.gone {
            metrics.arrived(isInTime: decision.outcome == Self.inTime, delayMilliseconds: delay)
        }
    }

    /// What was published and whose device has told no stop.
    private func decideUntold(
        _ store: RecordingStore, _ now: Int64, _ allowed: Int64
    ) throws(CatalogError) {
        var decisions: [ArrivalDecision] = []
        var delays: [Int64] = []
        for arrival in store.metrics.publications.take(publishedBefore: now - allowed) {
            let row = try row(arrival.id.text)
            if row?.dueAt != nil || row?.outcome != nil { continue }
            let delay = arrival.publishedAt - arrival.requestedAt
            let outcome = delay <= allowed ? Self.inTime : Self.late
            decisions.append(
                ArrivalDecision(arrival.id.text, outcome, arrivedAt: arrival.publishedAt))
            delays.append(delay)
        }
        try save(decisions, at: now)
        for (decision, delay) in zip(decisions, delays) {
            metrics.arrived(isInTime: decision.outcome == Self.inTime, delayMilliseconds: delay)
        }
    }

    /// What is late may have come since.
    private func lookForLate(_ store: RecordingStore, _ now: Int64) async throws(CatalogError) {
        var decisions: [ArrivalDecision] = []
        for row in try overdue() {
            switch await Self.arrival(row.recording, store) {
            case .at(let time):
                decisions.append(ArrivalDecision(row.recording, Self.late, arrivedAt: time))
            case .gone:
                decisions.append(ArrivalDecision(row.recording, Self.gone, arrivedAt: nil))
            case .missing, .unknown: break
            }
        }
        try save(decisions, at: now)
    }

    private static let inTime = "in-time"
    private static let late = "late"
    private static let gone = "gone"

    private enum Arrival {
        /// Milliseconds since 1970.
        case at(Int64)
        case missing
        case gone
        /// It cannot be read now.
        case unknown
    }

    private static func arrival(_ id: String, _ store: RecordingStore) async -> Arrival {
        guard let id = RecordingID(id) else { return .gone }
        do throws(Problem) {
            let finalizedAt = try await store.status(id).timings.finalizedAt
            return finalizedAt.flatMap(Timestamp.milliseconds).map { .at($0) } ?? .missing
        } catch {
            switch error {
            case .notFound: return .missing
            case .gone: return .gone
            default: return .unknown
            }
        }
    }
}
