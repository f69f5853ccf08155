/// Why a file could not be sent. The text is a sentence for whoever wanted it sent.
public enum SendError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The local file cannot be read, or changed while it was being sent.
    case file(path: String, reason: String)
    /// The server answered that it will not take this, however often it is asked.
    case refused(status: Int, problem: String, detail: String)
    /// No usable answer within the attempts that the policy allows. Sending the same file again
    /// goes on where this stopped.
    case gaveUp(attempts: Int, reason: String)

    /// A sentence for a person, that says what to do.
    public var description: String {
        switch self {
        case .file(let path, let reason): "\(path): \(reason)"
        case .refused(let status, let problem, let detail):
            "the server refuses it: \(detail) (\(status) \(problem))"
        case .gaveUp(let attempts, let reason):
            "no success in \(attempts) attempts, the last one: \(reason). Send it again to go on."
        }
    }
}
