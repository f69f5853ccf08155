internal import Bytes
internal import Digests
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
        Base64.encodeForURL(Secrets.random(32))
    }

    /// The token of one recording, always the same for the same secret.
    static func token(of id: String, from secret: [UInt8]) -> String {
        Base64.encodeForURL(Secrets.seal(Array(id.utf8), with: secret))
    }

    static func isID(_ text: String) -> Bool { RecordingID(text) != nil }
}
