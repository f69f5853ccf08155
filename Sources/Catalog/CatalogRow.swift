import GRDB
package import Recordings

/// What the catalog knows of one recording: enough for a line in a list.
package struct CatalogRow: Sendable, Equatable {
    package var id: RecordingID
    package var state: RecordingState
    package var condition: RecordingCondition?
    package var mediaType: String
    package var title: String?
    /// Times are RFC 3339 text.
    package var startedAt: String?
    package var createdAt: String
    package var updatedAt: String
    /// How many bytes are stored.
    package var bytes: Int64
    package var durationSeconds: Double?

    package init(
        id: RecordingID, state: RecordingState, condition: RecordingCondition? = nil,
        mediaType: String, title: String? = nil, startedAt: String? = nil, createdAt: String,
        updatedAt: String, bytes: Int64 = 0, durationSeconds: Double? = nil
    ) {
        self.id = id
        self.state = state
        self.condition = condition
        self.mediaType = mediaType
        self.title = title
        self.startedAt = startedAt
        self.createdAt = createdAt
        self.updatedAt = updatedAt
        self.bytes = bytes
        self.durationSeconds = durationSeconds
    }

    /// Throws `CatalogError.unusable` when the row holds what was never written.
    init(_ row: Row) throws {
        guard let id = RecordingID(row["id"]), let state = RecordingState(rawValue: row["state"])
        else {
            throw CatalogError.unusable(detail: "A row has an unknown id or state.")
        }
        let condition: String? = row["condition"]
        self.init(
            id: id, state: state, condition: condition.flatMap(RecordingCondition.init(rawValue:)),
            mediaType: row["mediaType"], title: row["title"], startedAt: row["startedAt"],
            createdAt: row["createdAt"], updatedAt: row["updatedAt"], bytes: row["bytes"],
            durationSeconds: row["durationSeconds"])
    }

    /// In the order of `CatalogSchema.upsert`.
    var arguments: StatementArguments {
        [
            id.text, state.rawValue, condition?.rawValue, mediaType, title, startedAt, createdAt,
            updatedAt, bytes, durationSeconds,
        ]
    }
}
