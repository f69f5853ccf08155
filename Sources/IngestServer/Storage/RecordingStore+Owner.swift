internal import Posix
internal import Recordings
internal import Wire

extension RecordingStore {
    /// Whose a recording is; nil: there is none of that id. Of one that was deleted it is still
    /// known.
    ///
    /// - Parameter since: milliseconds since 1970; a token whose recording was quiet for longer has
    ///   expired.
    /// - Throws: `internal-error` where it cannot be read.
    func owner(
        _ id: RecordingID, activeSince since: Int64
    ) async throws(Problem) -> Access.Recording? {
        try await with(id) { entry async throws(Problem) in
            while true {
                switch entry.state.withLock({ $0.look(activeSince: since) }) {
                case .found(let recording): return recording
                case .unreadable(let why): throw .internalError(detail: why)
                case .loading:
                    await entry.turn { state, later -> Void? in
                        guard state.phase == .loading else { return () }
                        state.waiters.append { later(()) }
                        return nil
                    }
                }
            }
        }
    }

    /// The same as far as memory tells.
    func ownerInMemory(_ id: RecordingID, activeSince since: Int64) -> OwnerLook {
        inMemory(id)?.state.withLock { $0.look(activeSince: since) } ?? .loading
    }
}

/// What memory tells of whose a recording is.
enum OwnerLook: Sendable {
    /// It has to be read from disk.
    case loading
    case found(Access.Recording?)
    case unreadable(String)
}

extension EntryState {
    fileprivate func look(activeSince since: Int64) -> OwnerLook {
        switch phase {
        case .loading: .loading
        case .absent: .found(nil)
        case .unreadable(let why): .unreadable(why)
        case .creating, .recording, .finalizing, .finalized, .deleting, .deleted:
            .found(
                Access.Recording(
                    owner: owner,
                    isTokenExpired: max(lastActivityAt, removedAt ?? 0) < since))
        }
    }
}
