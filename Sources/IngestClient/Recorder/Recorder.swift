internal import Foundation

/// Makes recordings: takes bytes from a source, writes them to the outbox's disk first, and tells
/// what happens.
///
/// What has been told as `safe` outlives any crash. One recorder makes one recording; any
/// number may run at once.
public final class Recorder: Sendable {
    /// A source is asked at least so often, so that stop and pause are heard.
    private static let patience = Duration.milliseconds(100)

    private struct Control {
        var hasBegun = false
        var isStopped = false
        var isPaused = false
    }

    /// What happens, in order. A listener that falls far behind misses the oldest.
    public let events: AsyncStream<RecorderEvent>
    private let tell: AsyncStream<RecorderEvent>.Continuation
    private let outbox: Outbox
    private let options: RecorderOptions
    private let control = Guarded(Control())

    /// A recorder that has not begun.
    public init(outbox: Outbox, options: RecorderOptions = RecorderOptions()) {
        precondition(options.chunkBytes > 0, "a chunk has at least one byte")
        self.outbox = outbox
        self.options = options
        (events, tell) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(10_000))
    }

    /// Records until the source ends or `stop` is called. Called once.
    ///
    /// - Returns: the recording as it is in the outbox; its `endReason` says when it had to end
    ///   because there was no room, or because the source failed.
    ///
    /// Errors: there is no recording; or the outbox failed other than for lack of room, and what
    /// was safe is still in it.
    public func record(
        from source: any RecordingSource, as input: RecordingInput = .detect
    ) async throws(RecorderError) -> OutboxRecording {
        let isFirst = control.withLock { control in
            defer { control.hasBegun = true }
            return !control.hasBegun
        }
        precondition(isFirst, "a recorder makes one recording")
        // A thread of its own: it waits for the source and for the disk.
        let outcome = await withCheckedContinuation { continuation in
            let thread = Thread {
                continuation.resume(returning: self.outcome(source, input))
            }
            thread.name = "recorder"
            // The encoder keeps its scratch memory on the stack.
            thread.stackSize = 4 << 20
            thread.start()
        }
        tell.finish()
        return try outcome.get()
    }

    /// Ends the recording: what is on its way still comes, then `record` returns.
    public func stop() { control.withLock { $0.isStopped = true } }

    /// What comes from now on is not recorded.
    public func pause() { control.withLock { $0.isPaused = true } }

    /// It goes on.
    public func resume() { control.withLock { $0.isPaused = false } }

    private func outcome(
        _ source: any RecordingSource, _ input: RecordingInput
    ) -> Result<OutboxRecording, RecorderError> {
        let take = Take(
            outbox, input, options, keepsUnknown: !source.isKeptElsewhere
        ) { [tell] in tell.yield($0) }
        do throws(RecorderError) {
            let reason = try run(take, source)
            return .success(try take.finish(reason: reason, at: .now))
        } catch .outbox(let error) where error.isNoRoom {
            // A disk without a single byte may not even take down how it ended: the next opening
            // of the outbox does.
            guard let recording = take.recordingAfterFailure(), recording.state != .recording
            else { return .failure(.outbox(error)) }
            tell.yield(
                .ended(
                    id: recording.id, byteCount: recording.byteCount,
                    seconds: recording.durationSeconds, reason: recording.endReason))
            return .success(recording)
        } catch { return .failure(error) }
    }

    /// Until the source ends or it is stopped. Returns why it had to end, if it had to.
    private func run(
        _ take: Take, _ source: any RecordingSource
    ) throws(RecorderError) -> String? {
        var isPaused = false
        var isInterrupted = false
        while !take.isComplete {
            let control = control.withLock { $0 }
            if control.isStopped, !isInterrupted {
                source.interrupt()
                isInterrupted = true
            }
            if control.isPaused != isPaused, let canPause = take.canPause {
                isPaused = try setPaused(control.isPaused && canPause, take, canPause)
            }
            if isPaused, !source.isLive, !isInterrupted {
                // What waits in a file can wait; this is how soon a resume is heard.
                Thread.sleep(forTimeInterval: 0.02)
                continue
            }
            let found: SourceBytes
            do throws(RecorderError) { found = try source.read(waiting: Self.patience) } catch {
                // A source that fails before anything came leaves no recording.
                guard take.hasBegun else { throw error }
                tell.yield(.warning(error.description))
                take.sourceDropped(error.description)
                return error.description
            }
            switch found {
            case .bytes(let bytes) where isPaused: take.drop(bytes)
            case .bytes(let bytes): try take.add(bytes, at: .now)
            case .nothing: break
            case .end: return nil
            }
            try take.cutIfDue(at: .now)
        }
        return nil
    }

    /// Returns whether it is paused now.
    private func setPaused(
        _ isPaused: Bool, _ take: Take, _ canPause: Bool
    ) throws(RecorderError) -> Bool {
        guard canPause else {
            control.withLock { $0.isPaused = false }
            tell.yield(
                .warning("A stream that is encoded already can only be paused where it is made."))
            return false
        }
        if isPaused { try take.cut() }
        tell.yield(isPaused ? .paused(seconds: take.seconds) : .resumed(seconds: take.seconds))
        return isPaused
    }
}
