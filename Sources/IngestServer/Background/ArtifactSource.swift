internal import Containers
internal import Posix
internal import Recordings
internal import Wire

/// A published artifact to be read from its start to its end, in the background: until the
/// recording is deleted, published anew, or the server stops.
struct ArtifactSource {
    let generation: Int
    let byteCount: Int64
    let durationSeconds: Double
    /// Ranges of it that were never received; they read as zeros.
    let holes: [Range<Int64>]
    private let file: any StoredFile
    private let start: Int64
    /// What is to be added to an offset to have that of the received byte; nil in a copy.
    private let receivedShift: Int64?
    private let entry: Entry
    private let background: Background

    /// A piece is what is done before it looks again whether it shall go on.
    static let pieceBytes: Int64 = 64 << 10

    init(
        _ entry: Entry, _ publication: Publication, headBytes: Int64, _ store: RecordingStore
    ) throws(SystemError) {
        file = try store.files.open(entry.folder.artifact(publication), .read)
        generation = publication.generation
        start = publication.artifactOffset
        byteCount = publication.artifactBytes
        durationSeconds = publication.media?.durationSeconds ?? 0
        let isCopy = publication.rewrite?.step == .done
        receivedShift = isCopy ? nil : publication.artifactOffset - headBytes
        holes = publication.missing
        self.entry = entry
        background = store.background
    }

    /// Whether what is made of it is still wanted.
    var isWanted: Bool {
        !background.isClosed
            && entry.state.withLock { state in
                state.phase == .finalized && state.publication?.generation == generation
            }
    }

    /// Errors also where the file is shorter than it is said to be, and when it is not wanted.
    func read(_ range: Range<Int64>) throws(SystemError) -> [UInt8] {
        guard isWanted else { throw SystemError("read", "an artifact not wanted any more", 125) }
        let bytes = try file.read(range.count, at: start + range.lowerBound)
        guard bytes.count == range.count else { throw SystemError("read", "an artifact", 5) }
        return bytes
    }

    /// Gives all of it to `body`, in order. False: it stopped in the middle.
    func forEachPiece(
        _ body: ([UInt8]) throws(SystemError) -> Void
    ) throws(SystemError) -> Bool {
        var position: Int64 = 0
        while position < byteCount {
            guard isWanted else { return false }
            let end = min(byteCount, position + Self.pieceBytes)
            try body(try read(position..<end))
            position = end
        }
        return isWanted
    }

    /// Damage found in the artifact, told of the received bytes.
    func entry(_ damage: MediaDamage) -> DamageEntry {
        var damage = damage
        damage.offset = receivedShift.flatMap { shift in damage.offset.map { $0 + shift } }
        return DamageEntry(damage)
    }
}
