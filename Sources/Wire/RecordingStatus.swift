package import Recordings

/// Where a recording stands: the answer to a status request and to a finalize.
///
/// All times are RFC 3339 text, all ranges half-open.
package struct RecordingStatus: Codable, Sendable, Equatable {
    package var id: String
    package var state: RecordingState
    /// Once it is finalized.
    package var condition: RecordingCondition?
    package var mediaType: String
    package var title: String?
    package var startedAt: String?
    package var createdAt: String
    /// The end of the contiguous durable run from 0.
    package var prefix: Int64 = 0
    /// How many bytes are stored.
    package var bytes: Int64 = 0
    /// How many chunks are stored.
    package var chunks: Int64?
    /// The highest sequence + 1.
    package var nextSequence: Int64 = 0
    /// Once it is declared.
    package var length: Int64?
    /// The first of the missing ranges, at most `Problem.rangesShownMax`.
    package var gaps: [WireRange] = []
    package var missingSequences: [WireRange] = []
    /// SHA-256 over the received bytes, as a structured field; the client frees its copy on it.
    package var receivedDigest: String?
    package var media: MediaFacts?
    package var damage: [DamageEntry] = []
    package var notes: [String] = []
    /// Counts the publications after the first.
    package var revision: Int64 = 0
    package var timings: Timings
    package var artifact: Artifact?
    /// The link to the waveform, once there is one.
    package var waveform: String?
    /// When it is finalized with what it has, unless more bytes come; nil: never.
    package var finalizesAt: String?
    /// When it expires, unless something changes; nil: never.
    package var expiresAt: String?
    /// What the recording's device told of it, if it tells anything.
    package var client: ClientReport?

    package init(
        id: RecordingID, state: RecordingState, mediaType: String, createdAt: String
    ) {
        self.id = id.text
        self.state = state
        self.mediaType = mediaType
        self.createdAt = createdAt
        timings = Timings(createdAt: createdAt)
    }

    package var json: [UInt8] { WireJSON.encode(self) }

    /// When what happened.
    package struct Timings: Codable, Sendable, Equatable {
        package var createdAt: String
        package var firstChunkAt: String?
        package var lastChunkAt: String?
        package var finalizeRequestedAt: String?
        package var finalizedAt: String?
        /// From the finalize request to the published artifact.
        package var stopToPlayableMilliseconds: Double?

        package init(createdAt: String) { self.createdAt = createdAt }
    }

    /// The published file.
    package struct Artifact: Codable, Sendable, Equatable {
        package var href: String
        /// With its quotes.
        package var etag: String
        package var bytes: Int64
        /// The media type it is served as.
        package var type: String

        package init(href: String, etag: String, bytes: Int64, type: String) {
            self.href = href
            self.etag = etag
            self.bytes = bytes
            self.type = type
        }
    }
}

/// A half-open range of offsets or sequences, as the documents write it.
package struct WireRange: Codable, Sendable, Equatable {
    package var start: Int64
    package var end: Int64

    package init(start: Int64, end: Int64) {
        self.start = start
        self.end = end
    }

    package init(_ range: Range<Int64>) {
        self.init(start: range.lowerBound, end: range.upperBound)
    }
}
