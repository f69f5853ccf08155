internal import Containers
internal import Digests

/// What is known of a recording's bytes in their order, as the prefix grows: the digest of what
/// was received, and the reader that plans the finished file.
///
/// After a restart it begins again at 0 and reads the prefix from the file once: about a second
/// for a GiB.
final class PrefixFollower {
    private var digest = SHA256Digest()
    private var reader: AnyMediaReader
    /// End of what it has seen, holes included.
    private(set) var position: Int64 = 0
    private(set) var hasHoles = false
    /// Edits whose originals are journaled, to be made with the next checkpoint.
    var owed: [Edit] = []

    init(headBytes: Int64) { reader = AnyMediaReader(headReserveBytes: Int(headBytes)) }

    /// Takes the next received bytes; answers with the edits that became known.
    func follow(_ bytes: UnsafeRawBufferPointer) -> [Edit] {
        digest.update(bytes)
        // SAFETY: the bytes are initialized, and the span does not outlive this call.
        reader.read(bytes.assumingMemoryBound(to: UInt8.self).span)
        position += Int64(bytes.count)
        return reader.takeEdits()
    }

    /// Takes a hole up to `end`.
    func skip(to end: Int64) -> [Edit] {
        reader.skip(end - position)
        position = end
        hasHoles = true
        return reader.takeEdits()
    }

    /// SHA-256 of the received bytes so far; nil if some are missing.
    var receivedDigest: [UInt8]? { hasHoles ? nil : digest.value }

    /// Ends the recording at `position`.
    func finish() -> (artifact: Artifact, edits: [Edit]) { reader.finish() }
}
