internal import DurableLog
internal import Posix
internal import Recordings
internal import Synchronization
internal import Wire

/// A recording in memory: shared by its connections, the log's thread and the assembler.
final class Entry: Sendable {
    let id: RecordingID
    let folder: RecordingFolder
    let state: Lock<EntryState>
    /// How many use it now. It is counted up only with the lock of the store's map.
    let users = Atomic(0)

    init(_ id: RecordingID, _ folder: RecordingFolder, _ phase: Phase) {
        self.id = id
        self.folder = folder
        state = Lock(EntryState(phase: phase))
    }

    /// One turn with the state. `body` answers at once, or returns nil after it has arranged
    /// that the function it was given is called later, exactly once, with the answer.
    func turn<Answer: Sendable>(
        _ body: (inout EntryState, @escaping @Sendable (Answer) -> Void) -> Answer?
    ) async -> Answer {
        await withUnsafeContinuation { continuation in
            let answer = state.withLock { state in
                body(&state) { continuation.resume(returning: $0) }
            }
            if let answer { continuation.resume(returning: answer) }
        }
    }
}

/// Where a recording stands in its life.
enum Phase: Equatable, Sendable {
    /// Being looked up on disk.
    case loading
    /// There is no such recording.
    case absent
    /// Its creation is in the log but not yet synced.
    case creating
    case recording
    /// A finalize found every byte and goes on; see `EntryState.finalize` for how far.
    case finalizing
    case finalized
    case deleted(Problem.GoneReason)
    /// Its deletion is in the log but not yet synced; everything waits for the outcome.
    case deleting
    /// It could not be read from disk; asked again, it is tried again.
    case unreadable(String)
}

/// A piece of a chunk that is durable in the log but not yet in the recording's own file.
struct LoggedPiece: Sendable {
    let range: Range<Int64>
    let sequence: Int64
    let location: FrameLocation
    /// Where in the frame's payload the piece begins.
    let skip: Int
}

struct EntryState {
    private(set) var phase: Phase
    /// While `deleting`: what it goes back to if the deletion does not become durable.
    private var phaseBeforeDeletion: Phase?
    private var deletionReason = Problem.GoneReason.deleted
    var creation: Creation?
    /// It outlives the recording: only its client is told that it is gone.
    var owner = Owner()
    /// Milliseconds since 1970.
    var createdAt: Int64 = 0
    var headBytes: Int64 = 0

    /// Everything taken in, whether synced or not: what `decide` looks at.
    var accepted = ChunkRuns()
    /// What is on stable storage: what clients are told.
    var durable = ChunkRuns()
    /// Chunk frames handed to the log that have not come back.
    var pendingCount = 0
    /// Durable in the log, not yet moved; in order of offset.
    var unmoved: [LoggedPiece] = []
    var unmovedBytes: Int64 = 0
    /// Control frames (creation, finalize, deletion) that wait for a durable home.
    var controls: [FrameLocation] = []
    /// Pieces of a deleted recording found in the log at start; let go of once the log is open.
    var buried: [FrameLocation] = []
    /// Frames of a recording whose own files could not be read at start: they stay in the log,
    /// whatever room that takes, until the next start or its deletion.
    var held: [FrameLocation] = []

    /// The manifest is durable, so the folder is there.
    var isEstablished = false
    var chunkCount: Int64 = 0
    /// Rows in the chunk table on disk.
    var rowCount = 0
    /// What edits of the data file replaced; nil until it is read from the table.
    var originals: Originals? = Originals()

    var finalize: FinalizeState?
    var publication: Publication?
    var notes: [String] = []

    /// Milliseconds since 1970.
    var firstChunkAt: Int64?
    var lastChunkAt: Int64?

    /// The latest activity that an earlier life of the server knew of. Milliseconds since 1970.
    var activeAt: Int64 = 0
    /// The activity that the catalog knows of.
    var notedAt: Int64 = 0
    /// When it was deleted or expired.
    var removedAt: Int64?

