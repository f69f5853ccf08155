internal import DurableLog
internal import Foundation
internal import Logging
internal import Posix
internal import Telemetry

extension Service {
    /// Recovery runs here: blocks for as long as the log takes to read.
    static func openStore(
        _ settings: Settings, _ registry: MetricsRegistry, _ logger: Logger
    ) throws(ServiceError) -> RecordingStore {
        let clock = WallClock { Int64(Date.now.timeIntervalSince1970 * 1000) }
        do throws(StorageError) {
            return try RecordingStore.open(
                settings.storage, files: DiskFileSystem(), metrics: StorageMetrics(registry),
                observer: LogMetrics(registry, logger), logger: logger, clock: clock)
        } catch {
            throw ServiceError("\(error)")
        }
    }

    /// What clients tell is kept beside the recordings, in a file of its own.
    static func reports(
        _ settings: Settings, _ registry: MetricsRegistry, _ logger: Logger
    ) -> ClientReports {
        ClientReports(
            path: settings.data + "/telemetry.sqlite", settings.reports, registry, logger,
            WallClock { Int64(Date.now.timeIntervalSince1970 * 1000) })
    }
}
