import DurableLog
import Logging
import Posix
import Telemetry
import TestKit
import Testing

@testable import IngestServer

/// A data folder on which a store is opened again and again; its catalog is on a real disk.
struct DataFolder: Sendable {
    let files: any FileSystem
    let catalogs = TemporaryFolder("storage", inMemory: true)
    var settings: StorageSettings
    let clock = Lock<Int64>(1_790_000_000_000)

    /// Small segments, all there from the start: while the first is in use, a sync in the log's
    /// folder is that of a batch. `checkpointInterval` zero: bytes move home at once.
    init(
        _ files: any FileSystem = SimulatedFileSystem(), folder: String = "/data",
        checkpointInterval: Duration = .zero
    ) {
        self.files = files
        var log = ChunkLog.Settings(folder: folder + "/log")
        log.segmentBytes = 64 << 10
        log.logBytesMax = 1 << 20
        log.poolBytes = Int(log.logBytesMax)
        log.reserveBytes = 64 << 10
        settings = StorageSettings(folder: folder, log: log)
        settings.catalogPath = catalogs.path + "/catalog.sqlite"
        settings.checkpointInterval = checkpointInterval
        settings.retryInterval = .zero
        settings.diskReserveBytes = 0
        // Tests take all the time there is.
        settings.worksWhenIdle = false
    }

    func open() throws(StorageError) -> RecordingStore {
        let clock = clock
        return try open {
            clock.withLock { now in
                now += 1000
                return now
            }
        }
    }

    /// - Parameter milliseconds: the wall clock, since 1970.
    func open(
        milliseconds: @escaping @Sendable () -> Int64
    ) throws(StorageError) -> RecordingStore {
        try RecordingStore.open(
            settings, files: files, isLocked: false,
            metrics: StorageMetrics(MetricsRegistry()), observer: QuietLog(),
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }),
            clock: WallClock(milliseconds))
    }

    /// Closes `store` and opens the folder again.
    func reopen(_ store: RecordingStore) throws(StorageError) -> RecordingStore {
        store.close()
        return try open()
    }

    func loseCatalog() throws(SystemError) {
        for suffix in ["", "-wal", "-shm"] {
            try DiskFileSystem().remove(settings.catalogPath + suffix)
        }
    }
}

/// Hears nothing.
private struct QuietLog: LogObserver {
    func committed(_ batch: CommittedBatch) {}
    func failed(_ error: SystemError, frames: Int) {}
    func damaged(_ damage: LogDamage) {}
    func choreFailed(_ error: SystemError) {}
}

/// Waits for what the store's own threads do, as long as the test has time.
func eventually(_ isSo: () throws -> Bool) async rethrows {
    while try !isSo() {
        if Task.isCancelled {
            Issue.record("what was waited for never came")
            return
        }
        await Task.yield()
    }
}
