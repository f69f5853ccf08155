import IngestClient

/// Sends the outbox beside a recorder, and tells what goes wrong and what has arrived.
struct LiveSending {
    private let uploader: Uploader
    private let running: Task<Void, Never>
    private let watching: Task<Void, Never>
    /// Ids of recordings that are done, and whether they were sent.
    private let done: AsyncStream<(id: String, isSent: Bool)>

    /// Begins at once.
    init(_ outbox: Outbox, _ options: UploadOptions, _ output: RecordOutput) {
        let uploader = Uploader(outbox, options)
        self.uploader = uploader
        let (done, tell) = AsyncStream.makeStream(of: (id: String, isSent: Bool).self)
        self.done = done
        let (isListening, listens) = AsyncStream.makeStream(of: Void.self)
        watching = Task {
            let events = await uploader.events()
            listens.finish()
            for await event in events {
                switch event {
                case .sent(let id, let condition):
                    output.note("sent", id: id, condition)
                    tell.yield((id, true))
                case .parked(let id, let reason):
                    output.note("parked", id: id, reason)
                    tell.yield((id, false))
                case .failed(let id, let reason):
                    output.note("failed", id: id, reason)
                    tell.yield((id, false))
                case .serverGone(1, let reason, _): output.note("server gone", reason)
                case .serverBack: output.note("server back")
                case .outboxTrouble(let reason): output.note("outbox", reason)
                case .started, .acknowledged, .retrying, .serverGone, .finalizing: break
                }
            }
            tell.finish()
        }
        running = Task {
            // What happens before somebody listens is not told.
            for await _ in isListening {}
            await uploader.run()
        }
    }

    /// Waits until a recording that has ended is sent, if it is to be sent now, and then ends.
    /// Returns whether all is as it is to be.
    func wait(for recording: OutboxRecording) async -> Bool {
        defer {
            running.cancel()
            watching.cancel()
        }
        guard recording.sendPolicy == .now else { return true }
        for await (id, isSent) in done where id == recording.id {
            if isSent { await uploader.tellRest() }
            return isSent
        }
        return false
    }
}
