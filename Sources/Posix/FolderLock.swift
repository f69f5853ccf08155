internal import CLinux
internal import Glibc

/// The exclusive claim of one process on a folder, or on something in it: flock(2) on a file there.
package final class FolderLock: Sendable {
    private let owned: Descriptor

    /// Errors: EWOULDBLOCK if another process holds it; not if `waits`, which blocks until then.
    package init(
        _ folder: String, name: String = "lock", waits: Bool = false
    ) throws(SystemError) {
        let path = folder + "/" + name
        let file = Descriptor(
            owning: try systemCall("open", path) {
                Glibc.open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o640)
            })
        _ = try systemCall("flock", path) { flock(file.raw, waits ? LOCK_EX : LOCK_EX | LOCK_NB) }
        owned = file
    }
}
