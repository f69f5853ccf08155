internal import Digests
internal import Recordings
internal import Wire

/// The keys of a data folder, and the secret that playback links are signed with.
package struct Keyring: Codable, Sendable, Equatable {
    private var format = 1
    private(set) var linkSecret: [UInt8]
    package private(set) var keys: [AccessKey] = []

    /// Without keys, and with a secret of its own.
    init() { linkSecret = Secrets.random(32) }

    /// Makes a key and returns its text.
    ///
    /// - Parameters:
    ///   - name: 1 to 64 letters, digits, dots, dashes and underscores.
    ///   - days: how long it is valid; nil for ever.
    ///   - now: milliseconds since 1970.
    /// - Throws: the name is none, or a valid key has it.
    package mutating func add(
        _ kind: KeyKind, name: String, days: Int? = nil, at now: Int64
    ) throws(KeyError) -> String {
        guard (1...64).contains(name.utf8.count), name.utf8.allSatisfy(Self.isOfName) else {
            throw KeyError(
                "A key's name is 1 to 64 letters, digits, dots, dashes and underscores, not "
                    + "“\(name)”.")
        }
        guard !keys.contains(where: { $0.name == name && $0.isValid(at: now) }) else {
            throw KeyError("There is a key “\(name)”. Revoke it first, or take another name.")
        }
        let (key, text) = AccessKey.make(
            kind, name: name, expiresAt: days.map { now + Int64($0) * Self.dayMilliseconds },
            at: now)
        keys.append(key)
        return text
    }

    /// The key of that name opens nothing from now on. Errors: there is none that is valid.
    package mutating func revoke(_ name: String, at now: Int64) throws(KeyError) {
        guard let index = keys.lastIndex(where: { $0.name == name && $0.isValid(at: now) }) else {
            throw KeyError("There is no valid key “\(name)”. holdfastd token list names them.")
        }
        keys[index].revokedAt = now
    }

    /// Playback links that were made before open nothing from now on.
    package mutating func revokeLinks() { linkSecret = Secrets.random(32) }

    /// The valid key that has this text. Every key is compared, in constant time.
    func key(_ text: some Sequence<UInt8>, at now: Int64) -> AccessKey? {
        let digest = SHA256Digest.of(Array(text))
        var found: AccessKey?
        for key in keys where Secrets.areEqual(key.digest, digest) && key.isValid(at: now) {
            found = key
        }
        return found
    }

    /// A link to a recording's media and waveform, as path and query; nil: `id` is none.
    ///
    /// - Parameters:
    ///   - id: of a recording, which need not be there yet.
    ///   - now: milliseconds since 1970.
    package func link(_ id: String, seconds: Int64, at now: Int64) -> String? {
        guard let id = RecordingID(id) else { return nil }
        return PlaybackLink(id, expires: now / 1000 + seconds, linkSecret).document(id).media
    }

    static let dayMilliseconds: Int64 = 86_400_000

    private static func isOfName(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"),
            UInt8(ascii: "_"):
            true
        default: false
        }
    }
}

/// Why keys could not be read or changed, as a sentence.
package struct KeyError: Error, Equatable, Sendable, CustomStringConvertible {
    package let description: String

    package init(_ description: String) { self.description = description }
}
