internal import HTTP1
internal import Transport
internal import Wire

/// How a route ended, when it did not throw a `Problem`.
enum Outcome: Sendable {
    case answer(Answer)
    /// The route has answered by itself, with this status.
    case streamed(status: Int)
    /// Nobody is there any more to read an answer.
    case abandoned

    /// A body that could not be read. Nothing of it counts.
    init(_ error: BodyError) {
        switch error {
        case .disconnected: self = .abandoned
        case .tooLarge(let limit):
            self = .answer(.problem(.chunkTooLarge(limitBytes: Int64(limit))))
        case .timedOut:
            self = .answer(
                .problem(
                    408, "Request Timeout",
                    "The body came too slowly. Send it again, all of it."))
        case .malformed(let cause):
            self = .answer(
                .problem(
                    cause.status, "Malformed Body", "The body cannot be read: \(cause.reason)."))
        }
    }

    /// For metrics and the log; 499, as others count a client that closed its request.
    var status: Int {
        switch self {
        case .answer(let answer): answer.status
        case .streamed(let status): status
        case .abandoned: 499
        }
    }
}
