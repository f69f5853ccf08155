internal import Digests
internal import HTTP1
internal import Recordings
internal import Wire

/// What a request shows of its right, as far as its head and the keys tell.
struct Credential: Sendable, Equatable {
    /// A valid key, from `Authorization` or `Application-Key`.
    struct Key: Sendable, Equatable {
        let kind: KeyKind
        let name: String
    }

    /// SHA-256 of what may be a recording's token.
    var token: [UInt8]?
    var keys: [Key] = []
    /// A signed link to the media that is asked for.
    var hasLink = false
    /// The first thing it shows that is no good.
    var flaw: Problem.Lack?

    var isEmpty: Bool { token == nil && keys.isEmpty && !hasLink && flaw == nil }

    func has(_ kind: KeyKind) -> Bool { keys.contains { $0.kind == kind } }
}

extension Credential {
    /// Reads a request's head.
    ///
    /// - Parameters:
    ///   - media: the recording whose media is asked for: then a link may open it.
    ///   - keyring: asked only where something may be one of its keys or links.
    ///   - now: milliseconds since 1970.
    init(
        _ head: RequestHead, media: RecordingID?, at now: Int64, _ keyring: () -> Keyring
    ) {
        if let (value, isOnly) = head.fields.bytes(Names.authorization) {
            if isOnly, let bearer = Self.bearer(value) {
                take(bearer, at: now, keyring)
            } else {
                flaw = .validCredential
            }
        }
        if let (value, isOnly) = head.fields.bytes(Names.applicationKey) {
            if isOnly, let key = keyring().key(value, at: now) {
                keys.append(Key(kind: key.kind, name: key.name))
            } else if flaw == nil {
                flaw = .validApplicationKey
            }
        }
        if let media, let link = PlaybackLink(query: head.query) {
            if link.opens(media, keyring().linkSecret, at: now) {
                hasLink = true
            } else if flaw == nil {
                flaw = .validCredential
            }
        }
    }

    private mutating func take(
        _ bearer: ArraySlice<UInt8>, at now: Int64, _ keyring: () -> Keyring
    ) {
        if KeyKind.isMark(of: bearer) {
            if let key = keyring().key(bearer, at: now) {
                keys.append(Key(kind: key.kind, name: key.name))
            } else {
                flaw = .validCredential
            }
        } else {
            token = bearer.withUnsafeBytes { SHA256Digest.of($0) }
        }
    }

    /// 128 random bits take so many characters of base64url.
    static let tokenBytesMin = 22
    static let tokenBytesMax = 256

    /// What stands behind `Bearer` (RFC 6750 §2.1); nil unless it can be a key or a token.
    static func bearer(_ value: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        guard value.count > 6, value.prefix(6).elementsEqual("bearer".utf8, by: isLetter) else {
            return nil
        }
        let rest = value.dropFirst(6)
        let text = rest.drop { $0 == UInt8(ascii: " ") }
        guard text.count < rest.count, tokenBytesMin...tokenBytesMax ~= text.count else {
            return nil
        }
        let padding = text.reversed().prefix { $0 == UInt8(ascii: "=") }.count
        return text.dropLast(padding).allSatisfy(isOfToken) ? text : nil
    }

    /// Whether it is that letter, in either case.
    private static func isLetter(_ byte: UInt8, _ letter: UInt8) -> Bool {
        byte == letter || byte == letter - 0x20
    }

    /// The characters of a `b64token` (RFC 6750 §2.1).
    private static func isOfToken(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
            UInt8(ascii: "_"), UInt8(ascii: "~"), UInt8(ascii: "+"), UInt8(ascii: "/"):
            true
        default: false
        }
    }
}
