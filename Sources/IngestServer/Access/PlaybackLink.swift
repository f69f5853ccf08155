internal import Bytes
internal import Digests
internal import Recordings
internal import Wire

/// A link that opens one recording's media and waveform to whoever has it, for a time:
/// `…?expires=SECONDS&signature=TEXT`.
struct PlaybackLink: Sendable, Equatable {
    /// Seconds since 1970.
    let expires: Int64
    /// HMAC-SHA256 over id and time, in base64url.
    let signature: String

    /// One that is good for `id`.
    init(_ id: RecordingID, expires: Int64, _ secret: [UInt8]) {
        self.expires = expires
        let seal = Secrets.seal(Array("\(id.text) \(expires)".utf8), with: secret)
        signature = Base64.encodeForURL(seal)
    }

    /// What a request's query shows; nil: nothing of a link. One that cannot be read opens nothing.
    init?(query: String?) {
        let parameters = (query ?? "").split(separator: "&")
        let signatures = parameters.filter { $0.hasPrefix("signature=") }
        guard !signatures.isEmpty else { return nil }
        let times = parameters.filter { $0.hasPrefix("expires=") }
        let time = times.first?.dropFirst("expires=".count) ?? ""
        let isReadable =
            signatures.count == 1 && times.count == 1 && 1...15 ~= time.utf8.count
            && time.utf8.allSatisfy { UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }
        expires = isReadable ? Int64(time) ?? 0 : 0
        signature = isReadable ? String(signatures[0].dropFirst("signature=".count)) : ""
    }

    func document(_ id: RecordingID) -> PlaybackLinks {
        let path = "/recordings/\(id.text)"
        return PlaybackLinks(
            media: "\(path)/media?\(query)", waveform: "\(path)/waveform?\(query)",
            expiresAt: Timestamp.text(milliseconds: expires * 1000))
    }

    var query: String { "expires=\(expires)&signature=\(signature)" }

    /// - Parameter now: milliseconds since 1970.
    func opens(_ id: RecordingID, _ secret: [UInt8], at now: Int64) -> Bool {
        let right = PlaybackLink(id, expires: expires, secret)
        return Secrets.areEqual(Array(signature.utf8), Array(right.signature.utf8))
            && now / 1000 < expires
    }
}
