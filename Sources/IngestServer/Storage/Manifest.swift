internal import Posix
internal import Recordings
internal import Wire

/// A recording's `manifest.json`: what it is and how it ended. Replaced durably in one step, so
/// that it is the commit point of a publication and of a deletion.
struct Manifest: Codable, Sendable {
    enum State: String, Codable, Sendable { case recording, finalized, deleted, expired }

    var format = 1
    let id: String
    /// Nil in a tombstone: what was deleted is forgotten.
    var creation: Creation?
    /// Kept in a tombstone: only the recording's client is told that it is gone.
    var owner: Owner?
    /// Milliseconds since 1970.
    let createdAt: Int64
    var state = State.recording
    /// Bytes kept free in `media` before the first received byte.
    var headBytes: Int64 = 0
    var publication: Publication?
    /// Of a tombstone. Milliseconds since 1970.
    var removedAt: Int64?

    static func load(
        _ folder: RecordingFolder, _ files: any FileSystem
    ) throws(SystemError) -> Manifest? {
        guard files.exists(folder.manifest) else { return nil }
        let bytes = try files.contents(folder.manifest)
        guard let manifest = try? WireJSON.decode(Manifest.self, from: bytes) else {
            // Written in one step, so no crash leaves half of it: somebody else's hand or a bad
            // disk. Nothing that is built on it can be trusted.
            throw SystemError("read", folder.manifest, 84)
        }
        return manifest
    }

    /// Blocks until the manifest and its name are durable.
    func write(_ folder: RecordingFolder, _ files: any FileSystem) throws(SystemError) {
        try files.replaceDurably(folder.manifest, with: WireJSON.encode(self))
    }
}

/// How a recording was published: fixed by its finalize, repeated by every later answer.
struct Publication: Codable, Sendable, Equatable {
    /// The finalize that every byte was found for.
    var request: FinalizeRequest
    /// Length of what was received, holes included.
    var length: Int64
    /// True: retention finalized it, and its end is not known. More bytes are taken, and a
    /// client's finalize.
    var isAbandoned: Bool?
    /// 1, and one more each time that late bytes fill holes.
    var revision: Int
    /// SHA-256 over the received bytes `[0, length)`, holes as zeros; nil while holes are open.
    var receivedDigest: [UInt8]?
    /// Ranges that were never received; still writable.
    var missing: [Range<Int64>]
    /// Which data file holds it, see `RecordingFolder.media`.
    var generation = 1
    /// Where in the data file the artifact begins.
    var artifactOffset: Int64 = 0
    var artifactBytes: Int64 = 0
    /// What it really is: `webm`, `ogg`, `mp4` or `unknown`.
    var container = "unknown"
    var media: MediaFacts?
    /// The slow path, for what cannot be finished in place.
    var rewrite: Rewrite?
    /// Its sound was decoded, and its waveform lies beside it; false: it could not be. Nil until
    /// that was tried.
    var isDecoded: Bool?
    var damage: [DamageEntry]
    var notes: [String]
    var chunkCount: Int64
    var nextSequence: Int64
    var receivedBytes: Int64
    /// Milliseconds since 1970.
    var requestedAt: Int64
    var publishedAt: Int64
    /// When chunks came, as far as this server saw it since it was started.
    var firstChunkAt: Int64?
    var lastChunkAt: Int64?
    /// From the arrival of finalize to the durable publication.
    var stopToPlayableMilliseconds: Double

    /// No further byte can come.
    var isComplete: Bool { missing.isEmpty && isAbandoned != true }

    /// Bytes that are still taken.
    func isOpen(to range: Range<Int64>) -> Bool {
        if isAbandoned == true, range.lowerBound >= length { return true }
        return missing.contains {
            $0.contains(range.lowerBound) && range.upperBound <= $0.upperBound
        }
    }
}

/// A copy of what was received that can be finished, where that could not be done in place.
struct Rewrite: Codable, Sendable, Equatable {
    enum Step: String, Codable, Sendable {
        /// It is made in the background; until then the bytes are served as received.
        case due
        /// The copy is the artifact.
        case done
        /// Not even a copy can be finished.
        case impossible
    }

    /// Why it could not be finished in place.
    let reason: String
    var step = Step.due
}
