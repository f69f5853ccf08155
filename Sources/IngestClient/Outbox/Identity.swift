internal import Foundation
internal import Recordings

/// What the client chooses by chance: ids and secrets.
enum Identity {
    /// A UUIDv7 of this time, lower case.
    static func newID(_ now: Date) -> String {
        var random = SystemRandomNumberGenerator()
        let milliseconds = UInt64(max(0, OutboxRecording.milliseconds(now)))
        return RecordingID.make(
            milliseconds: milliseconds, random: (random.next(), random.next())
        ).text
    }

    /// 256 random bits as base64url, which a field takes as it is (RFC 6750 2.1).
    static func newToken() -> String {
        var random = SystemRandomNumberGenerator()
        let bytes = (0..<32).map { _ in UInt8.random(in: .min ... .max, using: &random) }
        return Data(bytes).base64EncodedString()
            .replacingOccurrences(of: "+", with: "-").replacingOccurrences(of: "/", with: "_")
            .replacingOccurrences(of: "=", with: "")
    }

    static func isID(_ text: String) -> Bool { RecordingID(text) != nil }
}
