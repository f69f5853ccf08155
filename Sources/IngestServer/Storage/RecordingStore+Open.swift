internal import Catalog
package import DurableLog
package import Logging
package import Posix
internal import Recordings

/// Why a data folder cannot be served.
package struct StorageError: Error, Sendable, CustomStringConvertible {
    /// A sentence that says what to do.
    package let description: String
}

extension RecordingStore {
    private static let format = "holdfast 1\n"

    /// Opens a data folder: takes its lock, reads what was left, and starts moving bytes.
    ///
    /// Memory is bounded by the chunks that are still in the log, not by their bytes.
    package static func open(
        _ settings: StorageSettings, files: any FileSystem, isLocked: Bool = true,
        metrics: StorageMetrics, observer: any LogObserver, logger: Logger, clock: WallClock
    ) throws(StorageError) -> RecordingStore {
        do throws(SystemError) {
            try files.createFolder(settings.folder + "/recordings")
            try Background.clean(settings, files)
            try checkFormat(settings.folder, files)
            try files.syncFolder(settings.folder)
        } catch {
            throw StorageError(description: "The data folder cannot be used: \(error).")
        }
        let lock = isLocked ? try lock(settings.folder) : nil
        let (catalog, active) = try openCatalog(settings, files, logger, clock)
        let replay = Replay(settings, files, openedAt: clock.milliseconds())
        for row in active { replay.take(row) }
        let log: ChunkLog
        do throws(LogError) {
            log = try ChunkLog.open(
                fitted(settings.log, settings.folder, files), fileSystem: files, observer: observer
            ) { frame in
                replay.take(frame)
            }
        } catch .usedUp {
            throw StorageError(
                description: "A segment in \(settings.folder)/log has numbers that no log gets to: "
                    + "something else wrote to it. Put a copy of it back, or move it elsewhere, "
                    + "which gives up what was only in it.")
        } catch {
            throw StorageError(description: "The log cannot be opened: \(error).")
        }
        for problem in replay.problems {
            logger.error("A recording cannot be read", metadata: ["problem": "\(problem)"])
        }
        let store = RecordingStore(
            Parts(
                settings: settings, files: files, log: log, index: CatalogIndex(catalog, log),
                assembler: Assembler(interval: settings.checkpointInterval),
                disk: DiskReader("disk"), metrics: metrics, logger: logger, clock: clock,
                folderLock: lock),
            entries: Array(replay.entries.values))
        store.resume(Array(replay.entries.values), lag: replay.lag)
        return store
    }

    /// Stops: what is urgent is done, the log is drained, and whoever waits for a publication
    /// hears that it comes after the next start. Blocks.
    package func close() {
        retention.close()
        background.close()
        noteActivity(leastChange: 0)
        assembler.close()
        log.close()
        for entry in entries {
            let (asked, waiters) = entry.state.withLock { state in
                defer { state.finalize?.waiters = [] }
                return (state.finalize?.waiters ?? [], state.takeWaiters())
            }
            for waiter in asked { waiter(Self.stopping) }
            for waiter in waiters { waiter() }
        }
    }

    /// Half of the log is in use: everything in it moves home as fast as it can.
    var logIsPressed: Bool {
        let state = log.state
        return state.bytesRoom * 2 < state.bytesMax
    }

    /// While the log is pressed: the oldest quarter of its segments. When all that is in them has
    /// moved home they are free together, whereas slices by offset would leave a little in each.
    var oldestGenerations: ClosedRange<UInt64>? {
        let state = log.state
        guard state.bytesRoom * 2 < state.bytesMax, let oldest = state.oldestSegment else {
            return nil
        }
        return oldest.generation...oldest.generation + UInt64(state.segmentsLive / 4)
    }

    private func resume(_ entries: [Entry], lag: Int64) {
        assembler.lag(by: lag)
        for entry in entries {
            entry.state.withLock { state in
                log.release(state.buried)
                state.buried = []
                if state.owner.application != nil {
                    state.caller = CallerName(state.owner, peer: "")
                }
                admission.settle(&state)
                switch state.phase {
                case .finalizing, .deleted:
                    if !state.controls.isEmpty { urge(entry, &state) }
                default:
                    if !state.unmoved.isEmpty || !state.controls.isEmpty { queue(entry, &state) }
                }
                // A publication's row may be what the crash cut off.
                if state.phase == .finalized {
                    index.note(state.catalogRow(entry.id), then: [])
                    background.add(entry.id)
                }
            }
        }
        metrics.watch(self)
        assembler.start(self)
        background.start(self)
        retention.start(self)
        for entry in entries { forgetIfResting(entry) }
    }

