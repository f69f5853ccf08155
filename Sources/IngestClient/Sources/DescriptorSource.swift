internal import Foundation

/// Bytes from a pipe, a terminal or a file that is open: standard input, say.
public final class DescriptorSource: RecordingSource {
    /// What a pipe may hold on Linux; more than that was not there at the interrupt.
    private static let restBytesMax = 1 << 20
    private static let pieceBytes = 1 << 16

    private struct State {
        var isInterrupted = false
        var restBytes = 0
    }

    /// Not when it is a regular file.
    public let isLive: Bool
    /// Whether it is a regular file.
    public var isKeptElsewhere: Bool { !isLive }
    private let handle: FileHandle
    private let name: String
    private let state = Guarded(State())

    /// Standard input.
    public static var standardInput: DescriptorSource {
        DescriptorSource(.standardInput, name: "standard input")
    }

    /// Errors: there is no such file, or it may not be read.
    public convenience init(path: String) throws(RecorderError) {
        guard let handle = FileHandle(forReadingAtPath: path) else {
            let reason = String(cString: strerror(errno))
            throw .source("\(path) cannot be opened: \(reason)")
        }
        self.init(handle, name: path)
    }

    /// - Parameter name: for messages.
    init(_ handle: FileHandle, name: String) {
        self.handle = handle
        self.name = name
        var facts = stat()
        let isFile = fstat(handle.fileDescriptor, &facts) == 0 && facts.st_mode & S_IFMT == S_IFREG
        isLive = !isFile
    }

    /// Waits with poll(2).
    public func read(waiting wait: Duration) throws(RecorderError) -> SourceBytes {
        let isInterrupted = state.withLock { $0.isInterrupted }
        if isInterrupted, !isLive || state.withLock({ $0.restBytes >= Self.restBytesMax }) {
            return .end
        }
        let milliseconds = isInterrupted ? 0 : Int32(min(1e6, wait / .milliseconds(1)))
        var wanted = pollfd(fd: handle.fileDescriptor, events: Int16(POLLIN), revents: 0)
        let count = poll(&wanted, 1, milliseconds)
        if count < 0, errno != EINTR { throw failure() }
        guard count > 0 else { return isInterrupted ? .end : .nothing }
        var bytes = [UInt8](repeating: 0, count: Self.pieceBytes)
        let byteCount = Foundation.read(handle.fileDescriptor, &bytes, bytes.count)
        if byteCount < 0, errno == EINTR || errno == EAGAIN { return .nothing }
        guard byteCount >= 0 else { throw failure() }
        guard byteCount > 0 else { return .end }
        bytes.removeLast(bytes.count - byteCount)
        if isInterrupted { state.withLock { $0.restBytes += byteCount } }
        return .bytes(bytes)
    }

    /// What the pipe holds still comes.
    public func interrupt() { state.withLock { $0.isInterrupted = true } }

    private func failure() -> RecorderError {
        .source("\(name) cannot be read: \(String(cString: strerror(errno)))")
    }
}
