internal import HTTP1
internal import Posix
internal import Recordings
internal import Wire

/// Judges requests by their heads alone, before anything of a body is read.
final class AccessControl: Sendable {
    private let store: RecordingStore
    private let keys: Keys
    private let isOpen: Bool
    /// A recording's token is good for so long after bytes came last. Milliseconds.
    private let tokenLifetime: Int64

    init(_ store: RecordingStore, _ keys: Keys, _ settings: Settings.Access) {
        self.store = store
        self.keys = keys
        isOpen = settings.open
        tokenLifetime = Int64(settings.recordingTokenDays) * Keyring.dayMilliseconds
    }

    /// What the request shows. Errors: `unauthorized`, `forbidden`.
    func admit(_ route: Route, _ head: RequestHead) async throws(Problem) -> Credential {
        let deed = route.deed
        if deed == .ask { return Credential() }
        let now = store.clock.milliseconds()
        let shown = Credential(head, media: deed == .play ? route.recordingID : nil, at: now) {
            keys.current
        }
        // Without it the recording is not even looked for.
        if shown.flaw != nil || shown.isEmpty, !isOpen {
            return try admit(deed, shown, nil)
        }
        guard let id = route.recordingID else { return try admit(deed, shown, nil) }
        return try admit(
            deed, shown, try await store.owner(id, activeSince: now - tokenLifetime))
    }

    private func admit(
        _ deed: Access.Deed, _ shown: Credential, _ recording: Access.Recording?
    ) throws(Problem) -> Credential {
        switch Access.decide(deed, shown, recording, isOpen: isOpen) {
        case .allowed: return shown
        case .unauthorized(let lack): throw .unauthorized(lack)
        case .forbidden: throw .forbidden
        }
    }
}

extension Credential {
    /// Whose a recording is that is created with it.
    var owner: Owner {
        Owner(tokenDigest: token, application: keys.first { $0.kind == .application }?.name)
    }
}

extension Route {
    /// The right that it takes.
    var deed: Access.Deed {
        switch self {
        case .createRecording, .createAnonymous: .create
        case .chunk, .chunkAnonymousOffset: .upload
        case .finalize, .status, .recording: .tend
        case .media, .waveform: .play
        case .list: .list
        case .delete: .delete
        case .metrics: .scrape
        case .health, .ready, .openapi: .ask
        }
    }
}