    /// On a small disk the log keeps to a quarter of it, for its segments stay when what was in
    /// them is home or deleted. Four segments are the least.
    private static func fitted(
        _ log: ChunkLog.Settings, _ folder: String, _ files: any FileSystem
    ) -> ChunkLog.Settings {
        // A figure that cannot be had bounds nothing; the writes will say what is wrong.
        guard let free = try? files.freeBytes(folder) else { return log }
        let segments = (try? files.names(in: log.folder).count) ?? 0
        let disk = Int(min(free, 1 << 60)) + segments * log.segmentBytes
        var fitted = log
        fitted.logBytesMax = min(log.logBytesMax, max(4 * log.segmentBytes, disk / 4))
        fitted.poolBytes = min(log.poolBytes, fitted.logBytesMax)
        fitted.reserveBytes = min(log.reserveBytes, fitted.logBytesMax / 4)
        return fitted
    }

    private static func checkFormat(
        _ folder: String, _ files: any FileSystem
    ) throws(SystemError) {
        let path = folder + "/FORMAT"
        guard files.exists(path) else {
            return try files.replaceDurably(path, with: Array(format.utf8))
        }
        let found = String(decoding: try files.contents(path), as: UTF8.self)
        guard found == format else {
            throw SystemError(
                "read format \(found.debugDescription), which this version does not know, from",
                path, 95)
        }
    }

    private static func lock(_ folder: String) throws(StorageError) -> FolderLock {
        do throws(SystemError) { return try FolderLock(folder) } catch {
            throw StorageError(
                description: "Another holdfastd is using the data folder \(folder). Stop it, or "
                    + "give this one another folder with --data. (\(error))")
        }
    }

    /// The catalog, rebuilt from the manifests if it is missing or cannot be read.
    private static func openCatalog(
        _ settings: StorageSettings, _ files: any FileSystem, _ logger: Logger,
        _ clock: WallClock
    ) throws(StorageError) -> (Catalog, [CatalogRow]) {
        let path = settings.catalogPath
        do throws(CatalogError) {
            let catalog: Catalog
            do throws(CatalogError) {
                catalog = try Catalog.open(path: path)
            } catch  where error.needsRebuild {
                logger.notice("The catalog is built anew", metadata: ["reason": "\(error)"])
                catalog = try Catalog.rebuild(
                    path: path, rows: rows(settings, files, logger, clock))
            }
            return (catalog, try catalog.active())
        } catch {
            throw StorageError(description: "The catalog \(path) cannot be used: \(error)")
        }
    }

    private static func rows(
        _ settings: StorageSettings, _ files: any FileSystem, _ logger: Logger,
        _ clock: WallClock
    ) -> [CatalogIndex.Row] {
        let now = clock.milliseconds()
        var rows: [CatalogIndex.Row] = []
        let all = settings.folder + "/recordings"
        for shard in names(in: all, files, logger) {
            for name in names(in: "\(all)/\(shard)", files, logger) {
                guard let id = RecordingID(name) else { continue }
                let folder = RecordingFolder(id, in: settings.folder)
                do throws(SystemError) {
                    var state = EntryState(phase: .loading)
                    try LoadedEntry.load(folder, files).apply(to: &state)
                    // Only the catalog knew when bytes came last.
                    state.activeAt = now
                    if state.phase != .absent { rows.append(state.catalogRow(id)) }
                } catch {
                    logger.error(
                        "A recording cannot be read",
                        metadata: ["recording": "\(name)", "error": "\(error)"])
                }
            }
        }
        return rows
    }

    private static func names(
        in folder: String, _ files: any FileSystem, _ logger: Logger
    ) -> [String] {
        do throws(SystemError) { return try files.names(in: folder).sorted() } catch {
            logger.error(
                "A folder cannot be read",
                metadata: ["folder": "\(folder)", "error": "\(error)"])
            return []
        }
    }
}
