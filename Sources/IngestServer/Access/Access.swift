internal import Digests
internal import Wire

/// Who may do what: one pure function of what is asked for, what is shown for it, and whose the
/// recording is.
///
/// | shown | opens |
/// |---|---|
/// | nothing | the public routes |
/// | a recording's token | its chunks, finalize, status, media, waveform; its creation again |
/// | an application key | creating, with a token for it; links to what it created; telemetry of |
/// | | that, of devices, and of what is not here |
/// | an operator key | everything |
/// | a scrape key | metrics |
/// | a signed link | the media and waveform of one recording, until it expires |
///
/// An open server takes who shows nothing for an operator, but for what a token guards: the chunks
/// of a recording that was created with one.
enum Access {
    /// What a request does, as far as rights go.
    enum Deed: CaseIterable {
        /// For everyone: health, readiness.
        case ask
        case create
        /// Sends chunks.
        case upload
        /// Finalizes a recording, or looks how far it is.
        case tend
        /// Reads media or waveform.
        case play
        /// Makes a playback link.
        case link
        case list
        case delete
        /// Sends telemetry.
        case report
        /// Reads the metrics.
        case scrape
    }

    /// Whose the recording is that a request is about.
    struct Recording: Equatable {
        var owner: Owner
        /// Nothing came for so long that its token opens it no longer.
        var isTokenExpired = false
    }

    enum Decision: Equatable {
        case allowed
        case unauthorized(Problem.Lack)
        case forbidden
    }

    /// - Parameter recording: nil where there is none of that id. What may not see a recording is
    ///   told the same then as about another's.
    static func decide(
        _ deed: Deed, _ shown: Credential, _ recording: Recording?, isOpen: Bool
    ) -> Decision {
        if deed == .ask { return .allowed }
        // What is shown must be good, even where less would do.
        if let flaw = shown.flaw { return .unauthorized(flaw) }
        if shown.has(.operator) || (shown.hasLink && deed == .play) { return .allowed }
        let isOwner = recording?.owner.isKnown(by: shown.token) ?? false
        if isOwner, isTokens(deed) {
            return recording?.isTokenExpired == true
                ? .unauthorized(.validCredential) : .allowed
        }
        if isOpen { return decideOpenly(deed, shown, recording, isOwner) }
        switch deed {
        case .create: return decideCreation(shown, recording)
        case .scrape where shown.has(.scrape), .ask: return .allowed
        case .report where shown.has(.application) && recording == nil: return .allowed
        case .link where recording?.owner.isApplication(shown) == true,
            .report where recording?.owner.isApplication(shown) == true:
            return .allowed
        case .upload, .tend, .play, .link, .list, .delete, .report, .scrape:
            return shown.isEmpty ? .unauthorized(.credential) : .forbidden
        }
    }

    /// A recording's own token opens these.
    private static func isTokens(_ deed: Deed) -> Bool {
        switch deed {
        case .create, .upload, .tend, .play: true
        case .ask, .link, .list, .delete, .report, .scrape: false
        }
    }

    private static func decideOpenly(
        _ deed: Deed, _ shown: Credential, _ recording: Recording?, _ isOwner: Bool
    ) -> Decision {
        guard recording?.owner.tokenDigest != nil, !isOwner else { return .allowed }
        if shown.token != nil { return .forbidden }
        return deed == .upload || deed == .create ? .unauthorized(.token) : .allowed
    }

    /// Existence is looked at last: only who may create learns that an id is taken.
    private static func decideCreation(
        _ shown: Credential, _ recording: Recording?
    ) -> Decision {
        if shown.token == nil, shown.keys.allSatisfy({ $0.kind == .application }) {
            return .unauthorized(.token)
        }
        if shown.keys.isEmpty { return .unauthorized(.applicationKey) }
        return shown.has(.application) && recording == nil ? .allowed : .forbidden
    }
}

extension Owner {
    /// Whether the token with this SHA-256 is the recording's. In constant time.
    func isKnown(by digest: [UInt8]?) -> Bool {
        guard let digest, let tokenDigest else { return false }
        return Secrets.areEqual(tokenDigest, digest)
    }

    /// Whether this is somebody else than who creates with `other`: another token, or, where there
    /// is none, another application.
    func isAnother(than other: Owner) -> Bool {
        if tokenDigest != nil { return !isKnown(by: other.tokenDigest) }
        return other.application != nil && other.application != application
    }

    /// Whether `shown` has the key of the application that created it.
    fileprivate func isApplication(_ shown: Credential) -> Bool {
        shown.keys.contains { $0.kind == .application && $0.name == application }
    }
}
