internal import Foundation

/// The recordings that tests deliver: a few beside the tests, all of them where `shared/media`
/// lies in one of the folders above this file.
package enum SharedRecordings {
    /// Those in Tests/Fixtures, by name.
    package static func fixtures() throws -> [SharedRecording] {
        try recordings(in: testsFolder().appending(path: "Fixtures"))
    }

    /// The full set where it is there, or else the fixtures.
    package static func all() throws -> [SharedRecording] {
        guard let folder = fullSetFolder() else { return try fixtures() }
        return try recordings(in: folder)
    }

    /// One of the fixtures. Errors: there is none of that name.
    package static func fixture(_ name: String) throws -> SharedRecording {
        try SharedRecording(folder: testsFolder().appending(path: "Fixtures/\(name)"))
    }

    /// A file or folder of the repository, for tests that look at it.
    package static func repositoryFolder() -> String {
        testsFolder().deletingLastPathComponent().path
    }

    private static func testsFolder() -> URL {
        URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    }

    private static func fullSetFolder() -> URL? {
        var folder = testsFolder()
        while folder.path != "/" {
            folder.deleteLastPathComponent()
            let media = folder.appending(path: "shared/media")
            if FileManager.default.fileExists(atPath: media.path) { return media }
        }
        return nil
    }

    private static func recordings(in folder: URL) throws -> [SharedRecording] {
        try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
            .map { try SharedRecording(folder: folder.appending(path: $0)) }
    }
}
