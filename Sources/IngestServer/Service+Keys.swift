internal import Foundation
internal import Logging
internal import Reactor

extension Service {
    /// A key and its text.
    typealias FirstKey = (kind: KeyKind, text: String)

    /// The folder's keys; where there were never any, one of each kind is made, unless the server
    /// is open.
    static func openKeys(
        _ settings: Settings, _ store: RecordingStore
    ) throws(ServiceError) -> (keys: Keys, first: [FirstKey]) {
        let file = KeyFile(settings.data)
        let now = store.clock.milliseconds()
        do throws(KeyError) {
            let first = try file.change { keyring throws(KeyError) -> [FirstKey] in
                guard keyring.keys.isEmpty, !settings.access.open else { return [] }
                var made: [FirstKey] = []
                for kind in KeyKind.allCases {
                    made.append((kind, try keyring.add(kind, name: kind.rawValue, at: now)))
                }
                return made
            }
            return (try Keys(file), first)
        } catch {
            store.close()
            throw ServiceError("\(error)")
        }
    }

    private static let watchInterval: Duration = .seconds(1)

    /// Looks for changes of the keys, until it is cancelled.
    static func watching(
        _ keys: Keys, _ clock: WallClock, _ loops: [EventLoop], _ logger: Logger
    ) -> Task<Void, Never>? {
        guard let loop = loops.first else { return nil }
        return Task(executorPreference: loop) {
            while true {
                await loop.sleep(until: .now() + watchInterval)
                if Task.isCancelled { return }
                keys.refresh(logger, at: clock.milliseconds())
            }
        }
    }

    /// Reads certificate and keys again. False: there is nothing to read for an open server of
    /// plain HTTP.
    package func reload() -> Bool {
        if settings.access.open, settings.tlsFiles == nil { return false }
        keys.refresh(logger, at: store.clock.milliseconds())
        reloadCertificate()
        return true
    }

    /// How to use the first keys; nil without any.
    static func welcome(_ keys: [FirstKey], _ url: String) -> String? {
        guard !keys.isEmpty else { return nil }
        func key(_ kind: KeyKind) -> String { keys.first { $0.kind == kind }?.text ?? "" }
        return """

            These keys are shown once. Keep them; the server keeps only their hashes.

              application  \(key(.application))  creates recordings
              operator     \(key(.operator))  may do everything
              scrape       \(key(.scrape))  reads the metrics

            A recorder creates a recording with the application's key, and with a token of its own
            choice that opens this recording alone:

              curl -X PUT \(url)/recordings/$(cat /proc/sys/kernel/random/uuid) \\
                -H "Authorization: Bearer $(openssl rand -hex 16)" \\
                -H 'Application-Key: \(key(.application))' \\
                -H 'Content-Type: application/json' -d '{"mediaType": "audio/ogg"}'

            You, and Prometheus:

              curl -H 'Authorization: Bearer \(key(.operator))' \(url)/recordings
              curl -H 'Authorization: Bearer \(key(.scrape))' \(url)/metrics

            holdfastd token makes other keys and revokes these. On loopback, --open does without.


            """
    }
}
