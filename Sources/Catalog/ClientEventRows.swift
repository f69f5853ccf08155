internal import GRDB

/// An event that a client told, as it is kept.
package struct ClientEventRow: Sendable, Equatable {
    package let id: String
    package let kind: String
    /// When it happened, and when it came; milliseconds since 1970 by the server's clock.
    package let at: Int64
    package let receivedAt: Int64
    /// The id of the recording it is about; nil: the device.
    package let recording: String?
    /// A JSON object.
    package let values: String

    package init(
        id: String, kind: String, at: Int64, receivedAt: Int64, recording: String?,
        values: String
    ) {
        self.id = id
        self.kind = kind
        self.at = at
        self.receivedAt = receivedAt
        self.recording = recording
        self.values = values
    }

    init(_ row: Row) {
        self.init(
            id: row["id"], kind: row["kind"], at: row["at"], receivedAt: row["receivedAt"],
            recording: row["recording"], values: row["values"])
    }
}

/// What the events of one recording come to.
package struct ClientReportRow: Sendable, Equatable {
    package let recording: String
    /// A JSON document.
    package var report: String
    /// From when on the recording is on its way; milliseconds since 1970, as the rest.
    package var dueAt: Int64?
    /// When something was last heard.
    package var seenAt: Int64
    /// Whether it arrived in time; nil: not decided.
    package var outcome: String?
    /// When it arrived, as far as that was looked up.
    package var arrivedAt: Int64?

    package init(recording: String, report: String, dueAt: Int64?, seenAt: Int64) {
        self.recording = recording
        self.report = report
        self.dueAt = dueAt
        self.seenAt = seenAt
    }

    init(_ row: Row) {
        self.init(
            recording: row["recording"], report: row["report"], dueAt: row["dueAt"],
            seenAt: row["seenAt"])
        outcome = row["outcome"]
        arrivedAt = row["arrivedAt"]
    }

    /// In the order of `ClientEventsSchema.saveReport`.
    var arguments: StatementArguments {
        [recording, report, dueAt, seenAt, outcome, arrivedAt]
    }
}

/// Whether a recording came in time.
package struct ArrivalDecision: Sendable, Equatable {
    package let recording: String
    /// `in-time`, `late`, or `gone`: deleted before anybody could tell.
    package let outcome: String
    /// Milliseconds since 1970; nil: it is not here.
    package let arrivedAt: Int64?

    package init(_ recording: String, _ outcome: String, arrivedAt: Int64?) {
        self.recording = recording
        self.outcome = outcome
        self.arrivedAt = arrivedAt
    }
}
