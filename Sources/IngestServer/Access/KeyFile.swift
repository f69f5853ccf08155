internal import Posix
internal import Wire

/// `keys.json` in a data folder: its `Keyring`, for the owner's eyes alone (mode 0600).
///
/// Blocks: every method, on disk.
package struct KeyFile: Sendable {
    private let folder: String
    private let files: any FileSystem

    /// - Parameter folder: the data folder.
    package init(_ folder: String) {
        self.init(folder, DiskFileSystem(permissions: 0o600))
    }

    init(_ folder: String, _ files: any FileSystem) {
        self.folder = folder
        self.files = files
    }

    private var path: String { folder + "/keys.json" }

    /// Its bytes; nil: there is none yet.
    func contents() throws(KeyError) -> [UInt8]? {
        do throws(SystemError) {
            return files.exists(path) ? try files.contents(path) : nil
        } catch { throw KeyError("The keys cannot be read: \(error).") }
    }

    /// What its bytes say.
    func keyring(_ contents: [UInt8]) throws(KeyError) -> Keyring {
        do throws(Problem) {
            return try WireJSON.decode(Keyring.self, from: contents)
        } catch {
            throw KeyError("\(path) cannot be read: \(error.detail)")
        }
    }

    /// The keys as they are. Errors: there is no file yet.
    package func read() throws(KeyError) -> Keyring {
        guard let contents = try contents() else {
            throw KeyError(
                "There are no keys in \(folder) yet. The server's first start makes some.")
        }
        return try keyring(contents)
    }

    /// Changes the keys, durably and in one step, whoever else does the same in other processes.
    /// Makes the data folder, and keys where there are none.
    package func change<Answer>(
        _ change: (inout Keyring) throws(KeyError) -> Answer
    ) throws(KeyError) -> Answer {
        do {
            try files.createFolder(folder)
            let lock = try FolderLock(folder, name: "keys.lock", waits: true)
            return try withExtendedLifetime(lock) {
                let before = try contents()
                var keyring = try before.map(keyring) ?? Keyring()
                let answer = try change(&keyring)
                let after = WireJSON.encode(keyring)
                if after != before { try files.replaceDurably(path, with: after) }
                return answer
            }
        } catch let error as KeyError {
            throw error
        } catch {
            throw KeyError("The keys cannot be written: \(error).")
        }
    }
}
