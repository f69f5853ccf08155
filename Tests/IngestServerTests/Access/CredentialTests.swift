import Digests
import HTTP1
import Recordings
import Testing
import Wire

@testable import IngestServer

/// What a head shows, letter for letter.
@Suite("Credentials") struct CredentialTests {
    private static let now: Int64 = 1_800_000_000_000
    private static let token = "0123456789abcdefghijkl"
    private static let id = "01890a5d-ac96-774b-bcce-b302099a8059"

    private static func read(
        _ fields: [(String, String)], _ keyring: Keyring = Keyring(), query: String? = nil,
        at now: Int64 = now
    ) -> Credential {
        let head = RequestHead(
            method: "GET", path: "/", query: query, fields: Fields(fields))
        return Credential(head, media: RecordingID(id), at: now) { keyring }
    }

    @Test("a token is taken as RFC 6750 writes it, and known by its hash")
    func tokens() {
        let digest = SHA256Digest.of(Array(Self.token.utf8))
        for scheme in ["Bearer ", "bearer ", "BEARER   "] {
            let shown = Self.read([("authorization", scheme + Self.token)])
            #expect(shown == Credential(token: digest))
        }
        let padded = Self.token + "-._~+/=="
        #expect(
            Self.read([("Authorization", "Bearer \(padded)")]).token
                == SHA256Digest.of(Array(padded.utf8)))
        #expect(Self.read([]) == Credential())
    }

    @Test(
        "what is no token is no good, and nothing is not taken for it",
        arguments: [
            "", "Bearer", "Bearer ", "Bearer 0123456789abcdefghijk", "Basic 0123456789abcdefghijkl",
            "Bearer0123456789abcdefghijkl", "Bearer 0123456789 abcdefghijkl",
            "Bearer 0123456789abcdefghijkl,", "Bearer =0123456789abcdefghijkl",
            "Bearer 0123456789abcdefghi=kl", "Bearer 0123456789abcdefghijké",
            "Bearer \t0123456789abcdefghijkl", "0123456789abcdefghijkl", " 0123456789abcdefghijkl",
            "Bearer " + String(repeating: "a", count: 257), "Bearer hfop_0123456789abcdefghijkl",
        ])
    func noTokens(value: String) {
        #expect(
            Self.read([("Authorization", value)]) == Credential(flaw: .validCredential))
    }

    @Test("the same field twice is no good, even with the same value")
    func twice() throws {
        var keyring = Keyring()
        let key = try keyring.add(.application, name: "app", at: Self.now)
        let line = ("Authorization", "Bearer \(Self.token)")
        #expect(Self.read([line, line]) == Credential(flaw: .validCredential))
        let shown = Self.read([("Application-Key", key), ("Application-Key", key)], keyring)
        #expect(shown == Credential(flaw: .validApplicationKey))
    }

    @Test("a key is taken from either field, while it is valid", arguments: KeyKind.allCases)
    func keys(kind: KeyKind) throws {
        var keyring = Keyring()
        let text = try keyring.add(kind, name: "one", days: 1, at: Self.now)
        let key = Credential.Key(kind: kind, name: "one")
        #expect(Self.read([("Authorization", "Bearer \(text)")], keyring).keys == [key])
        let both = Self.read(
            [("Application-Key", text), ("Authorization", "Bearer \(Self.token)")], keyring)
        #expect(both.keys == [key] && both.token != nil && both.flaw == nil)
        let later = Self.now + 86_400_000
        let wrong = [
            text.uppercased(), String(text.dropLast()), text + "A", text + "\t", "",
        ]
        for value in wrong {
            let bearer = Self.read([("Authorization", "Bearer \(value)")], keyring)
            #expect(bearer == Credential(flaw: .validCredential) || bearer.token != nil)
            #expect(bearer.keys.isEmpty)
            #expect(
                Self.read([("Application-Key", value)], keyring)
                    == Credential(flaw: .validApplicationKey))
        }
        #expect(
            Self.read([("Authorization", "Bearer \(text)")], keyring, at: later)
                == Credential(flaw: .validCredential))
        try keyring.revoke("one", at: Self.now)
        #expect(
            Self.read([("Application-Key", text)], keyring)
                == Credential(flaw: .validApplicationKey))
    }

    @Test("a link opens its recording until it expires, changed in nothing")
    func links() throws {
        let keyring = Keyring()
        let id = try #require(RecordingID(Self.id))
        let seconds = Self.now / 1000
        let link = PlaybackLink(id, expires: seconds + 60, keyring.linkSecret)
        let good = Credential(hasLink: true)
        #expect(Self.read([], keyring, query: link.query) == good)
        #expect(Self.read([], keyring, query: "as=received&\(link.query)") == good)
        #expect(Self.read([], keyring, query: link.query, at: Self.now + 59_999) == good)
        let (time, signature) = (link.expires, link.signature)
        let other = PlaybackLink(
            try #require(RecordingID("01890a5d-ac96-774b-bcce-b302099a8050")), expires: time,
            keyring.linkSecret)
        let wrong = [
            other.query, "expires=\(time + 1)&signature=\(signature)", "signature=\(signature)",
            "expires=\(time)&signature=", "expires=\(time)&signature=\(signature.dropLast())",
            "expires=\(time)&signature=\(signature)A", "expires=&signature=\(signature)",
            "expires=\(time)&signature=\(signature.uppercased())",
            "expires=+\(time)&signature=\(signature)", "\(link.query)&\(link.query)",
            "expires=9\(time)&\(link.query)",
        ]
        for query in wrong {
            #expect(
                Self.read([], keyring, query: query) == Credential(flaw: .validCredential),
                "\(query)")
        }
        #expect(
            Self.read([], keyring, query: link.query, at: Self.now + 60_000)
                == Credential(flaw: .validCredential))
        #expect(
            Self.read([], Keyring(), query: link.query) == Credential(flaw: .validCredential))
        #expect(Self.read([], keyring, query: "expires=\(time)") == Credential())
    }
}
