internal import Bytes
internal import Digests

/// What a key opens.
package enum KeyKind: String, Codable, CaseIterable, Sendable {
    /// Creates recordings, reports telemetry, makes playback links for what it created.
    case application
    /// Everything.
    case `operator`
    /// Reads `/metrics`.
    case scrape

    /// How its keys begin, so that one that turns up where it should not is known for what it is.
    package var prefix: String {
        switch self {
        case .application: "hfapp_"
        case .operator: "hfop_"
        case .scrape: "hfscrape_"
        }
    }

    /// Whether `text` begins as keys do. No recording's token may.
    static func isMark(of text: ArraySlice<UInt8>) -> Bool {
        text.starts(with: "hf".utf8) && allCases.contains { text.starts(with: $0.prefix.utf8) }
    }
}

/// A key as it is kept: its SHA-256, and what it opens. A key is 192 random bits, so its hash needs
/// neither salt nor stretching.
package struct AccessKey: Codable, Sendable, Equatable {
    /// Whom it was made for.
    package let name: String
    package let kind: KeyKind
    /// SHA-256 of the key's text.
    let digest: [UInt8]
    /// Milliseconds since 1970, as every time here.
    package let createdAt: Int64
    /// From then on it opens nothing; nil: it does not expire.
    package let expiresAt: Int64?
    package internal(set) var revokedAt: Int64?

    /// A key that nobody has seen before, and its text: the only place where that can be read.
    static func make(
        _ kind: KeyKind, name: String, expiresAt: Int64?, at now: Int64
    ) -> (key: AccessKey, text: String) {
        let text = kind.prefix + Base64.encodeForURL(Secrets.random(24))
        let key = AccessKey(
            name: name, kind: kind, digest: SHA256Digest.of(Array(text.utf8)), createdAt: now,
            expiresAt: expiresAt)
        return (key, text)
    }

    /// Whether it opens anything at `now`.
    package func isValid(at now: Int64) -> Bool {
        revokedAt == nil && expiresAt.map { now < $0 } ?? true
    }
}
