internal import Posix

/// Seals, frees and creates segments behind the log's back.
final class SegmentKeeper: Sendable {
    private struct Flags {
        var isDue = false
        var isStopping = false
        var hasStopped = false
    }

    private let site: LogSite
    private let books: Lock<Books>
    private let flags = Lock(Flags())

    init(_ site: LogSite, _ books: Lock<Books>) {
        self.site = site
        self.books = books
    }

    func start() {
        Thread.start("log keeper") { [self] in
            while waitForWork() { doChores(mayGrow: true) }
            doChores(mayGrow: false)
            flags.withLock { $0.hasStopped = true }
            flags.signal()
        }
    }

    /// There may be something to do.
    func wake() {
        let wasDue = flags.withLock { flags in
            defer { flags.isDue = true }
            return flags.isDue
        }
        if !wasDue { flags.signal() }
    }

    /// Blocks until the thread has done what was due and is gone.
    func stop() {
        flags.withLock { $0.isStopping = true }
        flags.signal()
        flags.wait(until: \.hasStopped) { _ in }
    }

    /// Does all that is due, on the caller's thread.
    func doChores(mayGrow: Bool) {
        let segmentBytes = site.settings.segmentBytes
        while let chore = books.withLock({
            $0.nextChore(mayGrow: mayGrow, segmentBytes: segmentBytes)
        }) {
            perform(chore)
        }
    }

    /// A chore that `Books` has handed out.
    func perform(_ chore: Chore) {
        switch chore {
        case .seal(let number): rewriteHeader(number, .sealed)
        case .free(let number): rewriteHeader(number, .free)
        case .remove(let number): remove(number)
        case .grow(let number): grow(number)
        }
    }

    /// Blocks until there is work; false when it is time to stop.
    private func waitForWork() -> Bool {
        flags.wait(until: { $0.isDue || $0.isStopping }) { flags in
            flags.isDue = false
            return !flags.isStopping
        }
    }

    private func rewriteHeader(_ number: UInt32, _ state: SegmentHeader.State) {
        guard let segment = books.withLock({ $0.segments[number] }), var header = segment.header
        else { return }
        header.state = state
        do throws(SystemError) {
            let page = Slab(byteCount: Layout.pageBytes)
            header.encode(into: page.buffer)
            try segment.file.write([UnsafeRawBufferPointer(page.buffer)], at: 0)
            try segment.file.syncData()
        } catch {
            books.withLock { books in
                books.segments[number]?.isBusy = false
                books.segments[number]?.isTrusted = false
                if state == .sealed { books.segments[number]?.hasRefusedSeal = true }
            }
            site.observer.choreFailed(error)
            return
        }
        books.withLock { books in
            books.segments[number]?.header = header
            books.segments[number]?.isBusy = false
            books.segments[number]?.isSealed = true
            guard state == .free else { return }
            books.segments[number]?.phase = .free
            books.free.append(number)
            books.growthRefused = false
        }
    }

    private func remove(_ number: UInt32) {
        do throws(SystemError) {
            try site.fileSystem.remove(site.path(number))
            try site.fileSystem.syncFolder(site.settings.folder)
        } catch {
            // It stays busy, so it is not tried again; the next start sees it once more.
            site.observer.choreFailed(error)
            return
        }
        books.withLock { books in
            books.segments[number] = nil
            books.growthRefused = false
        }
    }

    private func grow(_ number: UInt32) {
        do throws(SystemError) {
            let file = try site.createSegment(number)
            books.withLock { books in
                books.finishGrowing(
                    Segment(
                        number: number, file: file, byteCount: site.settings.segmentBytes,
                        phase: .free))
            }
        } catch {
            books.withLock { $0.failGrowing() }
            site.observer.choreFailed(error)
        }
        books.signal()
    }
}
