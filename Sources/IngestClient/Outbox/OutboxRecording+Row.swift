internal import Foundation
internal import GRDB

extension OutboxRecording {
    /// Throws `OutboxError.failed` when the row holds what was never written.
    init(_ row: Row) throws {
        guard let state = OutboxState(rawValue: row["state"]) else {
            throw OutboxError.failed(operation: "read its journal", reason: "an unknown state")
        }
        self.init(
            id: row["id"], state: state, mediaType: row["mediaType"], title: row["title"],
            device: row["device"], startedAt: Self.date(row["startedAt"]),
            sendPolicy: Self.policy(row["policy"], row["sendAt"]), editOf: row["editOf"],
            mediaPath: "", hasLocalCopy: row["hasLocalCopy"], byteCount: row["bytes"],
            chunkCount: row["chunks"], durationSeconds: row["durationSeconds"],
            endReason: row["endReason"], serverID: row["serverID"],
            acknowledgedBytes: row["acknowledgedBytes"], attempts: row["attempts"],
            lastError: row["lastError"], reason: row["reason"], needsUser: row["needsUser"],
            parkedAt: Self.date(row["parkedAt"]), sentAt: Self.date(row["sentAt"]),
            condition: row["condition"], fileName: row["fileName"],
            isCutAtOggPages: row["isCutAtOggPages"],
            digest: (row["digest"] as Data?).map { [UInt8]($0) }, token: row["token"],
            replaces: row["replaces"], isDeleting: row["isDeleting"])
    }

    /// Named as `JournalSchema.columns`.
    var arguments: StatementArguments {
        let (policy, sendAt): (String, Int64?) =
            switch sendPolicy {
            case .now: ("now", nil)
            case .recordOnly: ("recordOnly", nil)
            case .sendAt(let date): ("sendAt", Self.milliseconds(date))
            }
        return [
            "id": id, "state": state.rawValue, "mediaType": mediaType, "title": title,
            "device": device, "startedAt": Self.milliseconds(startedAt), "policy": policy,
            "sendAt": sendAt, "editOf": editOf, "fileName": fileName,
            "hasLocalCopy": hasLocalCopy, "isCutAtOggPages": isCutAtOggPages, "bytes": byteCount,
            "chunks": chunkCount, "durationSeconds": durationSeconds,
            "digest": digest.map { Data($0) }, "endReason": endReason, "token": token,
            "serverID": serverID, "replaces": replaces, "acknowledgedBytes": acknowledgedBytes,
            "attempts": attempts, "lastError": lastError, "reason": reason,
            "needsUser": needsUser, "parkedAt": parkedAt.map(Self.milliseconds),
            "sentAt": sentAt.map(Self.milliseconds), "condition": condition,
            "isDeleting": isDeleting,
        ]
    }

    static func milliseconds(_ date: Date) -> Int64 {
        // Dates that no clock shows are clamped: a double beyond Int64 would trap.
        Int64(max(-6e13, min(2.5e14, (date.timeIntervalSince1970 * 1000).rounded())))
    }

    static func date(_ milliseconds: Int64) -> Date {
        Date(timeIntervalSince1970: Double(milliseconds) / 1000)
    }

    private static func date(_ milliseconds: Int64?) -> Date? {
        milliseconds.map { date($0) }
    }

    private static func policy(_ name: String, _ sendAt: Int64?) -> SendPolicy {
        switch (name, sendAt) {
        case ("now", _): .now
        case ("sendAt", let sendAt?): .sendAt(date(sendAt))
        // What is not understood is not sent.
        default: .recordOnly
        }
    }
}
