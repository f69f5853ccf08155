internal import Foundation

/// A folder that goes, with all that is in it, when its last owner does.
package final class TemporaryFolder: Sendable {
    package let path: String

    /// `inMemory`: where syncs cost nothing, if the system has such a place.
    package init(_ purpose: String = "test", inMemory: Bool = false) {
        let memory = URL(filePath: "/dev/shm")
        let isThere = FileManager.default.isWritableFile(atPath: memory.path)
        path =
            (inMemory && isThere ? memory : FileManager.default.temporaryDirectory)
            .appending(path: "holdfast-\(purpose)-\(UUID().uuidString)").path
        do {
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true)
        } catch {
            preconditionFailure("no temporary folder \(path): \(error)")
        }
    }

    deinit {
        // Nobody is left to tell; the system clears its temporary folder in time.
        try? FileManager.default.removeItem(atPath: path)
    }
}
