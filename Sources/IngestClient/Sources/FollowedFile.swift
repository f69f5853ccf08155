internal import Foundation

/// A file that another program is still writing, from its first byte on.
public final class FollowedFile: RecordingSource {
    private static let pieceBytes = 1 << 18

    private struct State {
        var isInterrupted = false
        var lastGrowth = ContinuousClock.now
    }

    /// What is not read yet stays in the file.
    public let isLive = false
    /// The file itself.
    public let isKeptElsewhere = true
    private let handle: FileHandle
    private let path: String
    private let idleMax: Duration?
    private let state = Guarded(State())

    /// - Parameter idleMax: it has ended when it did not grow for so long; nil: only by
    ///   `interrupt`.
    ///
    /// Errors: there is no such file, or it may not be read.
    public init(path: String, idleMax: Duration? = nil) throws(RecorderError) {
        guard let handle = FileHandle(forReadingAtPath: path) else {
            let reason = String(cString: strerror(errno))
            throw .source("\(path) cannot be opened: \(reason)")
        }
        self.handle = handle
        self.path = path
        self.idleMax = idleMax
    }

    /// Looks every tenth of a second; nothing tells when another program writes.
    public func read(waiting wait: Duration) throws(RecorderError) -> SourceBytes {
        let bytes: [UInt8]
        do {
            bytes = [UInt8](try handle.read(upToCount: Self.pieceBytes) ?? Data())
        } catch {
            throw .source("\(path) cannot be read: \(error.localizedDescription)")
        }
        let (isInterrupted, idle) = state.withLock { state in
            if !bytes.isEmpty { state.lastGrowth = .now }
            return (state.isInterrupted, state.lastGrowth.duration(to: .now))
        }
        guard bytes.isEmpty else { return .bytes(bytes) }
        if isInterrupted { return .end }
        if let idleMax, idle >= idleMax { return .end }
        Thread.sleep(forTimeInterval: min(0.1, wait / .seconds(1)))
        return .nothing
    }

    /// What stands in the file already still comes.
    public func interrupt() { state.withLock { $0.isInterrupted = true } }
}
