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

    /// What a request's head alone comes to, as far as memory tells.
    enum Judgement {
        /// It may go on, with what it shows.
        case admitted(Credential)
        /// The recording is not in memory: `admit` looks whose it is.
        case unknown(RecordingID, Credential)
    }

    /// Judges without waiting, as nearly every request can be: that takes no task's stack.
    ///
    /// Errors: `unauthorized`, `forbidden`.
    func judge(_ route: Route, _ head: RequestHead) throws(Problem) -> Judgement {
        let deed = route.deed
        if deed == .ask { return .admitted(Credential()) }
        if isOpen, !Self.isOwnName(head.authority) {
            throw .badRequest(
                detail: "An open server is reached as localhost, or by its address.")
        }
        let now = store.clock.milliseconds()
        let shown = Credential(head, media: deed == .play ? route.recordingID : nil, at: now) {
            keys.current
        }
        // Without it the recording is not even looked for.
        let isLookedFor = isOpen || (shown.flaw == nil && !shown.isEmpty)
        guard isLookedFor, let id = route.recordingID else {
            return .admitted(try admit(deed, shown, nil))
        }
        switch store.ownerInMemory(id, activeSince: now - tokenLifetime) {
        case .found(let recording): return .admitted(try admit(deed, shown, recording))
        case .loading, .unreadable: return .unknown(id, shown)
        }
    }

    /// Judges by what is on disk. Errors: `unauthorized`, `forbidden`, `internal-error`.
    func admit(
        _ deed: Access.Deed, _ shown: Credential, to id: RecordingID
    ) async throws(Problem) -> Credential {
        do throws(Problem) {
            let now = store.clock.milliseconds()
            let recording = try await store.owner(id, activeSince: now - tokenLifetime)
            return try admit(deed, shown, recording)
        } catch {
            guard case .internalError = error, deed == .delete else { throw error }
            // What cannot be read can still be deleted, by who may delete anything.
            return try admit(deed, shown, nil)
        }
    }

    /// Whether events of this recording are taken from who shows that: `POST /telemetry` names its
    /// recordings in its body.
    func mayReport(_ id: RecordingID, _ shown: Credential) async -> Bool {
        if isOpen || shown.has(.operator) { return true }
        do throws(Problem) {
            let recording = try await store.owner(id, activeSince: 0)
            return Access.decide(.report, shown, recording, isOpen: false) == .allowed
        } catch { return false }
    }

    /// Whether a server that trusts everyone on its machine is called by a name that no stranger's
    /// DNS can answer for: an address, or a name without a domain. Any page could call it
    /// otherwise, by a name of its own that it has pointing here for once.
    static func isOwnName(_ authority: String) -> Bool {
        let host = authority.utf8.prefix { $0 != UInt8(ascii: ":") }
        let isAddress = host.allSatisfy { byte in
            byte == UInt8(ascii: ".") || UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte
        }
        return isAddress || host.first == UInt8(ascii: "[") || !host.contains(UInt8(ascii: "."))
            || String(Substring(host)).lowercased().hasSuffix(".localhost")
    }

    /// Links to a recording's media and waveform that are good for so many seconds from now on.
    func links(_ id: RecordingID, seconds: Int64) -> PlaybackLinks {
        let now = store.clock.milliseconds()
        let link = PlaybackLink(id, expires: now / 1000 + seconds, keys.current.linkSecret)
        return link.document(id)
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
        case .link: .link
        case .list: .list
        case .delete: .delete
        case .telemetry: .report
        case .metrics: .scrape
        case .health, .ready, .openapi: .ask
        }
    }
}
