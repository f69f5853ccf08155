import Glibc
import TestKit

/// A file system of its own that is soon full.
final class FullDisk {
    let folder = TemporaryFolder("disk")
    /// Where it is mounted.
    var path: String { folder.path }

    /// Nil: this process may not mount anything.
    init?(mebibytes: Int) throws {
        guard getuid() == 0 else { return nil }
        let mount = try ChildProcess(
            "/bin/mount", ["-t", "tmpfs", "-o", "size=\(mebibytes)m", "tmpfs", folder.path])
        guard mount.waitForEnd() == .exited(0) else { return nil }
    }

    deinit {
        // Lazily: a server that is being killed may still hold a file open.
        umount2(folder.path, Int32(MNT_DETACH))
    }
}
