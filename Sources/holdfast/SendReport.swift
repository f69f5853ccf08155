import Foundation
import IngestClient

/// What became of one file, for a person or as JSON.
struct SendReport: Encodable {
    var file: String
    /// `sent`, `refused`, `unreadable` or `unfinished`.
    var outcome: String
    var id: String?
    var bytes: Int64?
    var bytesSent: Int64?
    var condition: String?
    var status: String?
    var media: String?
    var receivedDigest: String?
    var error: String?

    init(_ result: SendResult) {
        file = result.path
        outcome = "sent"
        id = result.id
        bytes = result.byteCount
        bytesSent = result.bytesSent
        condition = result.condition
        status = result.status.absoluteString
        media = result.media.absoluteString
        receivedDigest = result.receivedDigest
    }

    init(path: String, _ error: SendError) {
        file = path
        outcome =
            switch error {
            case .refused: "refused"
            case .file: "unreadable"
            case .gaveUp: "unfinished"
            }
        self.error = error.description
    }

    var exitCode: Int32 {
        switch outcome {
        case "sent": 0
        case "refused": 1
        case "unreadable": 2
        default: 3
        }
    }

    var text: String {
        if let error { return "\(file): \(error)" }
        let condition = condition.map { " (\($0))" } ?? ""
        return "\(file): sent\(condition), \(status ?? "")"
    }

    var json: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // Texts and whole numbers always become JSON.
        let data = (try? encoder.encode(self)) ?? Data()
        return String(decoding: data, as: UTF8.self)
    }
}
