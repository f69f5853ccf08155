package import Posix

internal import Glibc

/// A file system in memory that remembers what was synced, counts calls, fails where a test says
/// so, and can be looked at as if the power had gone after any of its calls.
///
/// Run a scenario once, then take `afterPowerCut` for each of its calls. Names are durable after
/// `syncFolder`, bytes after `syncData`; what a failed sync covered may be on the disk or not,
/// and no later sync changes that.
package final class SimulatedFileSystem: FileSystem {
    /// A call that changes something, or a read; reads are not counted.
    package struct Call: Sendable, Equatable {
        package enum Kind: Sendable, Equatable {
            case open, createFolder, syncFolder, rename, remove, write, sync, resize, read
        }

        package let kind: Kind
        package let path: String
        /// One-based; a read has the number of the call before it.
        package let number: Int
        /// The bytes that it reads or writes; empty for other calls.
        package let range: Range<Int>
    }

    /// How a call fails.
    package enum Fault: Sendable {
        /// It does nothing and says this errno.
        case error(Int32)
        /// A write that writes so many bytes and then says this errno.
        case short(Int, Int32)
    }

    private struct State {
        var base: Platter.Image
        var current: Platter.Image
        var events: [Platter.Event] = []
        var fault: (@Sendable (Call) -> Fault?)?
        var capacityBytes = Int.max
    }

    private let state: Lock<State>

    /// An empty disk, or one on which a folder was there for long.
    package convenience init(folder: String? = nil) {
        var image = Platter.Image()
        if let folder { image.createFolder(folder) }
        self.init(image)
    }

    private init(_ image: Platter.Image) {
        state = Lock(State(base: image, current: image))
    }

    /// How many calls have changed something or tried to.
    package var callCount: Int { state.withLock { $0.events.count } }

    /// Asks `fault` before each call, reads included, until it is set anew.
    package func fail(_ fault: (@Sendable (Call) -> Fault?)?) {
        state.withLock { $0.fault = fault }
    }

    /// What all files together may hold; a write that goes beyond writes what fits, then ENOSPC.
    package func limit(toBytes count: Int) {
        state.withLock { $0.capacityBytes = count }
    }

    /// The disk after call `call` (all of them if nil).
    package func platter(afterCall call: Int? = nil) -> Platter {
        state.withLock { state in
            var platter = Platter(state.base)
            for (index, event) in state.events.prefix(call ?? .max).enumerated() {
                platter.apply(event, call: index + 1)
            }
            return platter
        }
    }

    /// What a machine finds that starts again after the power went.
    package static func afterPowerCut(
        _ platter: Platter, _ unsynced: Platter.Unsynced, names: Platter.UnsyncedNames = .kept
    ) -> SimulatedFileSystem {
        SimulatedFileSystem(platter.image(unsynced, names))
    }

    /// The same after call `call` of this one.
    package func afterPowerCut(
        call: Int? = nil, _ unsynced: Platter.Unsynced, names: Platter.UnsyncedNames = .kept
    ) -> SimulatedFileSystem {
        Self.afterPowerCut(platter(afterCall: call), unsynced, names: names)
    }

    /// Changes bytes behind everyone's back, durably: each is inverted.
    package func rot(_ path: String, _ range: Range<Int>) {
        state.withLock { state in
            guard let file = state.current.names[path],
                let old = state.current.contents[file]?[range]
            else { preconditionFailure("there is nothing to rot") }
            let new = old.map { ~$0 }
            Platter.write(&state.current.contents[file, default: []], range.lowerBound, new[...])
            state.events.append(.write(file, offset: range.lowerBound, new))
            state.events.append(.sync(file))
        }
    }

    /// The number by which `Platter.Sector` knows a file.
    package func number(of path: String) -> Int? { state.withLock { $0.current.names[path] } }

    /// What a call changed, and what it says.
    fileprivate typealias Outcome<Value> = (Platter.Event, Result<Value, SystemError>)

    /// What a call that writes must know.
    fileprivate struct Room {
        let freeBytes: Int
        let fault: Fault?
    }

    /// Asks for a fault, then does `body` in one turn.
    fileprivate func call<Value: Sendable>(
        _ kind: Call.Kind, _ path: String, _ range: Range<Int> = 0..<0,
        _ body: (inout Platter.Image, Room) -> Outcome<Value>
    ) throws(SystemError) -> Value {
        let result = state.withLock { state -> Result<Value, SystemError> in
            let call = Call(
                kind: kind, path: path, number: state.events.count + 1, range: range)
            let fault = state.fault?(call)
            if case .error(let number)? = fault {
                state.events.append(.nothing)
                return .failure(SystemError("\(kind)", path, number))
            }
            let freeBytes = state.capacityBytes - state.current.byteCount
            let (event, result) = body(&state.current, Room(freeBytes: freeBytes, fault: fault))
            state.events.append(event)
            return result
        }
        return try result.get()
    }
}

