/// Where the bytes of a recording come from.
///
/// Runs on: the recorder's thread, one call at a time. Blocks: `read`, for at most `wait`.
public protocol RecordingSource: Sendable {
    /// Whether what is not taken now is gone: a microphone, say. A pause then drops what comes;
    /// otherwise it waits.
    var isLive: Bool { get }
    /// Whether there is another copy of what comes, so that refusing it loses nothing.
    var isKeptElsewhere: Bool { get }
    /// The next bytes, some at least; waits for them no longer than `wait`.
    func read(waiting wait: Duration) throws(RecorderError) -> SourceBytes
    /// No more is wanted: what is on its way already still comes, then the end.
    func interrupt()
}

/// What a source has.
public enum SourceBytes: Sendable, Equatable {
    /// At least one byte.
    case bytes([UInt8])
    /// Nothing yet.
    case nothing
    /// Nothing will come any more.
    case end
}

/// What kind of bytes a source gives.
public enum RecordingInput: Sendable, Equatable {
    /// Told by the first bytes: WAV, WebM, Ogg or MP4.
    case detect
    /// Raw sound, which is encoded.
    case pcm(PCMFormat)
    /// A stream that is encoded already and kept as it is; nil tells the media type by its first
    /// bytes.
    case encoded(mediaType: String?)
}
