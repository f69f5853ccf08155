internal import HTTP1
internal import Wire

/// Which pages may call the server from a browser, and what they may send and see: the CORS
/// protocol of the Fetch standard. Rights are not told by it, and nothing here is a cookie: a page
/// needs keys and tokens like everyone.
struct CORS: Sendable {
    private enum Origins: Sendable, Equatable {
        case none
        /// Pages that this machine serves, whatever their port.
        case local
        case all
        case listed(Set<String>)
    }

    private let origins: Origins

    /// - Parameter text: `none`, `local`, `*`, or origins with blanks between them.
    /// - Throws: a sentence; something in it is no origin.
    init(_ text: String) throws(SettingsError) {
        switch text {
        case "none": origins = .none
        case "local": origins = .local
        case "*": origins = .all
        default:
            let words = text.split(separator: " ").map(String.init)
            for word in words where !Self.isOrigin(word) {
                throw SettingsError(
                    "corsOrigins must be none, local, *, or origins such as "
                        + "https://app.example.org with blanks between them, not “\(word)”.")
            }
            origins = .listed(Set(words))
        }
    }

    /// What each answer has beside its own fields.
    func fields(_ head: RequestHead) -> [(String, String)] {
        if origins == .none { return [] }
        guard let origin = head.fields[Names.origin] else {
            // Another page's answer must not be taken from a cache for this one.
            let isCached = origins != .all && (head.method == "GET" || head.method == "HEAD")
            return isCached ? [Self.varies] : []
        }
        guard allows(origin) else { return [Self.varies] }
        let exposed = ("Access-Control-Expose-Headers", Self.exposed)
        if origins == .all { return [("Access-Control-Allow-Origin", "*"), exposed] }
        return [("Access-Control-Allow-Origin", origin), exposed, Self.varies]
    }

    /// What the answer to a preflight has beside those; nothing where it is none.
    func preflight(_ head: RequestHead, methods: [String]) -> [(String, String)] {
        guard let origin = head.fields[Names.origin], allows(origin),
            head.fields["Access-Control-Request-Method"] != nil
        else { return [] }
        return [
            ("Access-Control-Allow-Methods", methods.joined(separator: ", ")),
            ("Access-Control-Allow-Headers", Self.accepted),
            // As long as any browser believes it: two hours.
            ("Access-Control-Max-Age", "7200"),
        ]
    }

    private static let exposed = Names.sent.joined(separator: ", ")
    private static let accepted = Names.accepted.joined(separator: ", ")
    private static let varies = (Names.vary, Names.origin)

    private func allows(_ origin: String) -> Bool {
        switch origins {
        case .none: false
        case .all: true
        case .local: Self.isLocal(origin)
        case .listed(let origins): origins.contains(origin)
        }
    }

    private static func isLocal(_ origin: String) -> Bool {
        guard isOrigin(origin), let host = parts(origin)?.host else { return false }
        return ["localhost", "127.0.0.1", "[::1]"].contains(host)
    }

    /// As browsers write it (RFC 6454 §6.2): scheme, host in lower case, a port unless it is the
    /// scheme's own, and nothing else.
    private static func isOrigin(_ text: String) -> Bool {
        guard let (host, port) = parts(text), !host.isEmpty else { return false }
        let isName = host.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"):
                true
            // Of an IPv6 address.
            case UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: ":"): host.first == "["
            default: false
            }
        }
        let isPort = port.map { !$0.isEmpty && UInt16($0) != nil } ?? true
        return isName && isPort
    }

    private static func parts(_ origin: String) -> (host: Substring, port: Substring?)? {
        for scheme in ["http://", "https://"] where origin.hasPrefix(scheme) {
            let rest = origin.dropFirst(scheme.count)
            let end = rest.hasPrefix("[") ? rest.firstIndex(of: "]") : nil
            let colon = rest[(end ?? rest.startIndex)...].firstIndex(of: ":")
            guard let colon else { return (rest, nil) }
            return (rest[..<colon], rest[rest.index(after: colon)...])
        }
        return nil
    }
}
