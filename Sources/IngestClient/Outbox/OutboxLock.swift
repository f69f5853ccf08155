internal import Foundation

/// The claim of one process on a profile folder: flock(2) on `FOLDER/lock`, which names the
/// process. The system gives it back however the process ends.
final class OutboxLock: Sendable {
    private let raw: Int32

    init(_ folder: String) throws(OutboxError) {
        let path = folder + "/lock"
        let raw = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard raw >= 0 else {
            throw .unusable(folder: folder, reason: String(cString: strerror(errno)))
        }
        guard flock(raw, LOCK_EX | LOCK_NB) == 0 else {
            let isHeld = errno == EWOULDBLOCK
            let reason = String(cString: strerror(errno))
            close(raw)
            guard isHeld else { throw .unusable(folder: folder, reason: "no lock: \(reason)") }
            throw .locked(folder: folder, processID: Self.holder(path))
        }
        let text = Data("\(getpid())\n".utf8)
        // Only for the message above: without it the message names process 0.
        _ = ftruncate(raw, 0)
        _ = text.withUnsafeBytes { pwrite(raw, $0.baseAddress, $0.count, 0) }
        self.raw = raw
    }

    deinit { close(raw) }

    /// The process that has the folder now; nil: none. Nothing is changed.
    static func rival(_ folder: String) throws(OutboxError) -> Int32? {
        let path = folder + "/lock"
        let raw = open(path, O_RDONLY | O_CLOEXEC)
        if raw < 0, errno == ENOENT { return nil }
        guard raw >= 0 else { throw .system("open", path) }
        defer { close(raw) }
        // Shared and let go of at once: whoever opens the folder this very moment tries again.
        return flock(raw, LOCK_SH | LOCK_NB) == 0 ? nil : holder(path)
    }

    /// Who holds the lock at `path`; 0 if that cannot be read.
    static func holder(_ path: String) -> Int32 {
        let text = FileManager.default.contents(atPath: path) ?? Data()
        let digits = String(decoding: text, as: UTF8.self)
        return Int32(digits.trimmingCharacters(in: .whitespacesAndNewlines)) ?? 0
    }
}
