package import Recordings

/// One page of the list of recordings, newest first.
package struct RecordingList: Codable, Sendable, Equatable {
    package var recordings: [RecordingSummary]
    /// What the next page comes `after`; nil on the last one.
    package var next: String?

    package init(recordings: [RecordingSummary], next: String? = nil) {
        self.recordings = recordings
        self.next = next
    }

    package var json: [UInt8] { WireJSON.encode(self) }
}

/// A recording in a list.
package struct RecordingSummary: Codable, Sendable, Equatable {
    package var id: String
    package var state: RecordingState
    package var condition: RecordingCondition?
    package var mediaType: String
    package var title: String?
    package var startedAt: String?
    package var createdAt: String
    package var updatedAt: String?
    package var bytes: Int64 = 0
    package var durationSeconds: Double?
    /// When it expires; nil: never, or not known yet.
    package var expiresAt: String?

    package init(id: RecordingID, state: RecordingState, mediaType: String, createdAt: String) {
        self.id = id.text
        self.state = state
        self.mediaType = mediaType
        self.createdAt = createdAt
    }
}