extension SimulatedFileSystem {
    package func open(_ path: String, _ mode: OpenMode) throws(SystemError) -> any StoredFile {
        let creates = mode == .create || mode == .replace
        if let file = state.withLock({ $0.current.names[path] }), mode != .replace {
            return SimulatedFile(self, file, path)
        }
        let parent = path[..<(path.lastIndex(of: "/") ?? path.startIndex)]
        guard creates, parent.isEmpty || exists(String(parent)) else {
            throw SystemError("open", path, ENOENT)
        }
        let file = try call(.open, path) { image, _ -> Outcome<Int> in
            if let file = image.names[path] {
                image.contents[file] = []
                return (.resize(file, 0), .success(file))
            }
            let file = image.nextFile
            image.nextFile += 1
            image.names[path] = file
            image.contents[file] = []
            return (.create(path, file), .success(file))
        }
        return SimulatedFile(self, file, path)
    }

    package func createFolder(_ path: String) throws(SystemError) {
        try call(.createFolder, path) { image, _ -> Outcome<Void> in
            image.createFolder(path)
            return (.createFolder(path), .success(()))
        }
    }

    package func syncFolder(_ path: String) throws(SystemError) {
        try call(.syncFolder, path) { _, _ -> Outcome<Void> in (.syncFolder(path), .success(())) }
    }

    package func rename(_ from: String, to: String) throws(SystemError) {
        try call(.rename, from) { image, _ -> Outcome<Void> in
            guard image.names[from] != nil else {
                return (.nothing, .failure(SystemError("rename", from, ENOENT)))
            }
            let event = Platter.Event.rename(from, to: to)
            Platter.rename(&image.names, event)
            return (event, .success(()))
        }
    }

    package func remove(_ path: String) throws(SystemError) {
        try call(.remove, path) { image, _ -> Outcome<Void> in
            image.folders.remove(path)
            // A file that is still open stays readable: its contents are kept.
            Platter.rename(&image.names, .remove(path))
            return (.remove(path), .success(()))
        }
    }

    package func names(in folder: String) throws(SystemError) -> [String] {
        state.withLock { state in
            let paths = Array(state.current.names.keys) + Array(state.current.folders)
            return paths.filter { Self.folder(of: $0) == folder && $0 != folder }
                .map { String($0.dropFirst(folder.count + 1)) }.sorted()
        }
    }

    package func exists(_ path: String) -> Bool {
        state.withLock { $0.current.names[path] != nil || $0.current.folders.contains(path) }
    }

    package func freeBytes(_ path: String) throws(SystemError) -> Int64 {
        state.withLock { state in
            Int64(state.capacityBytes - state.current.byteCount)
        }
    }
}

/// An open file of a simulated file system.
final class SimulatedFile: StoredFile {
    private let disk: SimulatedFileSystem
    private let file: Int
    private let path: String

