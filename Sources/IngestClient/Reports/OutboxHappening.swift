internal import Foundation
internal import Recordings
internal import Wire

/// How events are noted for a server.
struct ReportRules: Sendable {
    /// So many wait at most.
    let eventsMax: Int
    /// The wall clock; it may jump.
    let now: @Sendable () -> Date
}

/// Something that a server is told of. It follows from how a recording's row changes, so that
/// there is no change without its event, and one transaction for both.
struct OutboxHappening: Equatable {
    let kind: TelemetryKind
    /// The recording's id on the server; nil: it is about this machine.
    let recording: String?
    var values: [String: JSONValue] = [:]

    /// The `endReason` of what a crash cut off.
    static let crashReason = "the recorder crashed"

    /// Texts for people are cut here; in characters.
    private static let textMax = 300

    static func text(_ text: String) -> JSONValue { .string(String(text.prefix(textMax))) }

    /// - Parameter before: nil: it has begun.
    static func between(
        _ before: OutboxRecording?, _ after: OutboxRecording
    ) -> [OutboxHappening] {
        func one(_ kind: TelemetryKind, _ values: [String: JSONValue] = [:]) -> OutboxHappening {
            OutboxHappening(kind: kind, recording: after.serverID, values: values)
        }
        guard let before else { return [one(.started)] }
        if after.isDeleting {
            return before.isDeleting || before.state == .sent ? [] : [one(.deleted)]
        }
        var all: [OutboxHappening] = []
        if before.serverID != after.serverID {
            all.append(one(.renewed, ["replaces": .string(before.serverID)]))
        }
        if before.state == .recording, after.state != .recording {
            if after.endReason == crashReason { all.append(one(.crashed)) }
            all.append(one(.stopped, stopValues(after)))
        } else if after.state == .pending, before.state != .recording,
            before.state == .kept || before.sendPolicy != after.sendPolicy
        {
            all.append(one(.released, sendAt(after)))
        }
        guard before.state != after.state else { return all }
        switch after.state {
        case .pending where before.state == .parked || before.state == .failed:
            all.append(one(.resumed))
        case .parked:
            all.append(
                one(
                    .parked,
                    ["reason": text(after.reason ?? ""), "needsUser": .boolean(after.needsUser)]))
        case .sent:
            all.append(one(.sent, after.condition.map { ["condition": text($0)] } ?? [:]))
        case .failed: all.append(one(.failed, ["reason": text(after.reason ?? "")]))
        case .kept where before.state != .recording: all.append(one(.kept))
        case .recording, .pending, .uploading, .kept: break
        }
        return all
    }

    private static func stopValues(_ recording: OutboxRecording) -> [String: JSONValue] {
        var values: [String: JSONValue] = [
            "bytes": .integer(recording.byteCount), "chunks": .integer(recording.chunkCount),
        ]
        if let seconds = recording.durationSeconds, seconds.isFinite, seconds >= 0 {
            values["durationSeconds"] = .number(seconds)
        }
        if let reason = recording.endReason { values["reason"] = text(reason) }
        if recording.state == .kept { values["isKept"] = .boolean(true) }
        return values.merging(sendAt(recording)) { $1 }
    }

    private static func sendAt(_ recording: OutboxRecording) -> [String: JSONValue] {
        guard case .sendAt(let date) = recording.sendPolicy else { return [:] }
        let milliseconds = OutboxRecording.milliseconds(date)
        return ["sendAt": .string(Timestamp.text(milliseconds: milliseconds))]
    }
}
