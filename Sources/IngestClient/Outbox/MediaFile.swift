internal import Foundation

/// A recording's file. It only grows, but for what lies beyond the last chunk. Every call blocks.
final class MediaFile: Sendable {
    let path: String
    private let raw: Int32
    private let buffers = ReadBuffers()

    enum Mode { case read, update, create }

    /// Errors: with `.create`, a file of that name is there already.
    init(_ path: String, _ mode: Mode) throws(OutboxError) {
        let flags: Int32 =
            switch mode {
            case .read: O_RDONLY
            case .update: O_RDWR
            case .create: O_RDWR | O_CREAT | O_EXCL
            }
        raw = open(path, flags | O_CLOEXEC, 0o600)
        guard raw >= 0 else { throw .system("open", path) }
        self.path = path
    }

    deinit { if raw >= 0 { close(raw) } }

    var byteCount: Int64 {
        get throws(OutboxError) {
            let end = lseek(raw, 0, SEEK_END)
            guard end >= 0 else { throw .system("measure", path) }
            return Int64(end)
        }
    }

    /// Writes all of `bytes` at `offset`, or throws and leaves some of them.
    func write(_ bytes: [UInt8], at offset: Int64) throws(OutboxError) {
        var written = 0
        while written < bytes.count {
            let count = bytes[written...].withUnsafeBytes {
                pwrite(raw, $0.baseAddress, $0.count, off_t(offset) + off_t(written))
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw .system("write", path) }
            written += count
        }
    }

    /// The bytes of `range`. Errors: fewer are there.
    func read(_ range: Range<Int64>) throws(OutboxError) -> Data {
        if range.isEmpty { return Data() }
        return try buffers.data(range.count, path) { bytes throws(OutboxError) in
            var read = 0
            while read < range.count {
                let count = pread(
                    raw, bytes + read, range.count - read,
                    off_t(range.lowerBound) + off_t(read))
                if count < 0, errno == EINTR { continue }
                guard count >= 0 else { throw .system("read", path) }
                guard count > 0 else {
                    throw .failed(operation: "read \(path)", reason: "it is shorter than it was")
                }
                read += count
            }
        }
    }

    func truncate(to byteCount: Int64) throws(OutboxError) {
        guard ftruncate(raw, off_t(byteCount)) == 0 else { throw .system("cut", path) }
    }

    /// Blocks until what was written is on stable storage: fdatasync(2).
    func sync() throws(OutboxError) {
        #if canImport(Darwin)
            let failed = fcntl(raw, F_FULLFSYNC) != 0
        #else
            let failed = fdatasync(raw) != 0
        #endif
        if failed { throw .system("sync", path) }
    }

    /// Makes the names in a folder durable: fsync(2) of the folder.
    static func syncFolder(_ path: String) throws(OutboxError) {
        let raw = open(path, O_RDONLY | O_CLOEXEC)
        guard raw >= 0 else { throw .system("open", path) }
        defer { close(raw) }
        guard fsync(raw) == 0 else { throw .system("sync", path) }
    }

    /// Bytes that can still be written to the disk that holds `path`.
    static func freeBytes(_ path: String) throws(OutboxError) -> Int64 {
        var facts = statvfs()
        guard statvfs(path, &facts) == 0 else { throw .system("look at", path) }
        return Int64(facts.f_bavail) * Int64(facts.f_frsize)
    }
}
