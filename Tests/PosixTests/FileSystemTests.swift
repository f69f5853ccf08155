import Glibc
import Posix
import TestKit
import Testing

/// What storage expects of a file system, asked of the real one and of the simulated one.
@Suite struct FileSystemTests {
    enum Kind: CaseIterable, Sendable {
        case disk, simulated

        /// Runs `body` in an empty folder and takes it away.
        func inFolder(_ body: (any FileSystem, String) throws -> Void) throws {
            switch self {
            case .simulated:
                let files = SimulatedFileSystem()
                try files.createFolder("folder")
                try body(files, "folder")
            case .disk:
                let folder = TemporaryFolder("files")
                try body(DiskFileSystem(), folder.path)
            }
        }
    }

    @Test(arguments: Kind.allCases)
    func theOpenModesDifferInWhatTheyExpect(_ kind: Kind) throws {
        try kind.inFolder { files, folder in
            let path = folder + "/file"
            for mode in [OpenMode.read, .update] {
                do {
                    _ = try files.open(path, mode)
                    Issue.record("a missing file is an error")
                } catch {
                    #expect((error as? SystemError)?.isMissing == true)
                }
            }
            try files.open(path, .create).write([1, 2, 3], at: 0)
            #expect(try files.open(path, .create).byteCount == 3)
            #expect(try files.open(path, .read).read(10, at: 1) == [2, 3])
            try files.open(path, .update).write([9], at: 1)
            #expect(try files.contents(path) == [1, 9, 3])
            #expect(try files.open(path, .replace).byteCount == 0)
        }
    }

    @Test(arguments: Kind.allCases)
    func writesLandWhereTheyAreSentAndHolesAreZeros(_ kind: Kind) throws {
        try kind.inFolder { files, folder in
            let file = try files.open(folder + "/file", .create)
            try file.write([7, 8], at: 4)
            #expect(try file.read(10, at: 0) == [0, 0, 0, 0, 7, 8])
            #expect(try file.read(10, at: 6) == [])
            try file.truncate(to: 5)
            try file.truncate(to: 7)
            #expect(try file.read(10, at: 3) == [0, 7, 0, 0])
            try file.allocate(16)
            #expect(try file.byteCount == 16)
            try file.allocate(8)
            #expect(try file.byteCount == 16)
            try file.syncData()
            file.startWriteback(0..<16)
        }
    }

    /// More pieces than one pwritev(2) takes, empty ones among them.
    @Test(arguments: Kind.allCases, [0, 1, 1023, 1024, 1025, 3000])
    func anyNumberOfPiecesIsOneWrite(_ kind: Kind, _ count: Int) throws {
        let slab = Slab(byteCount: 4096)
        for index in 0..<4096 { slab.buffer[index] = UInt8(truncatingIfNeeded: index / 3) }
        let pieces = (0..<count).map { slab.lend($0..<$0 + $0 % 3).buffer }
        try kind.inFolder { files, folder in
            let file = try files.open(folder + "/file", .create)
            try file.write(pieces, at: 2)
            let isRight = try file.read(8192, at: 2) == pieces.flatMap { Array($0) }
            #expect(isRight)
        }
    }

    @Test(arguments: Kind.allCases)
    func namesMoveAndGo(_ kind: Kind) throws {
        try kind.inFolder { files, folder in
            for name in ["a", "b"] {
                try files.open("\(folder)/\(name)", .create).write(Array(name.utf8), at: 0)
            }
            #expect(try files.names(in: folder).sorted() == ["a", "b"])
            try files.rename(folder + "/a", to: folder + "/b")
            #expect(try files.names(in: folder) == ["b"])
            #expect(try files.contents(folder + "/b") == Array("a".utf8))
            try files.remove(folder + "/b")
            try files.remove(folder + "/b")
            #expect(!files.exists(folder + "/b"))
            #expect(try files.names(in: folder + "/missing") == [])
            #expect(throws: SystemError.self) {
                try files.rename(folder + "/missing", to: folder + "/c")
            }
            try files.syncFolder(folder)
            #expect(try files.freeBytes(folder) > 0)
        }
    }

    @Test(arguments: Kind.allCases)
    func aFolderIsCreatedWithThoseAboveIt(_ kind: Kind) throws {
        try kind.inFolder { files, folder in
            try files.createFolder(folder + "/one/two")
            try files.createFolder(folder + "/one/two")
            #expect(files.exists(folder + "/one/two"))
            try files.remove(folder + "/one/two")
            try files.remove(folder + "/one")
            #expect(!files.exists(folder + "/one/two"))
        }
    }

    @Test(arguments: Kind.allCases)
    func aRemovedFileCanStillBeReadByWhoHasItOpen(_ kind: Kind) throws {
        try kind.inFolder { files, folder in
            let file = try files.open(folder + "/file", .create)
            try file.write([1, 2], at: 0)
            try files.remove(folder + "/file")
            #expect(try file.read(2, at: 0) == [1, 2])
        }
    }

    @Test(arguments: Kind.allCases)
    func replacingDurablyLeavesTheNewContentsAndNothingElse(_ kind: Kind) throws {
        try kind.inFolder { files, folder in
            for bytes in [[1, 2, 3], [4], []] as [[UInt8]] {
                try files.replaceDurably(folder + "/file", with: bytes)
                #expect(try files.contents(folder + "/file") == bytes)
            }
            #expect(try files.names(in: folder) == ["file"])
        }
    }

    @Test(arguments: [("a", "."), ("/a", "/"), ("/a/b", "/a"), ("a/b/c", "a/b")])
    func theFolderOfAPathIsWhatIsBeforeTheLastSlash(_ path: String, _ folder: String) {
        #expect(DiskFileSystem.folder(of: path) == folder)
    }

    @Test func aFolderHasOneOwner() throws {
        try Kind.disk.inFolder { files, folder in
            var first: FolderLock? = try FolderLock(folder)
            #expect(throws: SystemError("flock", folder + "/lock", EWOULDBLOCK)) {
                _ = try FolderLock(folder)
            }
            #expect(first != nil)
            first = nil
            _ = try FolderLock(folder)
        }
    }
}
