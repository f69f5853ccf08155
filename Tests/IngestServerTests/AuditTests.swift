import Logging
import Posix
import Testing

@testable import IngestServer

@Suite("Audit") struct AuditTests {
    @Test("A line says what, by whom, from where and how it ended, however quiet the log is")
    func line() {
        let lines = Lock<[Logger.Metadata]>([])
        var logger = Logger(label: "test") { _ in Listener(lines) }
        logger.logLevel = .critical
        Audit(logger).note(
            "delete", by: "operator:me", from: "10.0.0.1:5", outcome: "overloaded",
            ["recording": "r"])
        #expect(
            lines.withLock { $0 } == [
                [
                    "action": "delete", "by": "operator:me", "from": "10.0.0.1:5",
                    "outcome": "overloaded", "recording": "r",
                ]
            ])
    }

    @Test("Who shows a key is told by its kind and name, never by the key")
    func who() {
        var shown = Credential()
        #expect(shown.who == "open")
        shown.token = [1, 2, 3]
        #expect(shown.who == "recording-token")
        shown.keys = [Credential.Key(kind: .operator, name: "me")]
        #expect(shown.who == "operator:me")
    }

    @Test("Settings are told by what differs from the defaults")
    func changes() {
        var settings = Settings()
        #expect(settings.changes.isEmpty)
        settings.retention.finalizedDays = 30
        #expect(settings.changes == ["settings.finalizedDays": "30"])
    }

    /// Keeps what it is told.
    private struct Listener: LogHandler {
        let lines: Lock<[Logger.Metadata]>
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.info

        init(_ lines: Lock<[Logger.Metadata]>) { self.lines = lines }

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            let found = event.metadata ?? [:]
            lines.withLock { $0.append(found) }
        }
    }
}
