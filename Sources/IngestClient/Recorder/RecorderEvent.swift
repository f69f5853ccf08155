/// What happens while a recording is made. Seconds are of the recording.
public enum RecorderEvent: Sendable, Equatable {
    /// It has begun: from here on it is in the outbox.
    case began(id: String, path: String, mediaType: String)
    /// How loud the last tenth of a second was; only of sound that is encoded here.
    case levels(Levels, seconds: Double)
    /// So much of it is a chunk now, and safe.
    case safe(byteCount: Int64, seconds: Double?)
    /// What comes is not recorded until it is resumed.
    case paused(seconds: Double?)
    /// It goes on.
    case resumed(seconds: Double?)
    /// It goes on, but someone should know: a sentence.
    case warning(String)
    /// It is complete; a reason is given when it was not stopped but had to end.
    case ended(id: String, byteCount: Int64, seconds: Double?, reason: String?)
}