    /// Who created it; of one that was created without a key, only since the server was started.
    var caller: CallerName?
    /// What `Admission` counts for it.
    var promisedBytes: Int64 = 0
    var isCountedOpen = false

    /// Whoever waits for anything here to change; called all together, to look again.
    var waiters: [@Sendable () -> Void] = []
    /// How many times the assembler has it in a queue.
    var queuedCount = 0
    /// The assembler works on it: what memory says may not be on disk yet.
    var isAtWork = false
}

/// A finalize under way.
struct FinalizeState: Sendable {
    enum Step: Sendable {
        /// The assembler moves all bytes and computes the digest.
        case moving
        /// The digest is known; the finalize is fixed by its frame in the log next.
        case digested
        /// Fixed: nothing but a deletion can stop it.
        case fixed
    }
    let request: FinalizeRequest
    let length: Int64
    /// Milliseconds since 1970.
    let requestedAt: Int64
    /// For the time from stop to playable.
    let startedAt: ContinuousClock.Instant
    var step = Step.moving
    /// Retention's: nobody has said how long the recording is.
    var isAbandoned = false
    /// Whoever asked: nil says that it is published.
    var waiters: [@Sendable (Problem?) -> Void] = []
}

extension EntryState {
    init(phase: Phase) { self.phase = phase }

    /// As one that is looked up for the first time, but for who waits and what it is queued for.
    mutating func reset() {
        var fresh = EntryState(phase: .loading)
        swap(&fresh.waiters, &waiters)
        fresh.queuedCount = queuedCount
        fresh.isAtWork = isAtWork
        self = fresh
    }

    /// Moves on to `next`; while a deletion waits for its commit, remembers it for later.
    mutating func go(to next: Phase) {
        if phase == .deleting { phaseBeforeDeletion = next } else { phase = next }
    }

    mutating func beginDeletion(_ reason: Problem.GoneReason) {
        phaseBeforeDeletion = phase
        deletionReason = reason
        phase = .deleting
    }

    /// Where it stands, but for a deletion that may still fail.
    var settledPhase: Phase { phase == .deleting ? phaseBeforeDeletion ?? phase : phase }

    mutating func endDeletion(isDurable: Bool) {
        phase = isDurable ? .deleted(deletionReason) : phaseBeforeDeletion ?? phase
        phaseBeforeDeletion = nil
    }

    /// Nothing about it can change by itself, and all of it is on disk: memory may forget it.
    var isResting: Bool {
        guard pendingCount == 0, unmoved.isEmpty, controls.isEmpty, held.isEmpty,
            waiters.isEmpty, queuedCount == 0, !isAtWork
        else { return false }
        switch phase {
        case .absent, .finalized, .deleted, .unreadable: return true
        case .loading, .creating, .recording, .finalizing, .deleting: return false
        }
    }

    /// Takes whoever waits; the caller resumes them outside the lock.
    mutating func takeWaiters() -> [@Sendable () -> Void] {
        defer { waiters = [] }
        return waiters
    }

    /// Adds a synced piece, keeping the order of offsets. O(1) for bytes that come in order.
    mutating func insertUnmoved(_ piece: LoggedPiece) {
        var index = unmoved.count
        if let last = unmoved.last, last.range.lowerBound > piece.range.lowerBound {
            index = firstUnmoved(endingAfter: piece.range.lowerBound)
        }
        unmoved.insert(piece, at: index)
        unmovedBytes += Int64(piece.range.count)
    }

    /// The index of the first piece that ends beyond `offset`. O(log pieces).
    func firstUnmoved(endingAfter offset: Int64) -> Int {
        var range = 0..<unmoved.count
        while !range.isEmpty {
            let middle = range.lowerBound + range.count / 2
            if unmoved[middle].range.upperBound > offset {
                range = range.lowerBound..<middle
            } else {
                range = middle + 1..<range.upperBound
            }
        }
        return range.lowerBound
    }
}
