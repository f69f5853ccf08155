internal import Digests
internal import Posix

/// Computes what is known of a recording's bytes in their order, as the prefix grows.
///
/// After a restart it begins again at 0 and reads the prefix from the file once: about a second
/// for 1.5 GiB.
final class PrefixFollower {
    private var digest = SHA256Digest()
    /// End of what it has seen.
    private(set) var position: Int64 = 0

    func follow(_ bytes: UnsafeRawBufferPointer) {
        digest.update(bytes)
        position += Int64(bytes.count)
    }

    /// SHA-256 of the first `length` bytes, which must all be in the file.
    func digest(
        upTo length: Int64, _ entry: Entry, _ store: RecordingStore
    ) throws(SystemError) -> [UInt8] {
        if position < length {
            let head = entry.state.withLock { $0.headBytes }
            let media = try store.files.open(entry.folder.media, .read)
            while position < length {
                let bytes = try media.read(
                    Int(min(Self.readBytes, length - position)), at: head + position)
                guard !bytes.isEmpty else {
                    throw SystemError("read", entry.folder.media, 5)
                }
                bytes.withUnsafeBytes { follow($0) }
            }
        }
        return digest.value
    }

    private static let readBytes: Int64 = 1 << 20
}
