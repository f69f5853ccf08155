internal import Foundation
internal import Wire

/// What the server is told beside the recordings themselves.
extension Outbox {
    /// Whether anything is noted at all.
    var isReporting: Bool { limits.telemetryEventsMax > 0 }

    func hasReports() throws(OutboxError) -> Bool { try journal.hasReports() }

    /// The next events to send; nil: there are none.
    package func takeReport() throws(OutboxError) -> OutboxReport? {
        try journal.takeReport(freeBytes: try MediaFile.freeBytes(folder))
    }

    /// The server has made them durable.
    package func removeReport(_ report: OutboxReport) throws(OutboxError) {
        try journal.removeReports(report.ids)
    }

    /// The server will never have this one.
    func refuseReport(_ id: String) throws(OutboxError) { try journal.refuseReport(id) }

    /// The source of a recording failed while it was recorded.
    func sourceDropped(_ id: String, reason: String) throws(OutboxError) {
        let recording = try recording(id)
        try journal.report(
            OutboxHappening(
                kind: .sourceDropped, recording: recording.serverID,
                values: ["reason": OutboxHappening.text(reason)]))
    }
}
