/// What storage needs of a file system, and nothing more: the seam where tests inject faults
/// and cut the power. Paths are absolute or relative to the working folder.
///
/// Durability follows POSIX: bytes by `syncData`, names by `syncFolder` of their folder.
package protocol FileSystem: Sendable {
    /// Opens a file for reading and writing. Errors: ENOENT unless `mode` creates it.
    func open(_ path: String, _ mode: OpenMode) throws(SystemError) -> any StoredFile
    /// Creates a folder and those above it. One that exists is fine.
    func createFolder(_ path: String) throws(SystemError)
    /// Makes the names in a folder durable. Blocks: fsync(2) of the folder.
    func syncFolder(_ path: String) throws(SystemError)
    /// Renames over whatever is there, in one step.
    func rename(_ from: String, to: String) throws(SystemError)
    /// Removes a file or an empty folder. One that is missing is fine.
    func remove(_ path: String) throws(SystemError)
    /// The names in a folder, in no order. A missing folder has none.
    func names(in folder: String) throws(SystemError) -> [String]
    func exists(_ path: String) -> Bool
    /// Bytes that can still be written to the file system that holds `path`.
    func freeBytes(_ path: String) throws(SystemError) -> Int64
}

package enum OpenMode: Sendable {
    /// For reading only.
    case read
    /// For reading and writing; it must be there.
    case update
    /// For reading and writing; created if it is missing.
    case create
    /// For reading and writing; emptied if it is there.
    case replace
}

/// An open file. Offsets and lengths in bytes. Every call blocks.
package protocol StoredFile: AnyObject, Sendable {
    /// Fills `buffer` from `offset`; fewer bytes only at the end of the file.
    func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int64)
        throws(SystemError) -> Int
    /// Writes all of `pieces`, one after the other, from `offset`: pwritev(2).
    func write(_ pieces: [UnsafeRawBufferPointer], at offset: Int64) throws(SystemError)
    /// Blocks until what was written is on stable storage: fdatasync(2).
    func syncData() throws(SystemError)
    /// Cuts or extends with zeros.
    func truncate(to byteCount: Int64) throws(SystemError)
    /// Takes disk space for `0..<byteCount` without changing what can be read.
    func allocate(_ byteCount: Int64) throws(SystemError)
    /// Starts writing `range` out and returns at once; promises nothing.
    func startWriteback(_ range: Range<Int64>)
    var byteCount: Int64 { get throws(SystemError) }
    /// The descriptor, for sendfile(2); nil in a simulation.
    var descriptor: Int32? { get }
}

extension StoredFile {
    /// Writes all of `bytes` at `offset`.
    package func write(_ bytes: [UInt8], at offset: Int64) throws(SystemError) {
        var failure: SystemError?
        bytes.withUnsafeBytes { buffer in
            do throws(SystemError) { try write([buffer], at: offset) } catch { failure = error }
        }
        if let failure { throw failure }
    }

    /// Up to `count` bytes from `offset`; fewer only at the end of the file.
    package func read(_ count: Int, at offset: Int64) throws(SystemError) -> [UInt8] {
        // An empty array is one for the whole process: its count is not to be written, again.
        guard count > 0 else { return [] }
        var failure: SystemError?
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            do throws(SystemError) {
                filled = try read(into: UnsafeMutableRawBufferPointer(buffer), at: offset)
            } catch {
                failure = error
                filled = 0
            }
        }
        if let failure { throw failure }
        return bytes
    }
}

extension FileSystem {
    /// The whole of a small file.
    package func contents(_ path: String) throws(SystemError) -> [UInt8] {
        let file = try open(path, .read)
        return try file.read(Int(try file.byteCount), at: 0)
    }

    /// Replaces `path` with `bytes`, durably and in one step: a temporary file, its sync, the
    /// rename, and the folder's sync. After a crash the old or the new contents are there.
    package func replaceDurably(_ path: String, with bytes: [UInt8]) throws(SystemError) {
        let next = path + ".next"
        let file = try open(next, .replace)
        try file.write(bytes, at: 0)
        try file.syncData()
        try rename(next, to: path)
        try syncFolder(Self.folder(of: path))
    }

    /// The folder that a path lies in.
    package static func folder(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }
}
