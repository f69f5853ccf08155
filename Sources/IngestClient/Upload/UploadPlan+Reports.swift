internal import Foundation

/// What comes of events that were sent. It never counts against a recording, nor against the
/// server: what is sent beside it says whether that is there.
extension UploadPlan {
    mutating func reported(
        _ job: UploadJob, _ report: OutboxReport, _ outcome: UploadOutcome, at now: Duration
    ) throws(OutboxError) {
        let isAwaited = reports.inFlight?.number == job.number
        guard case .answer(let answer) = outcome else {
            if isAwaited { reports.failed(at: now) }
            return
        }
        // Also when it comes late: nothing of it is lost, nothing counted twice.
        if answer.status == 202 {
            try outbox.removeReport(report)
            let hasMore = try outbox.hasReports()
            return reports.succeeded(job.number, at: now, hasMore: hasMore)
        }
        guard isAwaited else { return }
        if let refused = Refusal(answer), report.ids.contains(refused.event) {
            try outbox.refuseReport(refused.event)
            return reports.isFree(at: now)
        }
        reports.failed(at: now, retryAfter: answer.retryAfter)
    }

    /// `event-invalid`: the server names the one that it will never take.
    private struct Refusal: Decodable {
        let event: String

        init?(_ answer: NetworkAnswer) {
            guard answer.status == 400,
                // What is none of these documents names no event.
                let found = try? JSONDecoder().decode(Self.self, from: answer.body)
            else { return nil }
            self = found
        }
    }
}
