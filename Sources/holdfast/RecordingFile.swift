import Foundation

/// Why a file on the local disk could not be read or written, in a sentence.
struct FileTrouble: Error, CustomStringConvertible {
    let path: String
    let reason: String

    init(_ path: String, _ reason: String) {
        self.path = path
        self.reason = reason
    }

    /// From errno as it stands right after the call.
    init(_ path: String, doing what: String) {
        self.init(path, "\(what): \(String(cString: strerror(errno)))")
    }

    var description: String { "\(path): \(reason)" }
}

/// A recording on the local disk, open for reading. Every call blocks.
struct RecordingFile {
    /// How much is read at once, in bytes.
    static let pieceBytes = 1 << 20

    let path: String
    let byteCount: Int64
    /// As chmod(2) takes it.
    let mode: UInt32
    private let handle: FileHandle
    private let modified: timespec

    init(_ path: String) throws(FileTrouble) {
        self.path = path
        guard let handle = FileHandle(forReadingAtPath: path) else {
            throw FileTrouble(path, doing: "it cannot be opened")
        }
        self.handle = handle
        let facts = try Self.facts(handle, path)
        guard facts.st_mode & S_IFMT == S_IFREG else { throw FileTrouble(path, "it is no file") }
        byteCount = Int64(facts.st_size)
        mode = UInt32(facts.st_mode & 0o7777)
        modified = Self.modified(facts)
    }

    /// Hands out all bytes in order, piece by piece.
    func readAll(
        _ body: (_ piece: [UInt8], _ offset: Int64) throws(FileTrouble) -> Void
    ) throws(FileTrouble) {
        var offset: Int64 = 0
        while offset < byteCount {
            let piece = try read(Int(min(Int64(Self.pieceBytes), byteCount - offset)), at: offset)
            try body(piece, offset)
            offset += Int64(piece.count)
        }
    }

    /// `count` bytes from `offset`. Errors: they cannot be read, or are no longer there.
    func read(_ count: Int, at offset: Int64) throws(FileTrouble) -> [UInt8] {
        let piece: [UInt8]
        do {
            try handle.seek(toOffset: UInt64(offset))
            piece = [UInt8](try handle.read(upToCount: count) ?? Data())
        } catch {
            throw FileTrouble(path, error.localizedDescription)
        }
        guard piece.count == count else { throw FileTrouble(path, "it became shorter") }
        return piece
    }

    /// Errors: somebody wrote to the file since it was opened.
    func checkUnchanged() throws(FileTrouble) {
        let facts = try Self.facts(handle, path)
        let now = Self.modified(facts)
        guard Int64(facts.st_size) == byteCount, now.tv_sec == modified.tv_sec,
            now.tv_nsec == modified.tv_nsec
        else { throw FileTrouble(path, "it changed meanwhile: is it still being recorded?") }
    }

    private static func facts(
        _ handle: FileHandle, _ path: String
    ) throws(FileTrouble) -> stat {
        var facts = stat()
        guard fstat(handle.fileDescriptor, &facts) == 0 else {
            throw FileTrouble(path, doing: "it cannot be looked at")
        }
        return facts
    }

    private static func modified(_ facts: stat) -> timespec {
        #if canImport(Darwin)
            facts.st_mtimespec
        #else
            facts.st_mtim
        #endif
    }
}
