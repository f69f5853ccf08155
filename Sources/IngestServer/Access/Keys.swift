internal import Logging
internal import Posix

/// The keys in force: those of the file, read again whenever it has changed.
final class Keys: Sendable {
    private struct State {
        var keyring: Keyring
        /// The file's bytes as they were looked at last.
        var seen: [UInt8]?
    }

    private let file: KeyFile
    private let state: Lock<State>

    init(_ file: KeyFile) throws(KeyError) {
        self.file = file
        let contents = try file.contents()
        let keyring = try contents.map(file.keyring) ?? Keyring()
        state = Lock(State(keyring: keyring, seen: contents))
    }

    var current: Keyring { state.withLock { $0.keyring } }

    /// Reads the file again if it has changed. Whatever is wrong with it: the keys that are in
    /// force stay, and the log says so, once. Blocks: it reads a small file.
    ///
    /// - Parameter now: milliseconds since 1970.
    func refresh(_ logger: Logger, at now: Int64) {
        do throws(KeyError) {
            let contents = try file.contents()
            guard state.withLock({ $0.seen != contents }) else { return }
            state.withLock { $0.seen = contents }
            guard let contents else { throw KeyError("The file is gone.") }
            let keyring = try file.keyring(contents)
            state.withLock { $0.keyring = keyring }
            let valid = keyring.keys.filter { $0.isValid(at: now) }
            logger.notice("keys read", metadata: ["valid": "\(valid.count)"])
            let names = valid.map { "\($0.kind.rawValue):\($0.name)" }.joined(separator: " ")
            Audit(logger).note("keys", by: "process", ["valid": names])
        } catch {
            logger.error("the keys stay as they were", metadata: ["error": "\(error)"])
        }
    }
}
