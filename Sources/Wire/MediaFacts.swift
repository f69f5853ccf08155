/// What was read of a recording's content.
package struct MediaFacts: Codable, Sendable, Equatable {
    /// `webm`, `ogg`, `mp4` or `other`.
    package var container: String
    package var durationSeconds: Double?
    package var tracks: [TrackFacts]
    /// Once its sound was decoded; nil for silence.
    package var loudness: LoudnessFacts?

    package init(container: String, durationSeconds: Double? = nil, tracks: [TrackFacts] = []) {
        self.container = container
        self.durationSeconds = durationSeconds
        self.tracks = tracks
    }
}

/// How loud a recording is.
package struct LoudnessFacts: Codable, Sendable, Equatable {
    /// Integrated, with both gates (ITU-R BS.1770-4); nil where nothing passes them.
    package var integratedLUFS: Double?
    /// The highest sample, not the true peak between samples.
    package var samplePeakDBFS: Double?

    package init(integratedLUFS: Double?, samplePeakDBFS: Double?) {
        self.integratedLUFS = integratedLUFS
        self.samplePeakDBFS = samplePeakDBFS
    }
}

/// One track of a recording.
package struct TrackFacts: Codable, Sendable, Equatable {
    package var number: Int64
    /// `audio`, `video`, `subtitle` or `other`.
    package var kind: String
    /// As the container names it: `V_VP8`, `A_OPUS`, `Opus`.
    package var codec: String
    package var channels: Int?
    package var samplesPerSecond: Double?
    package var width: Int?
    package var height: Int?
    package var language: String?
    package var durationSeconds: Double?

    package init(number: Int64, kind: String, codec: String) {
        self.number = number
        self.kind = kind
        self.codec = codec
    }
}

/// Something missing or unreadable in a recording.
package struct DamageEntry: Codable, Sendable, Equatable {
    /// A word for programs, such as `missing-bytes`.
    package var kind: String
    /// A sentence for people.
    package var detail: String
    /// Offsets of the received bytes, half-open.
    package var start: Int64?
    package var end: Int64?
    package var timeSeconds: Double?

    package init(
        kind: String, detail: String, start: Int64? = nil, end: Int64? = nil,
        timeSeconds: Double? = nil
    ) {
        self.kind = kind
        self.detail = detail
        self.start = start
        self.end = end
        self.timeSeconds = timeSeconds
    }
}
