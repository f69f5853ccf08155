import Containers
import Foundation

/// What is in one file, for a person or as JSON.
struct MediaReport: Encodable {
    struct Damage: Encodable {
        var kind: String
        var detail: String
        /// Offsets in the file, half-open.
        var start: Int64?
        var end: Int64?
        var timeSeconds: Double?
    }

    var file: String
    var bytes: Int64
    /// `whole`, `damaged` or `unverified` where `inspect` looked; `finished`, `unchanged` or
    /// `unfinished` after `finalize`.
    var outcome: String
    var container: String
    var docType: String?
    var durationSeconds: Double?
    var tracks: [MediaDescription.Track]
    /// Frames and key frames of all tracks together.
    var frames: Int64
    var keyFrames: Int64
    /// Entries of the index that the finished file has.
    var indexEntries: Int
    var damage: [Damage]
    var notes: [String]

    init(_ path: String, bytes: Int64, _ artifact: Artifact, outcome: String? = nil) {
        file = path
        self.bytes = bytes
        container = artifact.description.container
        docType = artifact.description.docType
        durationSeconds = artifact.description.durationMilliseconds.map { $0 / 1000 }
        tracks = artifact.description.tracks
        frames = tracks.reduce(0) { $0 + $1.frames }
        keyFrames = tracks.reduce(0) { $0 + $1.keyFrames }
        indexEntries = artifact.description.cues
        damage = artifact.damage.map { damage in
            let end = damage.byteCount.flatMap { count in damage.offset.map { $0 + count } }
            return Damage(
                kind: damage.kind.rawValue, detail: damage.detail, start: damage.offset, end: end,
                timeSeconds: damage.timeMilliseconds.map { $0 / 1000 })
        }
        notes = artifact.notes
        for reason in [artifact.unverifiedReason, artifact.copyReason] {
            if let reason { notes.append("It stays as it is: \(reason)") }
        }
        let judgement =
            !damage.isEmpty ? "damaged" : artifact.unverifiedReason == nil ? "whole" : "unverified"
        self.outcome = outcome ?? judgement
    }

    var json: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        // Texts and numbers always become JSON.
        let data = (try? encoder.encode(self)) ?? Data()
        return String(decoding: data, as: UTF8.self)
    }

    /// Several lines.
    var text: String {
        let name = docType ?? container
        var lines = ["\(file): \(outcome), \(name), \(Self.time(durationSeconds)), \(bytes) bytes"]
        lines += tracks.map { "  track \($0.number): " + Self.text($0) }
        if !tracks.isEmpty { lines.append("  frames: \(frames), key frames: \(keyFrames)") }
        if indexEntries > 0 { lines.append("  index when finished: \(indexEntries) entries") }
        lines += damage.map { "  damage: " + Self.text($0) }
        lines += notes.map { "  note: \($0)" }
        return lines.joined(separator: "\n")
    }

    private static func text(_ track: MediaDescription.Track) -> String {
        var words = ["\(track.kind.rawValue) \(track.codec)"]
        if let width = track.width, let height = track.height {
            words.append("\(width)×\(height)")
        }
        if let rate = track.sampleRate { words.append("\(Int(rate)) Hz") }
        if let channels = track.channels {
            words.append(channels == 1 ? "1 channel" : "\(channels) channels")
        }
        words += ["\(track.frames) frames", "\(track.keyFrames) key frames"]
        return words.joined(separator: ", ")
    }

    private static func text(_ damage: Damage) -> String {
        var words = [damage.kind]
        if let start = damage.start { words.append("at byte \(start)") }
        if let start = damage.start, let end = damage.end { words.append("(\(end - start) bytes)") }
        if let seconds = damage.timeSeconds { words.append("at \(time(seconds))") }
        return words.joined(separator: " ") + ": " + damage.detail
    }

    /// `1:02:03.456`.
    private static func time(_ seconds: Double?) -> String {
        guard let seconds, seconds.isFinite, seconds < 1e9 else { return "no duration" }
        let all = Int((max(0, seconds) * 1000).rounded())
        func padded(_ number: Int, _ digits: Int) -> String {
            let text = String(number)
            return String(repeating: "0", count: max(0, digits - text.count)) + text
        }
        let (hours, minutes) = (all / 3_600_000, all / 60_000 % 60)
        let rest = padded(all / 1000 % 60, 2) + "." + padded(all % 1000, 3)
        return hours > 0 ? "\(hours):\(padded(minutes, 2)):\(rest)" : "\(minutes):\(rest)"
    }
}
