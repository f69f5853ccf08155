internal import Posix

/// The log's thread: takes what is queued, writes it as one batch, syncs, tells everyone.
// SAFETY: all mutable state belongs to the log's thread (without threads: to the one caller of
// `commitQueued`); what others see goes through `books`.
final class BatchWriter: @unchecked Sendable {
    /// The segment that takes batches.
    private struct Current {
        let file: any StoredFile
        let byteCount: Int
        var header: SegmentHeader
        /// Where the next batch goes; the header is on disk once there was a first.
        var end: SegmentEnd

        var room: Int { byteCount - Int(end.offset) }
        var isBlank: Bool { end.offset == Int64(Layout.pageBytes) }
    }

    /// Most frames in a batch, so that one pwritev(2) takes it (1,024 pieces on Linux).
    private static let framesMax = 1000

    private let site: LogSite
    private let books: Lock<Books>
    private let keeper: SegmentKeeper
    private let clock = ContinuousClock()
    private var current: Current?
    private var buffer = BatchBuffer()
    private var taken: [Entry] = []
    private var nextLSN: UInt64
    private var syncedLSN: UInt64
    /// Of the last good batch of the log: the chain.
    private var checksum: UInt32

    /// Goes on from `lastLSN` and the checksum of the last batch that was recovered.
    init(
        _ site: LogSite, _ books: Lock<Books>, _ keeper: SegmentKeeper, lastLSN: UInt64,
        checksum: UInt32
    ) {
        self.site = site
        self.books = books
        self.keeper = keeper
        self.checksum = checksum
        nextLSN = lastLSN + 1
        syncedLSN = lastLSN
    }

    /// Commits until the log is closing and the queue is dry.
    func run() {
        while true {
            books.withLock { $0.isIdle = $0.queue.isEmpty && !$0.isClosing }
            let isDone = books.wait(until: { !$0.queue.isEmpty || $0.isClosing }) { books in
                books.isIdle = false
                return books.queue.isEmpty
            }
            if isDone { return }
            commitQueued()
        }
    }

    /// Commits what is queued now.
    func commitQueued() {
        books.withLock { swap(&$0.queue, &taken) }
        var next = 0
        while next < taken.count {
            let count = countThatFits(from: next)
            if count > 0 {
                let waited = pace(taken[next..<next + count])
                writeBatch(taken[next..<next + count], waited)
                next += count
                continue
            }
            do throws(LogError) {
                try openSegment(for: taken[next].frame.kind)
            } catch {
                refuse(taken[next], error)
                next += 1
            }
        }
        taken.removeAll(keepingCapacity: true)
    }

    /// The longest that a batch waits while the log is nearly full.
    private static let paceTime = Duration.milliseconds(100)

    /// Returns how long it took.
    private func pace(_ entries: ArraySlice<Entry>) -> Duration {
        guard site.settings.startsThreads else { return .zero }
        let bytes = entries.reduce(0) { $0 + $1.payloadBytes }
        let start = clock.now
        let waits = books.withLock { $0.pace(batchBytes: bytes) }
        if waits { books.wait(atMost: Self.paceTime, until: \.isPaced) { _ in } }
        books.withLock { $0.endPace() }
        return waits ? start.duration(to: clock.now) : .zero
    }

    /// Nothing more comes: the last segment is closed like any other.
    func closeCurrent() {
        books.withLock { retireCurrent(&$0, isTrusted: true) }
    }

    /// How many frames from `start` make the next batch in the current segment.
    private func countThatFits(from start: Int) -> Int {
        guard let current else { return 0 }
        var bytes = Layout.headBytes
        var count = 0
        for entry in taken[start...].prefix(Self.framesMax) {
            let next = bytes + Layout.headBytes + entry.payloadBytes
            guard Layout.pages(next) <= current.room,
                next <= site.settings.commitBytesMax || count == 0
            else { break }
            bytes = next
            count += 1
        }
        return count
    }
}

// MARK: One batch

extension BatchWriter {
    private func writeBatch(_ entries: ArraySlice<Entry>, _ waited: Duration) {
        guard let current else { preconditionFailure("a batch needs a segment") }
        let head = BatchHead(
            generation: current.header.generation, fileOffset: current.end.offset,
            firstLSN: nextLSN, syncedLSN: syncedLSN, byteCount: 0, frameCount: 0,
            checksumBefore: current.end.checksum, frameHeadsChecksum: 0)
        let built = buffer.build(entries, head, current.header, writesHeader: current.isBlank)
        nextLSN += UInt64(entries.count)
        let start = clock.now
        do throws(SystemError) {
            try current.file.write(buffer.pieces, at: current.isBlank ? 0 : current.end.offset)
            let written = clock.now
            try current.file.syncData()
            let done = clock.now
            let batch = CommittedBatch(
                frames: entries.count, bytes: Layout.pages(built.byteCount),
                wait: waited, write: start.duration(to: written), sync: written.duration(to: done),
                lastLSN: nextLSN - 1)
            succeed(entries, batch, built.checksum)
        } catch {
            fail(entries, error)
        }
    }

