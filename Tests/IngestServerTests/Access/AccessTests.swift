import Digests
import Testing
import Wire

@testable import IngestServer

/// Every right with what opens it, and all else that does not.
@Suite("Access") struct AccessTests {
    typealias Deed = Access.Deed
    typealias Decision = Access.Decision

    private static let token = SHA256Digest.of(Array("0123456789abcdefghijkl".utf8))
    private static let otherToken = SHA256Digest.of(Array("0123456789abcdefghijkm".utf8))
    private static let recording = Access.Recording(
        owner: Owner(tokenDigest: token, application: "app"))
    private static let expired = Access.Recording(
        owner: recording.owner, isTokenExpired: true)
    private static let ownerless = Access.Recording(owner: Owner())

    private static func key(_ kind: KeyKind, _ name: String = "app") -> Credential {
        Credential(keys: [Credential.Key(kind: kind, name: name)])
    }

    /// What may be shown.
    static let shown: [String: Credential] = [
        "nothing": Credential(),
        "token": Credential(token: token),
        "other token": Credential(token: otherToken),
        "application": key(.application),
        "other application": key(.application, "other"),
        "operator": key(.operator, "me"),
        "scrape": key(.scrape, "prometheus"),
        "token and application": Credential(
            token: token, keys: [Credential.Key(kind: .application, name: "app")]),
        "other token and application": Credential(
            token: otherToken, keys: [Credential.Key(kind: .application, name: "app")]),
        "token and scrape": Credential(
            token: token, keys: [Credential.Key(kind: .scrape, name: "prometheus")]),
        "link": Credential(hasLink: true),
        "unknown": Credential(flaw: .validCredential),
        "unknown application": Credential(token: token, flaw: .validApplicationKey),
    ]

    /// Which of them open a recording that was created with token and application.
    static let opens: [Deed: Set<String>] = [
        .ask: Set(shown.keys),
        .create: ["token", "token and application", "token and scrape", "operator"],
        .upload: ["token", "token and application", "token and scrape", "operator"],
        .tend: ["token", "token and application", "token and scrape", "operator"],
        .play: ["token", "token and application", "token and scrape", "operator", "link"],
        .link: [
            "application", "token and application", "other token and application", "operator",
        ],
        .list: ["operator"],
        .delete: ["operator"],
        .report: [
            "application", "token and application", "other token and application", "operator",
        ],
        .scrape: ["scrape", "token and scrape", "operator"],
    ]

    @Test("each right opens its thing, and nothing else does", arguments: Deed.allCases)
    func closed(deed: Deed) {
        for (name, credential) in Self.shown {
            let decision = Access.decide(deed, credential, Self.recording, isOpen: false)
            let isOpened = Self.opens[deed]?.contains(name) == true
            #expect((decision == .allowed) == isOpened, "\(name): \(decision)")
            if deed != .ask, let flaw = credential.flaw {
                #expect(decision == .unauthorized(flaw), "\(name)")
            }
        }
    }

    @Test(
        "what may not see a recording is told the same of one that is not there",
        arguments: [Deed.upload, .tend, .play, .link, .delete])
    func unknownRecording(deed: Deed) {
        for (name, credential) in Self.shown where Self.opens[deed]?.contains(name) == false {
            let there = Access.decide(deed, credential, Self.recording, isOpen: false)
            let missing = Access.decide(deed, credential, nil, isOpen: false)
            let ownerless = Access.decide(deed, credential, Self.ownerless, isOpen: false)
            #expect(there == missing && there == ownerless, "\(name)")
        }
        for (name, credential) in Self.shown where name.contains("token") {
            let decision = Access.decide(deed, credential, nil, isOpen: false)
            #expect(decision != .allowed, "\(name)")
        }
    }

    @Test("every application tells of what is not here, and none of what another created")
    func reports() {
        let other = Self.key(.application, "other")
        #expect(Access.decide(.report, other, nil, isOpen: false) == .allowed)
        for recording in [Self.recording, Self.expired, Self.ownerless] {
            #expect(Access.decide(.report, other, recording, isOpen: false) == .forbidden)
        }
    }

    @Test("a creation takes a token and an application's key, and is repeated with the token")
    func creation() {
        let expectations: [String: (new: Decision, there: Decision)] = [
            "nothing": (.unauthorized(.token), .unauthorized(.token)),
            "application": (.unauthorized(.token), .unauthorized(.token)),
            "token": (.unauthorized(.applicationKey), .allowed),
            "other token": (.unauthorized(.applicationKey), .unauthorized(.applicationKey)),
            "token and application": (.allowed, .allowed),
            "other token and application": (.allowed, .forbidden),
            "token and scrape": (.forbidden, .allowed),
            "scrape": (.forbidden, .forbidden),
            "operator": (.allowed, .allowed),
            "link": (.unauthorized(.token), .unauthorized(.token)),
        ]
        for (name, expected) in expectations {
            guard let credential = Self.shown[name] else { continue }
            let new = Access.decide(.create, credential, nil, isOpen: false)
            let there = Access.decide(.create, credential, Self.recording, isOpen: false)
            #expect(new == expected.new, "\(name), new: \(new)")
            #expect(there == expected.there, "\(name), there: \(there)")
        }
    }

    @Test(
        "an open server answers to names that no stranger's DNS can claim",
        arguments: [
            ("127.0.0.1:8080", true), ("[::1]:8080", true), ("localhost", true),
            ("LOCALHOST:80", true), ("a", true), ("", true), ("app.localhost:80", true),
            ("example.org", false), ("example.org:8080", false), ("127.0.0.1.example.org", false),
            ("a.localhost.example.org", false), ("localhost.", false), ("127.0.0.1x", false),
        ])
    func names(authority: String, isOwn: Bool) {
        #expect(AccessControl.isOwnName(authority) == isOwn)
    }

    @Test("an expired token opens nothing, an operator's key still does")
    func expiry() {
        for deed in [Deed.create, .upload, .tend, .play] {
            for isOpen in [false, true] {
                #expect(
                    Access.decide(
                        deed, Credential(token: Self.token), Self.expired, isOpen: isOpen)
                        == .unauthorized(.validCredential))
                #expect(
                    Access.decide(deed, Self.key(.operator), Self.expired, isOpen: isOpen)
                        == .allowed)
            }
        }
    }

    @Test("who shows nothing is an operator where the server is open, but for a token's chunks")
    func open() {
        let nothing = Credential()
        for deed in Deed.allCases {
            #expect(Access.decide(deed, nothing, nil, isOpen: true) == .allowed)
            #expect(Access.decide(deed, nothing, Self.ownerless, isOpen: true) == .allowed)
            let guarded = deed == .upload || deed == .create
            #expect(
                Access.decide(deed, nothing, Self.recording, isOpen: true)
                    == (guarded ? .unauthorized(.token) : .allowed))
            #expect(
                Access.decide(deed, Credential(token: Self.token), Self.recording, isOpen: true)
                    == .allowed)
            #expect(
                Access.decide(
                    deed, Credential(token: Self.otherToken), Self.recording, isOpen: true)
                    == (deed == .ask ? .allowed : .forbidden))
            #expect(
                Access.decide(
                    deed, Credential(flaw: .validCredential), Self.recording, isOpen: true)
                    == (deed == .ask ? .allowed : .unauthorized(.validCredential)))
        }
    }
}
