/// The body of `POST /recordings/{id}/links`.
package struct LinkRequest: Codable, Sendable, Equatable {
    /// How long the links are good.
    package var seconds: Int64

    /// A year.
    package static let secondsMax: Int64 = 366 * 86_400

    package init(seconds: Int64) { self.seconds = seconds }

    /// Reads and checks a body.
    ///
    /// - Throws: `Problem.badRequest`, which names the member at fault.
    package static func decode(_ body: [UInt8]) throws(Problem) -> LinkRequest {
        let request = try WireJSON.decode(LinkRequest.self, from: body)
        guard (1...secondsMax).contains(request.seconds) else {
            throw .badRequest(
                detail: "The member \"seconds\" goes from 1 to \(secondsMax).")
        }
        return request
    }
}

/// Links that open a recording to whoever has them.
package struct PlaybackLinks: Codable, Sendable, Equatable {
    package var media: String
    package var waveform: String
    /// RFC 3339.
    package var expiresAt: String

    package init(media: String, waveform: String, expiresAt: String) {
        self.media = media
        self.waveform = waveform
        self.expiresAt = expiresAt
    }
}