    private func succeed(
        _ entries: ArraySlice<Entry>, _ batch: CommittedBatch, _ checksum: UInt32
    ) {
        guard var end = current?.end, let number = current?.header.number else { return }
        end.offset += Int64(batch.bytes)
        end.lastLSN = batch.lastLSN
        end.checksum = checksum
        current?.end = end
        self.checksum = checksum
        syncedLSN = batch.lastLSN
        let payloadBytes = entries.reduce(0) { $0 + $1.payloadBytes }
        let cost = entries.reduce(0) { $0 + $1.cost }
        books.withLock { books in
            if var segment = books.segments[number] {
                segment.liveFrames += entries.count
                segment.liveBytes += payloadBytes
                books.segments[number] = segment
            }
            books.liveBytes += payloadBytes
            books.currentRoom -= batch.bytes
            books.pendingCost -= cost
            books.queuedBytes -= payloadBytes
            books.lastLSN = batch.lastLSN
            books.isHealthy = true
        }
        site.observer.complete {
            for (entry, location) in zip(entries, buffer.locations) {
                entry.completion(.success(location))
            }
        }
        site.observer.committed(batch)
    }

    /// The whole batch fails, and its segment is never written again.
    private func fail(_ entries: ArraySlice<Entry>, _ error: SystemError) {
        let payloadBytes = entries.reduce(0) { $0 + $1.payloadBytes }
        let cost = entries.reduce(0) { $0 + $1.cost }
        books.withLock { books in
            retireCurrent(&books, isTrusted: false)
            books.pendingCost -= cost
            books.queuedBytes -= payloadBytes
            books.isHealthy = false
            books.lastFailure = error
        }
        keeper.wake()
        site.observer.complete {
            for entry in entries { entry.completion(.failure(.failed(error))) }
        }
        site.observer.failed(error, frames: entries.count)
    }

    /// A frame that finds no segment.
    private func refuse(_ entry: Entry, _ error: LogError) {
        books.withLock { books in
            books.pendingCost -= entry.cost
            books.queuedBytes -= entry.payloadBytes
        }
        entry.completion(.failure(error))
    }
}

// MARK: Segments

extension BatchWriter {
    /// Makes a free segment the current one.
    private func openSegment(for kind: FrameKind) throws(LogError) {
        try sealOverdue()
        let number = try takeFree(usingReserve: kind.usesReserve)
        let seed = Seed(site.random())
        let (firstLSN, checksum) = (nextLSN, checksum)
        current = books.withLock { books -> Current? in
            retireCurrent(&books, isTrusted: true)
            guard var segment = books.segments[number] else { return nil }
            let header = SegmentHeader(
                number: number, generation: books.nextGeneration, seed: seed, firstLSN: firstLSN,
                checksumBefore: checksum, state: .open, end: nil, earlierEnds: books.unsealedEnds)
            let end = SegmentEnd(
                generation: header.generation, offset: Int64(Layout.pageBytes),
                lastLSN: firstLSN - 1, checksum: checksum)
            segment.header = header
            segment.phase = .current
            segment.isSealed = false
            books.nextGeneration += 1
            books.segments[number] = segment
            books.currentRoom = segment.byteCount - Layout.pageBytes
            return Current(
                file: segment.file, byteCount: segment.byteCount, header: header, end: end)
        }
        keeper.wake()
    }

    /// The current segment takes no more batches.
    private func retireCurrent(_ books: inout Books, isTrusted: Bool) {
        guard let current else { return }
        books.segments[current.header.number]?.header?.end = current.end
        books.segments[current.header.number]?.phase = .closed
        books.segments[current.header.number]?.isTrusted = isTrusted
        books.currentRoom = 0
        self.current = nil
    }

    /// A header names only so many ends of unsealed segments: seals some first, if need be.
    private func sealOverdue() throws(LogError) {
        // One place is for the segment that is about to be closed.
        while books.withLock({ $0.unsealedEnds.count }) >= SegmentHeader.earlierEndsMax {
            guard let chore = books.withLock({ $0.nextSeal() }) else {
                let failure = books.withLock { $0.lastFailure }
                throw failure.map { .failed($0) } ?? .full
            }
            keeper.perform(chore)
        }
    }

    /// Takes a segment from the pool, or creates some until there is one to take.
    private func takeFree(usingReserve: Bool) throws(LogError) -> UInt32 {
        enum Choice: Sendable { case take(UInt32), create(UInt32), wait, none }
        while true {
            let choice = books.withLock { books -> Choice in
                if books.free.count > (usingReserve ? 0 : books.segmentsReserved) {
                    return .take(books.free.removeLast())
                }
                if books.growable > 0 { return .create(books.startGrowing()) }
                return books.growing > 0 ? .wait : .none
            }
            switch choice {
            case .take(let number): return number
            // A failure says that the disk is full, and nothing is growable then.
            case .create(let number): keeper.perform(.grow(number))
            case .wait: books.wait(until: { $0.growing == 0 }) { _ in }
            case .none: throw .full
            }
        }
    }
}
