internal import Digests
internal import Glibc
package import Posix

/// A write-ahead log of recycled segments: group commit, recovery, reclaiming.
///
/// Every call may come from any thread. The owner calls `close`; a log that is dropped without
/// keeps its threads.
package final class ChunkLog: Sendable {
    private let site: LogSite
    private let books: Lock<Books>
    private let writer: BatchWriter
    private let keeper: SegmentKeeper

    /// The largest payload of a frame: a quarter of a segment.
    package var payloadBytesMax: Int { site.settings.segmentBytes / 4 }

    package var state: LogState { books.withLock { $0.state } }

    /// Recovers what the folder holds and opens the log for appending.
    ///
    /// Each frame that is whole is given to `replay`, in LSN order; damage goes to `observer`.
    /// Blocks: reads every live segment, writes the pool. `random`: 64 random bits a call.
    /// Errors: `.failed` when the folder cannot be read.
    package static func open(
        _ settings: Settings, fileSystem: any FileSystem, observer: any LogObserver,
        random: @escaping @Sendable () -> UInt64 = { .random(in: .min ... .max) },
        replay: (RecoveredFrame) -> FrameDisposition
    ) throws(LogError) -> ChunkLog {
        settings.check()
        let site = LogSite(
            settings: settings, fileSystem: fileSystem, observer: observer, random: random)
        var recovery = Recovery(site)
        do throws(SystemError) { try recovery.run(replay) } catch { throw .failed(error) }
        let numbers = max(recovery.result.nextGeneration, recovery.result.lastLSN)
        guard numbers < Layout.openNumberMax else { throw .usedUp }
        return ChunkLog(site, recovery.result)
    }

    private init(_ site: LogSite, _ recovered: Recovery.Result) {
        self.site = site
        books = Lock(Books(recovered, site.settings))
        keeper = SegmentKeeper(site, books)
        writer = BatchWriter(
            site, books, keeper, lastLSN: recovered.lastLSN, checksum: recovered.checksum)
        fillPool()
        guard site.settings.startsThreads else { return }
        keeper.start()
        keeper.wake()
        Thread.start("log") { [books, writer] in
            writer.run()
            books.withLock { $0.isDry = true }
            books.signal()
        }
    }

    /// Queues a frame and returns at once; the order of calls is the order in the log.
    ///
    /// `payload` must stay in place until `completion` runs. `crc32c`: the payload's CRC-32C if
    /// it is known. `completion` runs on the log's thread after the sync that covers the frame,
    /// in LSN order, and must not block. It may say `.full` too (the disk would not grow).
    /// Errors: `.full`, `.closed`; nothing is queued then and `completion` never runs.
    package func append(
        _ frame: Frame, payload: LentBytes, crc32c: UInt32? = nil,
        completion: @escaping @Sendable (Result<FrameLocation, LogError>) -> Void
    ) throws(LogError) {
        try enqueue(
            Entry(
                frame: frame, payload: payload, owned: [],
                crc32c: crc32c ?? CRC32C.of(payload.buffer), completion: completion))
    }

    /// The same for a small payload that the log keeps itself.
    package func append(
        _ frame: Frame, payload: [UInt8] = [],
        completion: @escaping @Sendable (Result<FrameLocation, LogError>) -> Void
    ) throws(LogError) {
        try enqueue(
            Entry(
                frame: frame, payload: LentBytes(UnsafeRawBufferPointer(start: nil, count: 0)),
                owned: payload, crc32c: CRC32C.of(payload), completion: completion))
    }

    /// The frame is no longer needed: its bytes are home elsewhere, durably. Once for each live
    /// frame. A segment without live frames is marked free and recycled in the background; after
    /// a crash before that its frames are replayed again.
    package func release(_ location: FrameLocation) {
        release(CollectionOfOne(location))
    }

    package func release(_ locations: some Sequence<FrameLocation>) {
        let (hasFreed, endsPace) = books.withLock { books in
            var hasFreed = false
            for location in locations where books.release(location) { hasFreed = true }
            return (hasFreed, books.releasedBytesWanted > 0 && books.isPaced)
        }
        if hasFreed { keeper.wake() }
        if endsPace { books.signal() }
    }

    /// Fills `buffer` with payload bytes of a live frame, from byte `from` of the payload.
    /// Returns how many; fewer than asked only at the payload's end. Blocks: pread(2).
    /// Errors: ESTALE for a released frame whose segment has another life, EBADF once closed.
    package func read(
        _ location: FrameLocation, into buffer: UnsafeMutableRawBufferPointer, from: Int = 0
    ) throws(SystemError) -> Int {
        precondition(from >= 0 && from <= location.byteCount, "a read begins in the payload")
        let file = try file(location)
        let count = min(buffer.count, location.byteCount - from)
        return try file.read(
            into: .init(rebasing: buffer[..<count]), at: location.fileOffset + Int64(from))
    }

    /// The whole payload of a live frame. Blocks and fails as the other `read`.
    package func read(_ location: FrameLocation) throws(SystemError) -> [UInt8] {
        try file(location).read(location.byteCount, at: location.fileOffset)
    }

    /// Blocks: commits what is queued, seals the log and stops its threads. Later appends are
    /// refused, reads fail.
    package func close() {
        let isFirst = books.withLock { books in
            defer { books.isClosing = true }
            return !books.isClosing
        }
        guard isFirst else { return }
        if site.settings.startsThreads {
            books.signal()
            books.wait(until: \.isDry) { _ in }
        } else {
            writer.commitQueued()
        }
        writer.closeCurrent()
        if site.settings.startsThreads { keeper.stop() } else { keeper.doChores(mayGrow: false) }
        books.withLock { books in
            books.isClosed = true
            books.segments = [:]
            books.free = []
        }
    }

    /// Commits what is queued, on the caller's thread. Only without threads.
    package func commitQueued() {
        precondition(!site.settings.startsThreads, "the log's thread commits")
        writer.commitQueued()
    }

    /// Seals, frees and creates segments as is due. Only without threads.
    package func doChores() {
        precondition(!site.settings.startsThreads, "the keeper's thread does chores")
        keeper.doChores(mayGrow: true)
    }
}

