package import Recordings

/// What a request asks for, read off its method and target.
package enum Route: Sendable, Equatable {
    case createRecording(RecordingID)
    case createAnonymous
    case chunk(RecordingID, offset: Int64)
    /// The offset is in `Chunk-Offset`.
    case chunkAnonymousOffset(RecordingID)
    case finalize(RecordingID)
    case status(RecordingID)
    case recording(RecordingID)
    case media(RecordingID, asReceived: Bool)
    /// `format` nil leaves it to what the request accepts.
    case waveform(RecordingID, WaveformFormat?)
    /// Makes playback links.
    case link(RecordingID)
    case list(ListQuery)
    case delete(RecordingID)
    case telemetry
    case metrics
    case health
    case ready

    /// A constant word for each route: the label in metrics and logs.
    package var name: String {
        switch self {
        case .createRecording: "create"
        case .createAnonymous: "create-anonymous"
        case .chunk: "chunk"
        case .chunkAnonymousOffset: "chunk-by-field"
        case .finalize: "finalize"
        case .status: "status"
        case .recording: "recording"
        case .media: "media"
        case .waveform: "waveform"
        case .link: "link"
        case .list: "list"
        case .delete: "delete"
        case .telemetry: "telemetry"
        case .metrics: "metrics"
        case .health: "health"
        case .ready: "ready"
        }
    }

    /// The recording it is about.
    package var recordingID: RecordingID? {
        switch self {
        case .createRecording(let id), .chunk(let id, _), .chunkAnonymousOffset(let id),
            .finalize(let id), .status(let id), .recording(let id), .media(let id, _),
            .waveform(let id, _), .link(let id), .delete(let id):
            id
        case .createAnonymous, .list, .telemetry, .metrics, .health, .ready: nil
        }
    }
}

/// How a waveform is told.
package enum WaveformFormat: String, Sendable, Equatable {
    /// Numbers, see `WaveformDocument`.
    case json
    /// A picture.
    case svg
}

/// What a list is asked for.
package struct ListQuery: Sendable, Equatable {
    package var state: RecordingState?
    /// The cursor: the last id of the page before.
    package var after: RecordingID?
    package var limit: Int

    package static let limitDefault = 100
    package static let limitMax = 1000

    package init(
        state: RecordingState? = nil, after: RecordingID? = nil, limit: Int = limitDefault
    ) {
        self.state = state
        self.after = after
        self.limit = limit
    }
}
