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
        let entry = await borrow(id)
        defer { giveBack(entry) }
        while true {
            let look = await entry.turn { state, later -> OwnerLook? in
                switch state.phase {
                case .loading:
                    state.waiters.append { later(.again) }
                    return nil
                case .absent: return .found(nil)
                case .unreadable(let why): return .unreadable(why)
                case .creating, .recording, .finalizing, .finalized, .deleting, .deleted:
                    return .found(
                        Access.Recording(
                            owner: state.owner,
                            isTokenExpired: max(state.lastActivityAt, state.removedAt ?? 0) < since)
                    )
                }
            }
            switch look {
            case .again: continue
            case .found(let recording): return recording
            case .unreadable(let why): throw .internalError(detail: why)
            }
        }
    }

    private enum OwnerLook: Sendable {
        case again
        case found(Access.Recording?)
        case unreadable(String)
    }
}
