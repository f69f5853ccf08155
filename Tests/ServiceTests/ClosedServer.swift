import TestKit
import Testing

/// A server that was started for the first time, with the keys that it printed.
final class ClosedServer {
    let server: ServerProcess
    private let keys: [String: String]

    init() throws {
        server = try ServerProcess(settings: ["open": "false"])
        try server.waitForLine(with: "--open does without")
        let lines = server.standardError.split(separator: "\n")
        let pairs = lines.compactMap { line -> (String, String)? in
            let words = line.split(separator: " ").map(String.init)
            return words.count > 2 && words[1].hasPrefix("hf") ? (words[0], words[1]) : nil
        }
        keys = Dictionary(pairs) { first, _ in first }
    }

    var url: String { "http://127.0.0.1:\(server.port)" }

    /// The key of a kind.
    func key(_ kind: String) throws -> String { try #require(keys[kind], "\(keys)") }

    /// A client that shows a token or key, and the application's key.
    func client(_ bearer: String?, key: String? = nil) -> RecordingClient {
        let client = RecordingClient(port: server.port)
        if let bearer { client.credentials.append(("Authorization", "Bearer \(bearer)")) }
        if let key { client.credentials.append(("Application-Key", key)) }
        return client
    }
}
