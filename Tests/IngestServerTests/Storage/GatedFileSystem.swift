import Posix

/// A file system whose syncs can be made to wait: what is in flight stays in flight.
final class GatedFileSystem: FileSystem {
    private struct State {
        var isHeld: @Sendable (String) -> Bool = { _ in false }
        var waiting: [String] = []
    }

    private let disk: any FileSystem
    private let state = Lock(State())

    init(_ disk: any FileSystem) { self.disk = disk }

    /// From now on syncs of files whose path says so wait for `release`.
    func hold(_ isHeld: @escaping @Sendable (String) -> Bool) {
        state.withLock { $0.isHeld = isHeld }
    }

    func release() {
        state.withLock { $0.isHeld = { _ in false } }
        state.signal()
    }

    /// Paths whose syncs wait.
    var waiting: [String] { state.withLock { $0.waiting } }

    fileprivate func pass(_ path: String) {
        state.withLock { $0.waiting.append(path) }
        state.wait(until: { !$0.isHeld(path) }) { state in
            state.waiting.removeAll { $0 == path }
        }
    }

    func open(_ path: String, _ mode: OpenMode) throws(SystemError) -> any StoredFile {
        GatedFile(self, try disk.open(path, mode), path)
    }

    func createFolder(_ path: String) throws(SystemError) { try disk.createFolder(path) }
    func syncFolder(_ path: String) throws(SystemError) { try disk.syncFolder(path) }
    func rename(_ from: String, to: String) throws(SystemError) {
        try disk.rename(from, to: to)
    }
    func remove(_ path: String) throws(SystemError) { try disk.remove(path) }
    func names(in folder: String) throws(SystemError) -> [String] { try disk.names(in: folder) }
    func exists(_ path: String) -> Bool { disk.exists(path) }
    func freeBytes(_ path: String) throws(SystemError) -> Int64 { try disk.freeBytes(path) }
}

private final class GatedFile: StoredFile {
    private let gate: GatedFileSystem
    private let file: any StoredFile
    private let path: String

    init(_ gate: GatedFileSystem, _ file: any StoredFile, _ path: String) {
        self.gate = gate
        self.file = file
        self.path = path
    }

    func read(
        into buffer: UnsafeMutableRawBufferPointer, at offset: Int64
    ) throws(SystemError) -> Int { try file.read(into: buffer, at: offset) }

    func write(_ pieces: [UnsafeRawBufferPointer], at offset: Int64) throws(SystemError) {
        try file.write(pieces, at: offset)
    }

    func syncData() throws(SystemError) {
        gate.pass(path)
        try file.syncData()
    }

    func truncate(to byteCount: Int64) throws(SystemError) { try file.truncate(to: byteCount) }
    func allocate(_ byteCount: Int64) throws(SystemError) { try file.allocate(byteCount) }
    func startWriteback(_ range: Range<Int64>) { file.startWriteback(range) }
    var byteCount: Int64 { get throws(SystemError) { try file.byteCount } }
    var descriptor: Int32? { file.descriptor }
}
