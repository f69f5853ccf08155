/// Where a recording is in its life: `recording → finalizing → finalized`, or `deleted`, `expired`.
package enum RecordingState: String, Sendable, Codable, CaseIterable {
    /// Chunks are taken.
    case recording
    /// The client has said that nothing more will come; the artifact is being made.
    case finalizing
    /// The artifact is published.
    case finalized
    /// Deleted by request; its bytes are gone.
    case deleted
    /// Deleted by retention; its bytes are gone.
    case expired

    /// Whether bytes of it are still kept.
    package var hasBytes: Bool {
        switch self {
        case .recording, .finalizing, .finalized: true
        case .deleted, .expired: false
        }
    }
}

/// How a finalized recording came through.
package enum RecordingCondition: String, Sendable, Codable, CaseIterable {
    /// Every byte is there, and all that was read of it is sound.
    case complete
    /// Something is missing or unreadable; the damage report names it.
    case damaged
}
