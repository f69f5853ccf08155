package import Foundation
internal import Recordings

/// The recordings of one profile on this machine: their media files, and a journal that says how
/// far each has come.
///
/// One process at a time uses a folder; any other can list it (`Outbox.list`). It opens after a
/// crash at any point: what the journal does not know yet of a media file is cut into chunks then.
///
/// Blocks: every method, on disk. Runs on: any thread.
public final class Outbox: Sendable {
    /// The profile's folder.
    public let folder: String
    /// As it was opened.
    public let limits: OutboxLimits
    /// What opening found and put right, in sentences.
    public let findings: [String]

    let journal: Journal
    let state: Guarded<State>
    let now: @Sendable () -> Date
    private let lock: OutboxLock

    struct State {
        var storedBytes: Int64 = 0
        var isQuotaNear = false
        var isDiskNear = false
        var listeners: [UInt64: AsyncStream<OutboxEvent>.Continuation] = [:]
        var listenerCount: UInt64 = 0
    }

    /// Opens the profile in `folder`, or begins it.
    ///
    /// Errors: `locked` by another process; `unusable`.
    public convenience init(
        folder: String, limits: OutboxLimits = OutboxLimits()
    ) throws(OutboxError) {
        try self.init(folder: folder, limits: limits, now: { Date() })
    }

    /// - Parameter now: the wall clock; it may jump.
    package init(
        folder: String, limits: OutboxLimits, now: @escaping @Sendable () -> Date
    ) throws(OutboxError) {
        self.folder = folder
        self.limits = limits
        self.now = now
        do {
            try FileManager.default.createDirectory(
                atPath: folder + "/media", withIntermediateDirectories: true)
        } catch {
            throw .unusable(folder: folder, reason: error.localizedDescription)
        }
        lock = try OutboxLock(folder)
        var recovery = try OutboxRecovery(folder: folder, limits: limits, now: now)
        try recovery.run()
        journal = recovery.journal
        findings = recovery.findings
        var state = State()
        state.storedBytes = try journal.storedBytes()
        self.state = Guarded(state)
        try removeCopiesPastGrace()
    }

    /// What is in the profile, oldest first; it may be in use by another process. Nothing is
    /// changed. A folder that is not there holds nothing.
    public static func list(folder: String) throws(OutboxError) -> [OutboxRecording] {
        let path = folder + "/outbox.sqlite"
        guard FileManager.default.fileExists(atPath: path) else { return [] }
        let journal = try Journal(path: path, isReadOnly: true)
        return try journal.recordings().filter { !$0.isDeleting }
            .map { $0.located(in: folder) }
    }

    /// All recordings, oldest first.
    public func recordings() throws(OutboxError) -> [OutboxRecording] {
        try journal.recordings().filter { !$0.isDeleting }.map { $0.located(in: folder) }
    }

    /// One recording. Errors: `unknown`.
    public func recording(_ id: String) throws(OutboxError) -> OutboxRecording {
        guard let recording = try journal.recording(id), !recording.isDeleting else {
            throw .unknown(id: id)
        }
        return recording.located(in: folder)
    }

    /// What happens from now on. A listener that falls far behind misses the oldest.
    public func events() -> AsyncStream<OutboxEvent> {
        AsyncStream(bufferingPolicy: .bufferingNewest(1000)) { continuation in
            let number = state.withLock { state in
                state.listenerCount += 1
                state.listeners[state.listenerCount] = continuation
                return state.listenerCount
            }
            continuation.onTermination = { [weak self] _ in
                _ = self?.state.withLock { $0.listeners.removeValue(forKey: number) }
            }
        }
    }

    /// Moves what SQLite holds aside into its one file. The last owner of the outbox calls it.
    public func close() throws(OutboxError) { try journal.close() }

    func tell(_ event: OutboxEvent) {
        let listeners = state.withLock { Array($0.listeners.values) }
        for listener in listeners { listener.yield(event) }
    }
}

extension OutboxRecording {
    /// The row does not know where its profile lies.
    func located(in folder: String) -> OutboxRecording {
        var recording = self
        recording.mediaPath = "\(folder)/media/\(fileName)"
        return recording
    }
}