extension ChunkLog {
    private func enqueue(_ entry: Entry) throws(LogError) {
        precondition(entry.payloadBytes <= payloadBytesMax, "a payload is a quarter of a segment")
        var admission = books.withLock { $0.admit(entry) }
        if admission == .full, hasRoomAgain() { admission = books.withLock { $0.admit(entry) } }
        switch admission {
        case .queued: break
        case .queuedFirst: books.signal()
        case .full: throw .full
        case .closed: throw .closed
        }
    }

    /// After the disk refused to grow: whether it would now.
    private func hasRoomAgain() -> Bool {
        guard books.withLock({ $0.growthRefused }) else { return false }
        // An error here is the refusal once more.
        let free = (try? site.fileSystem.freeBytes(site.settings.folder)) ?? 0
        guard free >= 2 * Int64(site.settings.segmentBytes) else { return false }
        books.withLock { $0.growthRefused = false }
        keeper.wake()
        return true
    }

    private func file(_ location: FrameLocation) throws(SystemError) -> any StoredFile {
        let (file, isClosed) = books.withLock { ($0.file(location), $0.isClosed) }
        if let file { return file }
        throw SystemError("read", site.path(location.segment.number), isClosed ? EBADF : ESTALE)
    }

    /// Writes segments up to `poolBytes`, and no more than the log may have.
    private func fillPool() {
        let wanted = site.settings.poolBytes / site.settings.segmentBytes
        while true {
            let number = books.withLock { books -> UInt32? in
                guard books.free.count < wanted, books.growable > 0 else { return nil }
                return books.startGrowing()
            }
            guard let number else { return }
            keeper.perform(.grow(number))
        }
    }
}
