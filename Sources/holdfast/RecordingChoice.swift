import IngestClient

/// Which recording a person means.
enum RecordingChoice {
    /// The one whose id begins with `text`; the newest one without a text.
    static func one(
        _ text: String?, in recordings: [OutboxRecording]
    ) throws(ChoiceTrouble) -> OutboxRecording {
        guard let text else {
            guard let newest = recordings.last else {
                throw ChoiceTrouble("There are no recordings here.")
            }
            return newest
        }
        let found = recordings.filter { $0.id.hasPrefix(text.lowercased()) }
        guard let first = found.first else {
            throw ChoiceTrouble("There is no recording \(text) here.")
        }
        guard found.count == 1 else {
            throw ChoiceTrouble("\(found.count) recordings begin with \(text): say more of it.")
        }
        return first
    }
}

/// Nobody knows which recording was meant.
struct ChoiceTrouble: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
