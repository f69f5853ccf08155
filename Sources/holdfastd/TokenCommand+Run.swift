internal import Foundation
internal import IngestServer

extension TokenCommand {
    /// Does it, and answers with what belongs on standard output.
    ///
    /// - Parameter data: the data folder.
    func run(_ data: String) throws(KeyError) -> String {
        let file = KeyFile(data)
        let now = Int64(Date.now.timeIntervalSince1970 * 1000)
        // Whoever revokes has made something; a mistaken folder must not look like success.
        func change(_ change: (inout Keyring) throws(KeyError) -> Void) throws(KeyError) {
            _ = try file.read()
            try file.change(change)
        }
        switch self {
        case .create(let kind, let name, let days):
            return try file.change { keyring throws(KeyError) in
                try keyring.add(kind, name: name, days: days, at: now)
            } + "\n"
        case .list:
            return Self.table(try file.read().keys, at: now)
        case .revoke(let name):
            try change { keyring throws(KeyError) in try keyring.revoke(name, at: now) }
            return ""
        case .revokeLinks:
            try change { $0.revokeLinks() }
            return ""
        case .link(let id, let seconds):
            let keyring = try file.read()
            guard let link = keyring.link(id, seconds: Int64(seconds), at: now) else {
                throw KeyError("“\(id)” is no recording's id: that is a UUID in lower case.")
            }
            return link + "\n"
        }
    }

    private static func table(_ keys: [AccessKey], at now: Int64) -> String {
        let rows =
            [["NAME", "KIND", "CREATED", "STATE"]]
            + keys.map { [$0.name, $0.kind.rawValue, date($0.createdAt), state($0, at: now)] }
        let widths = (0..<3).map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            let columns = row.enumerated().map { column, text in
                column < widths.count
                    ? text.padding(toLength: widths[column], withPad: " ", startingAt: 0) : text
            }
            return columns.joined(separator: "  ") + "\n"
        }.joined()
    }

    private static func state(_ key: AccessKey, at now: Int64) -> String {
        if let time = key.revokedAt { return "revoked \(date(time))" }
        guard let time = key.expiresAt else { return "valid" }
        return time > now ? "valid until \(date(time))" : "expired \(date(time))"
    }

    private static func date(_ milliseconds: Int64) -> String {
        Date(timeIntervalSince1970: Double(milliseconds / 1000)).formatted(.iso8601)
    }
}
