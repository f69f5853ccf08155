internal import Foundation

/// A program that writes what it captures to its standard output: `arecord`, `ffmpeg` and the
/// like. What it has to say goes to standard error.
public final class CaptureCommand: RecordingSource {
    /// After the interrupt it has so long to write the rest.
    private static let graceMax = Duration.seconds(5)

    private struct State {
        var interruptedAt: ContinuousClock.Instant?
        var hasEnded = false
    }

    /// What is not taken is gone.
    public let isLive = true
    /// What it captures is nowhere else.
    public let isKeptElsewhere = false
    private let command: String
    private let process: Process
    private let output: DescriptorSource
    private let state = Guarded(State())

    /// Runs `command` with `/bin/sh -c`. It has no standard input.
    ///
    /// Errors: the shell cannot be started.
    public init(_ command: String) throws(RecorderError) {
        self.command = command
        let pipe = Pipe()
        process = Process()
        process.executableURL = URL(filePath: "/bin/sh")
        process.arguments = ["-c", command]
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = pipe
        do { try process.run() } catch {
            throw .source("\(command) cannot be run: \(error.localizedDescription)")
        }
        output = DescriptorSource(pipe.fileHandleForReading, name: command)
    }

    deinit { if process.isRunning { process.terminate() } }

    /// Errors: the command ended with an exit code other than 0, and nobody had asked it to.
    public func read(waiting wait: Duration) throws(RecorderError) -> SourceBytes {
        let interruptedAt = state.withLock { $0.interruptedAt }
        if state.withLock({ $0.hasEnded }) { return .end }
        let found = try output.read(waiting: wait)
        switch found {
        case .bytes: return found
        case .nothing:
            guard let interruptedAt, interruptedAt.duration(to: .now) > Self.graceMax else {
                return found
            }
            process.terminate()
            state.withLock { $0.hasEnded = true }
            return .end
        case .end:
            state.withLock { $0.hasEnded = true }
            process.waitUntilExit()
            if interruptedAt == nil, process.terminationStatus != 0 {
                throw .source("\(command) ended with exit code \(process.terminationStatus).")
            }
            return .end
        }
    }

    /// Asks the command to end, as Ctrl-C does, and takes what it still writes.
    public func interrupt() {
        let isFirst = state.withLock { state in
            defer { state.interruptedAt = state.interruptedAt ?? .now }
            return state.interruptedAt == nil
        }
        guard isFirst, process.isRunning else { return }
        // The shell and what it runs are a group of their own, where Foundation makes them one.
        if kill(-process.processIdentifier, SIGINT) != 0 { process.interrupt() }
    }
}
