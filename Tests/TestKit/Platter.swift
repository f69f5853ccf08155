internal import Posix

/// What a disk holds for sure at one moment, and what might or might not have reached it.
package struct Platter: Sendable {
    /// 512 bytes of a file, which reach the disk whole or not at all.
    package struct Sector: Hashable, Sendable, Comparable {
        package let file: Int
        package let index: Int

        package static func < (one: Sector, other: Sector) -> Bool {
            (one.file, one.index) < (other.file, other.index)
        }
    }

    /// What becomes of bytes that were written and not synced.
    package enum Unsynced: Sendable {
        case lost
        case kept
        /// Of each sector any of its versions, as the seed has it.
        case seeded(UInt64)
        /// These sectors are kept in their last version, the others are lost.
        case keeping(Set<Sector>)
    }

    /// What becomes of names that were made, moved or removed and not synced.
    package enum UnsyncedNames: Sendable {
        case lost
        case kept
        /// The first few in order, as the seed has it.
        case seeded(UInt64)
    }

    /// A state of the whole disk.
    struct Image: Sendable {
        var names: [String: Int] = [:]
        var contents: [Int: [UInt8]] = [:]
        var folders: Set<String> = []
        var nextFile = 1

        /// Those above it, too.
        mutating func createFolder(_ path: String) {
            var path = path
            while folders.insert(path).inserted {
                path = SimulatedFileSystem.folder(of: path)
            }
        }

        /// Of all files that have a name.
        var byteCount: Int {
            names.values.reduce(0) { $0 + (contents[$1]?.count ?? 0) }
        }
    }

    /// One call that changed something.
    enum Event: Sendable {
        case create(String, Int)
        case createFolder(String)
        case rename(String, to: String)
        case remove(String)
        case syncFolder(String)
        case write(Int, offset: Int, [UInt8])
        case resize(Int, Int)
        case sync(Int)
        case failedSync(Int)
        /// A call that failed and changed nothing.
        case nothing
    }

    private struct Write {
        let call: Int
        let offset: Int
        let bytes: [UInt8]
        /// A sync failed while it was waiting: no later sync will write it.
        var isDoubtful = false
    }

    static let sectorBytes = 512

    private var image: Image
    private var pendingNames: [Event] = []
    private var pendingWrites: [Int: [Write]] = [:]
    private var pendingLengths: [Int: Int] = [:]
    private var syncedCall: [Sector: Int] = [:]

    init(_ image: Image) { self.image = image }

    /// Every sector that has a version which is not for sure on the disk.
    package var dirtySectors: [Sector] {
        versions().keys.sorted()
    }

    mutating func apply(_ event: Event, call: Int) {
        switch event {
        case .create(_, let file):
            image.nextFile = max(image.nextFile, file + 1)
            pendingNames.append(event)
        case .rename, .remove: pendingNames.append(event)
        // Folders count as durable at once: nothing here depends on losing one.
        case .createFolder(let path): image.createFolder(path)
        case .syncFolder(let folder): syncNames(folder)
        case .write(let file, let offset, let bytes):
            pendingWrites[file, default: []].append(
                Write(call: call, offset: offset, bytes: bytes))
        case .resize(let file, let byteCount): pendingLengths[file] = byteCount
        case .sync(let file): sync(file)
        case .failedSync(let file):
            guard let writes = pendingWrites[file] else { return }
            pendingWrites[file] = writes.map {
                Write(
                    call: $0.call, offset: $0.offset, bytes: $0.bytes, isDoubtful: true)
            }
        case .nothing: break
        }
    }

    /// The disk as a machine finds it that starts again now.
    func image(_ unsynced: Unsynced, _ names: UnsyncedNames) -> Image {
        var result = image
        for event in pendingNames.prefix(count(names)) { Self.rename(&result.names, event) }
        for (file, byteCount) in pendingLengths.sorted(by: { $0.key < $1.key }) {
            switch unsynced {
            case .lost, .keeping: break
            case .kept: Self.resize(&result.contents[file, default: []], byteCount)
            case .seeded(let seed):
                var random = SeededRandom(seed ^ UInt64(file))
                guard Bool.random(using: &random) else { break }
                Self.resize(&result.contents[file, default: []], byteCount)
            }
        }
        keep(&result, unsynced)
        let named = Set(result.names.values)
        result.contents = result.contents.filter { named.contains($0.key) }
        return result
    }

    static func rename(_ names: inout [String: Int], _ event: Event) {
        switch event {
        case .create(let path, let file): names[path] = file
        case .rename(let from, let to): names[to] = names.removeValue(forKey: from)
        case .remove(let path): names[path] = nil
        default: break
        }
    }

    static func resize(_ contents: inout [UInt8], _ byteCount: Int) {
        if byteCount < contents.count {
            contents.removeSubrange(byteCount...)
        } else {
            contents.append(contentsOf: [UInt8](repeating: 0, count: byteCount - contents.count))
        }
    }

    static func write(_ contents: inout [UInt8], _ offset: Int, _ bytes: ArraySlice<UInt8>) {
        if contents.count < offset + bytes.count { resize(&contents, offset + bytes.count) }
        contents.replaceSubrange(offset..<offset + bytes.count, with: bytes)
    }
}

