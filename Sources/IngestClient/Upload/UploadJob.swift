/// One request that is on its way, or about to be.
package struct UploadJob: Sendable, Equatable {
    package enum Kind: Sendable, Equatable {
        /// Whether the server is there at all.
        case probe
        case create
        case status
        case chunk(OutboxChunk)
        case finalize
        /// What happened, for whoever runs the server.
        case report(OutboxReport)
    }

    package let number: UInt64
    package let kind: Kind
    /// As it was when the job began; nil for a probe and a report.
    package let recording: OutboxRecording?
    /// Failures of jobs of one round count once.
    let round: Int
}

/// What came of a job.
package enum UploadOutcome: Sendable {
    /// An answer of any status.
    case answer(NetworkAnswer)
    /// None.
    case noAnswer(NetworkError)
    /// The recording could not be read on this machine.
    case unreadable(OutboxError)
}
