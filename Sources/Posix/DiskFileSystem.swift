internal import CLinux
internal import Glibc

/// The real file system.
package struct DiskFileSystem: FileSystem {
    private let permissions: mode_t

    /// - Parameter permissions: of files that it makes; by default those for owner and group.
    package init(permissions: UInt32 = 0o640) { self.permissions = permissions }

    package func open(_ path: String, _ mode: OpenMode) throws(SystemError) -> any StoredFile {
        let flags: Int32 =
            switch mode {
            case .read: O_RDONLY
            case .update: O_RDWR
            case .create: O_RDWR | O_CREAT
            case .replace: O_RDWR | O_CREAT | O_TRUNC
            }
        let raw = try systemCall("open", path) { Glibc.open(path, flags | O_CLOEXEC, permissions) }
        return DiskFile(Descriptor(owning: raw), path)
    }

    package func createFolder(_ path: String) throws(SystemError) {
        if mkdir(path, 0o750) == 0 || errno == EEXIST { return }
        guard errno == ENOENT, case let parent = Self.folder(of: path), parent != path else {
            throw SystemError("mkdir", path)
        }
        try createFolder(parent)
        if mkdir(path, 0o750) != 0, errno != EEXIST { throw SystemError("mkdir", path) }
    }

    package func syncFolder(_ path: String) throws(SystemError) {
        let folder = Descriptor(
            owning: try systemCall("open", path) {
                Glibc.open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
            })
        _ = try systemCall("fsync", path) { fsync(folder.raw) }
    }

    package func rename(_ from: String, to: String) throws(SystemError) {
        _ = try systemCall("rename", "\(from) to \(to)") { Glibc.rename(from, to) }
    }

    package func remove(_ path: String) throws(SystemError) {
        if Glibc.remove(path) != 0, errno != ENOENT { throw SystemError("remove", path) }
    }

    package func names(in folder: String) throws(SystemError) -> [String] {
        guard let stream = opendir(folder) else {
            if errno == ENOENT { return [] }
            throw SystemError("opendir", folder)
        }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }

    package func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

    package func freeBytes(_ path: String) throws(SystemError) -> Int64 {
        var facts = statvfs()
        _ = try systemCall("statvfs", path) { statvfs(path, &facts) }
        return Int64(facts.f_bavail) * Int64(facts.f_frsize)
    }
}

/// A file on a real disk.
package final class DiskFile: StoredFile {
    private let owned: Descriptor
    private let path: String

    package init(_ descriptor: consuming Descriptor, _ path: String) {
        owned = descriptor
        self.path = path
    }

    package var descriptor: Int32? { owned.raw }

    package func read(
        into buffer: UnsafeMutableRawBufferPointer, at offset: Int64
    ) throws(SystemError) -> Int {
        var done = 0
        while done < buffer.count {
            let count = try systemCall("pread", path) {
                pread(
                    owned.raw, buffer.baseAddress! + done, buffer.count - done,
                    off_t(offset) + done)
            }
            if count == 0 { break }
            done += count
        }
        return done
    }

    /// Linux takes at most this many pieces in one pwritev(2).
    private static let piecesMax = 1024

    package func write(
        _ pieces: [UnsafeRawBufferPointer], at offset: Int64
    ) throws(SystemError) {
        var position = off_t(offset)
        var vectors = pieces.filter { $0.count > 0 }.map {
            iovec(iov_base: UnsafeMutableRawPointer(mutating: $0.baseAddress), iov_len: $0.count)
        }
        var first = 0
        while first < vectors.count {
            let count = Int32(min(vectors.count - first, Self.piecesMax))
            var written = try systemCall("pwritev", path) {
                vectors.withUnsafeBufferPointer {
                    pwritev(owned.raw, $0.baseAddress! + first, count, position)
                }
            }
            position += written
            while first < vectors.count, written >= vectors[first].iov_len {
                written -= vectors[first].iov_len
                first += 1
            }
            if written > 0 {
                vectors[first].iov_base += written
                vectors[first].iov_len -= written
            }
        }
    }

    package func syncData() throws(SystemError) {
        _ = try systemCall("fdatasync", path) { fdatasync(owned.raw) }
    }

    package func truncate(to byteCount: Int64) throws(SystemError) {
        _ = try systemCall("ftruncate", path) { ftruncate(owned.raw, off_t(byteCount)) }
    }

    package func allocate(_ byteCount: Int64) throws(SystemError) {
        _ = try systemCall("fallocate", path) {
            holdfast_fallocate(owned.raw, 0, off_t(byteCount))
        }
    }

    package func startWriteback(_ range: Range<Int64>) {
        // It is only a hint: whoever needs the bytes on disk calls syncData and hears of errors.
        _ = holdfast_start_writeback(owned.raw, off_t(range.lowerBound), off_t(range.count))
    }

    package var byteCount: Int64 {
        get throws(SystemError) {
            var facts = stat()
            _ = try systemCall("fstat", path) { fstat(owned.raw, &facts) }
            return Int64(facts.st_size)
        }
    }
}
