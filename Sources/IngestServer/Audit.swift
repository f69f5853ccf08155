internal import Logging

/// What somebody or a rule changes, one structured line each, whatever the log level: what was done
/// (`action`), by whom (`by`), from where (`from`), to what, and how it ended (`outcome`).
struct Audit: Sendable {
    private let logger: Logger

    init(_ logger: Logger) {
        var loud = logger
        loud.logLevel = min(logger.logLevel, .notice)
        self.logger = loud
    }

    /// - Parameters:
    ///   - who: `operator:NAME`, `retention`, `process` and the like.
    ///   - origin: an address with its port, or `server`.
    func note(
        _ action: String, by who: String, from origin: String = "server", outcome: String = "done",
        _ details: [String: String] = [:]
    ) {
        var metadata = details.mapValues { Logger.MetadataValue.string($0) }
        metadata["action"] = "\(action)"
        metadata["by"] = "\(who)"
        metadata["from"] = "\(origin)"
        metadata["outcome"] = "\(outcome)"
        logger.notice("audit", metadata: metadata)
    }
}

extension Credential {
    /// Who shows it, by the kind and name of a key.
    var who: String {
        if let key = keys.first { return "\(key.kind.rawValue):\(key.name)" }
        return token == nil ? "open" : "recording-token"
    }
}
