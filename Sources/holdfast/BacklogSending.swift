import Foundation
import IngestClient

/// Sends an outbox and tells how it goes: one line of progress for all of it, a line for each
/// recording that is done.
struct BacklogSending {
    let outbox: Outbox
    let options: UploadOptions
    let isJSON: Bool

    private struct Progress {
        var byteCounts: [String: Int64] = [:]
        var acknowledged: [String: Int64] = [:]
        var known: Int64 = 0
        var isStarted = false
    }

    /// Returns the exit code: 0, or 1 if one failed, or 3 if one was parked.
    func run() async throws -> Int32 {
        let uploader = Uploader(outbox, options)
        let events = await uploader.events()
        let sending = Task { await uploader.run(until: .whenIdle) }
        let line = ProgressLine(name: "outbox")
        var progress = Progress()
        for recording in try outbox.recordings()
        where [.pending, .uploading].contains(recording.state) {
            progress.byteCounts[recording.id] = recording.byteCount
        }
        for await event in events {
            show(event, line, &progress)
            switch event {
            case .sent(let id, _), .failed(let id, _), .parked(let id, _): try tell(id, line)
            default: break
            }
        }
        await sending.value
        line.end()
        // By what is written down, not by what was heard.
        let known = progress.byteCounts
        return try outbox.recordings().filter { known[$0.id] != nil }.map(Self.code).max() ?? 0
    }

    private static func code(_ recording: OutboxRecording) -> Int32 {
        switch recording.state {
        case .failed: 1
        case .parked: 3
        case .recording, .pending, .uploading, .sent, .kept: 0
        }
    }

    private func show(_ event: UploadEvent, _ line: ProgressLine, _ progress: inout Progress) {
        switch event {
        case .started(let id, let acknowledged, let byteCount):
            progress.byteCounts[id] = byteCount
            progress.known += acknowledged - (progress.acknowledged[id] ?? 0)
            progress.acknowledged[id] = acknowledged
            guard !progress.isStarted else { break }
            progress.isStarted = true
            line.report(.started(bytesAlreadyThere: 0, byteCount: total(progress)))
        case .acknowledged(let id, let acknowledged, let byteCount):
            progress.byteCounts[id] = byteCount
            progress.known += acknowledged - (progress.acknowledged[id] ?? 0)
            progress.acknowledged[id] = acknowledged
            line.report(.acknowledged(bytes: progress.known, byteCount: total(progress)))
        case .retrying(_, let attempt, let reason, let delay),
            .serverGone(let attempt, let reason, let delay):
            line.report(.retrying(attempt: attempt, reason: reason, after: delay))
        case .outboxTrouble(let reason):
            line.report(.retrying(attempt: 1, reason: reason, after: options.retries.delayMax))
        case .serverBack, .finalizing, .sent, .parked, .failed: break
        }
    }

    private func total(_ progress: Progress) -> Int64 { progress.byteCounts.values.reduce(0, +) }

    private func tell(_ id: String, _ line: ProgressLine) throws {
        let recording = try outbox.recording(id)
        line.end()
        if isJSON {
            print(RecordingReport(recording).json)
        } else if recording.state == .sent {
            let condition = recording.condition.map { " (\($0))" } ?? ""
            print("\(recording.title ?? id): sent\(condition)")
        } else {
            let text = "\(recording.title ?? id): \(recording.state): \(recording.reason ?? "")\n"
            FileHandle.standardError.write(Data(text.utf8))
        }
    }
}