    init(_ disk: SimulatedFileSystem, _ file: Int, _ path: String) {
        self.disk = disk
        self.file = file
        self.path = path
    }

    var descriptor: Int32? { nil }

    var byteCount: Int64 {
        get throws(SystemError) { Int64(disk.length(file)) }
    }

    func read(
        into buffer: UnsafeMutableRawBufferPointer, at offset: Int64
    ) throws(SystemError) -> Int {
        let bytes = try disk.read(file, path, Int(offset), buffer.count)
        bytes.withUnsafeBytes { buffer.copyMemory(from: $0) }
        return bytes.count
    }

    func write(_ pieces: [UnsafeRawBufferPointer], at offset: Int64) throws(SystemError) {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(pieces.reduce(0) { $0 + $1.count })
        for piece in pieces { bytes.append(contentsOf: piece) }
        try disk.write(file, path, Int(offset), bytes)
    }

    func syncData() throws(SystemError) { try disk.sync(file, path) }

    func truncate(to byteCount: Int64) throws(SystemError) {
        try disk.resize(file, path, Int(byteCount))
    }

    func allocate(_ byteCount: Int64) throws(SystemError) {
        if byteCount > disk.length(file) { try disk.resize(file, path, Int(byteCount)) }
    }

    func startWriteback(_ range: Range<Int64>) {}
}

extension SimulatedFileSystem {
    fileprivate func length(_ file: Int) -> Int {
        state.withLock { $0.current.contents[file]?.count ?? 0 }
    }

    fileprivate func read(
        _ file: Int, _ path: String, _ offset: Int, _ count: Int
    ) throws(SystemError) -> ArraySlice<UInt8> {
        let result = state.withLock { state -> Result<ArraySlice<UInt8>, SystemError> in
            let call = Call(
                kind: .read, path: path, number: state.events.count,
                range: offset..<offset + count)
            if case .error(let number)? = state.fault?(call) {
                return .failure(SystemError("read", path, number))
            }
            let contents = state.current.contents[file] ?? []
            let start = min(offset, contents.count)
            return .success(contents[start..<min(contents.count, start + count)])
        }
        return try result.get()
    }

    fileprivate func write(
        _ file: Int, _ path: String, _ offset: Int, _ bytes: [UInt8]
    ) throws(SystemError) {
        try call(.write, path, offset..<offset + bytes.count) { image, room -> Outcome<Void> in
            var count = bytes.count
            var failure: SystemError?
            let end = max(0, room.freeBytes) + (image.contents[file]?.count ?? 0)
            if offset + count > end {
                (count, failure) = (max(0, end - offset), SystemError("write", path, ENOSPC))
            }
            if case .short(let most, let number)? = room.fault {
                (count, failure) = (min(count, most), SystemError("write", path, number))
            }
            Platter.write(&image.contents[file, default: []], offset, bytes[..<count])
            return (
                .write(file, offset: offset, count == bytes.count ? bytes : Array(bytes[..<count])),
                failure.map { .failure($0) } ?? .success(())
            )
        }
    }

    fileprivate func sync(_ file: Int, _ path: String) throws(SystemError) {
        do throws(SystemError) {
            try call(.sync, path) { _, _ -> Outcome<Void> in (.sync(file), .success(())) }
        } catch {
            state.withLock { $0.events[$0.events.count - 1] = .failedSync(file) }
            throw error
        }
    }

    fileprivate func resize(
        _ file: Int, _ path: String, _ byteCount: Int
    ) throws(SystemError) {
        try call(.resize, path) { image, room -> Outcome<Void> in
            let growth = byteCount - (image.contents[file]?.count ?? 0)
            if growth > room.freeBytes {
                return (.nothing, .failure(SystemError("truncate", path, ENOSPC)))
            }
            Platter.resize(&image.contents[file, default: []], byteCount)
            return (.resize(file, byteCount), .success(()))
        }
    }
}