extension Platter {
    private func count(_ names: UnsyncedNames) -> Int {
        switch names {
        case .lost: return 0
        case .kept: return pendingNames.count
        case .seeded(let seed):
            var random = SeededRandom(seed)
            return Int.random(in: 0...pendingNames.count, using: &random)
        }
    }

    private mutating func syncNames(_ folder: String) {
        func isHere(_ path: String) -> Bool { SimulatedFileSystem.folder(of: path) == folder }
        var others: [Event] = []
        for event in pendingNames {
            switch event {
            case .create(let path, _) where isHere(path), .remove(let path) where isHere(path),
                .rename(_, let path) where isHere(path):
                Self.rename(&image.names, event)
            default: others.append(event)
            }
        }
        pendingNames = others
    }

    private mutating func sync(_ file: Int) {
        if let byteCount = pendingLengths.removeValue(forKey: file) {
            Self.resize(&image.contents[file, default: []], byteCount)
        }
        for write in pendingWrites[file] ?? [] where !write.isDoubtful {
            Self.write(&image.contents[file, default: []], write.offset, write.bytes[...])
            for index in Self.sectors(write) {
                syncedCall[Sector(file: file, index: index)] = write.call
            }
        }
        pendingWrites[file]?.removeAll { !$0.isDoubtful }
    }

    private static func sectors(_ write: Write) -> Range<Int> {
        let end = write.offset + write.bytes.count
        return write.offset / sectorBytes..<(end + sectorBytes - 1) / sectorBytes
    }

    /// What was written to each sector since its last sync, in order.
    private func versions() -> [Sector: [Write]] {
        var versions: [Sector: [Write]] = [:]
        for (file, writes) in pendingWrites {
            for write in writes {
                for index in Self.sectors(write) {
                    let sector = Sector(file: file, index: index)
                    if write.call < syncedCall[sector, default: 0] { continue }
                    versions[sector, default: []].append(write)
                }
            }
        }
        return versions
    }

    private func keep(_ image: inout Image, _ unsynced: Unsynced) {
        for (sector, writes) in versions().sorted(by: { $0.key < $1.key }) {
            let count: Int
            switch unsynced {
            case .lost: count = 0
            case .kept: count = writes.count
            case .keeping(let kept): count = kept.contains(sector) ? writes.count : 0
            case .seeded(let seed):
                let mixed = UInt64(sector.file) << 32 | UInt64(sector.index)
                var random = SeededRandom(seed &+ mixed &* 0x9e37_79b9)
                count = Int.random(in: 0...writes.count, using: &random)
            }
            let range = sector.index * Self.sectorBytes..<(sector.index + 1) * Self.sectorBytes
            for write in writes.prefix(count) {
                let part = range.clamped(to: write.offset..<write.offset + write.bytes.count)
                let bytes = write.bytes[
                    part.lowerBound - write.offset..<part.upperBound - write.offset]
                Self.write(&image.contents[sector.file, default: []], part.lowerBound, bytes)
            }
        }
    }
}
