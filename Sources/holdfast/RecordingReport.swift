import Foundation
import IngestClient

/// One recording of the outbox as JSON.
struct RecordingReport: Encodable {
    var id: String
    var state: String
    var title: String?
    var mediaType: String
    var startedAt: Date
    var sendAt: Date?
    var durationSeconds: Double?
    var bytes: Int64
    var chunks: Int64
    var acknowledgedBytes: Int64
    var attempts: Int
    var lastError: String?
    var reason: String?
    var needsUser: Bool
    var endReason: String?
    var parkedAt: Date?
    var sentAt: Date?
    var condition: String?
    var serverID: String
    var editOf: String?
    /// Null once the local copy is gone.
    var file: String?

    init(_ recording: OutboxRecording) {
        id = recording.id
        state = recording.state.rawValue
        title = recording.title
        mediaType = recording.mediaType
        startedAt = recording.startedAt
        if case .sendAt(let date) = recording.sendPolicy { sendAt = date }
        durationSeconds = recording.durationSeconds
        bytes = recording.byteCount
        chunks = recording.chunkCount
        acknowledgedBytes = recording.acknowledgedBytes
        attempts = recording.attempts
        lastError = recording.lastError
        reason = recording.reason
        needsUser = recording.needsUser
        endReason = recording.endReason
        parkedAt = recording.parkedAt
        sentAt = recording.sentAt
        condition = recording.condition
        serverID = recording.serverID
        editOf = recording.editOf
        file = recording.hasLocalCopy ? recording.mediaPath : nil
    }

    var json: String { JSONText.line(self) }
}

/// One line of JSON.
enum JSONText {
    static func line(_ value: some Encodable) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.dateEncodingStrategy = .iso8601
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "Infinity", negativeInfinity: "-Infinity", nan: "NaN")
        // Texts, numbers and dates always become JSON.
        let data = (try? encoder.encode(value)) ?? Data()
        return String(decoding: data, as: UTF8.self)
    }
}
