internal import Containers
internal import Posix
internal import Recordings
internal import Wire

/// What is done with published recordings when nobody else wants the time: copies that can be
/// finished, decoded sound.
///
/// It works on a thread that runs only when all others leave it time, on one recording at a time.
/// What it makes goes into files in a folder of its own, `work`, and is taken into the recording's
/// folder by the assembler's thread, which alone writes there. So a crash or a deletion at any
/// moment leaves nothing but files in `work`, which is emptied at every start.
///
/// What is to be done is not kept anywhere: it shows in the manifests, all of which are looked
/// through once after the start, and again where something was left undone.
final class Background: Sendable {
    struct Queue {
        var ids = FIFO<RecordingID>()
        /// The manifests are to be looked through.
        var isWalkDue = true
        var isAtWork = false
        var deliveries: [RecordingID: Delivery] = [:]
        var isClosed = false
        var hasStarted = false
        var hasEnded = false
    }

    /// More wait in the manifests only.
    private static let idsMax = 10_000

    let folder: String
    let queue = Lock(Queue())
    private let files: any FileSystem
    private let metrics: StorageMetrics

    init(_ settings: StorageSettings, _ files: any FileSystem, _ metrics: StorageMetrics) {
        folder = Self.folder(settings)
        self.files = files
        self.metrics = metrics
    }

    private static func folder(_ settings: StorageSettings) -> String { settings.folder + "/work" }

    /// Where something is made of a recording.
    func file(_ id: RecordingID) -> String { "\(folder)/\(id.text)" }

    /// Forgets what a crash left half made. Called before the store is open.
    static func clean(_ settings: StorageSettings, _ files: any FileSystem) throws(SystemError) {
        let folder = folder(settings)
        try files.createFolder(folder)
        for name in try files.names(in: folder) { try files.remove("\(folder)/\(name)") }
    }

    /// Recordings that wait for their turn.
    var count: Int { queue.withLock { $0.ids.count } }

    /// Nothing is to be done now, nor being done or taken in.
    var isIdle: Bool {
        queue.withLock { queue in
            queue.ids.isEmpty && !queue.isWalkDue && !queue.isAtWork && queue.deliveries.isEmpty
        }
    }

    /// Something may be to be done with a recording, now that it is published.
    func add(_ id: RecordingID) {
        queue.withLock { queue in
            if queue.ids.count < Self.idsMax {
                queue.ids.append(id)
            } else {
                queue.isWalkDue = true
            }
        }
        queue.signal()
    }

    // MARK: Deliveries

    /// Something was made of a recording, in a file that is durable by its bytes; the assembler
    /// takes it in.
    func deliver(
        _ delivery: Delivery, _ entry: Entry, _ store: RecordingStore
    ) throws(SystemError) {
        if delivery.file != nil { try files.syncFolder(folder) }
        queue.withLock { $0.deliveries[entry.id] = delivery }
        entry.state.withLock { store.urge(entry, &$0) }
    }

    func delivery(for id: RecordingID) -> Delivery? { queue.withLock { $0.deliveries[id] } }

    /// It was taken in; there may be more to do, now that this is done.
    func taken(_ id: RecordingID) {
        queue.withLock { queue in
            queue.deliveries[id] = nil
            queue.ids.append(id)
        }
        queue.signal()
    }

    /// Nobody wants it any more.
    func drop(_ id: RecordingID) throws(SystemError) {
        let dropped = queue.withLock { $0.deliveries.removeValue(forKey: id) }
        if let file = dropped?.file { try files.remove(file) }
    }

    // MARK: Life

    /// Starts the thread. It keeps the store alive until `close`.
    func start(_ store: RecordingStore) {
        queue.withLock { $0.hasStarted = true }
        Thread.start("background", idlePriority: store.settings.worksWhenIdle) { [self] in
            BackgroundWorker(store).run()
            queue.withLock { $0.hasEnded = true }
            queue.signal()
        }
    }

    /// Blocks until the thread has left what it was at; what it leaves undone is done after the
    /// next start.
    func close() {
        let hasStarted = queue.withLock { queue in
            queue.isClosed = true
            return queue.hasStarted
        }
        queue.signal()
        if hasStarted { queue.wait(until: { $0.hasEnded }, then: { _ in }) }
    }

    var isClosed: Bool { queue.withLock { $0.isClosed } }
}

/// What was made of a recording, in a file in `work`.
struct Delivery: Sendable {
    enum Content: Sendable {
        /// A finished copy, and the offset in its file at which it begins; nil: not even a copy
        /// can be finished.
        case copy(Artifact?, offset: Int64)
        case sound(LoudnessFacts, [DamageEntry])
        /// There is no sound that can be decoded.
        case noSound
    }

    /// Of the data file that it was made of; another is not served by it.
    let generation: Int
    let content: Content
    /// Nil where nothing came of it.
    let file: String?
}
