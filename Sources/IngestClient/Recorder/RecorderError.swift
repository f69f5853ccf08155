/// Why there is no recording, or no more of it. The text is a sentence for whoever records.
public enum RecorderError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What came cannot be recorded.
    case unusable(String)
    /// The source failed.
    case source(String)
    /// The source ended before anything came: there is no recording.
    case nothingCame
    /// The encoder refused.
    case encoder(String)
    /// The outbox refused.
    case outbox(OutboxError)

    /// A sentence for a person, that says what to do.
    public var description: String {
        switch self {
        case .unusable(let reason), .source(let reason): reason
        case .nothingCame: "Nothing came to be recorded: there is no recording."
        case .encoder(let reason): "The encoder refuses: \(reason)"
        case .outbox(let error): error.description
        }
    }
}
