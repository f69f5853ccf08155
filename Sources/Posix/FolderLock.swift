internal import CLinux
internal import Glibc

/// The exclusive claim of one process on a data folder: flock(2) on `FOLDER/lock`.
package final class FolderLock: Sendable {
    private let owned: Descriptor

    /// Errors: EWOULDBLOCK if another process holds it.
    package init(_ folder: String) throws(SystemError) {
        let path = folder + "/lock"
        let file = Descriptor(
            owning: try systemCall("open", path) {
                Glibc.open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o640)
            })
        _ = try systemCall("flock", path) { flock(file.raw, LOCK_EX | LOCK_NB) }
        owned = file
    }
}
