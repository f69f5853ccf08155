import Recordings

/// The body of a creation: what the recording will be. Members it does not know are ignored.
package struct Creation: Codable, Sendable, Equatable {
    /// As the client wrote it, parameters included.
    package var mediaType: String
    /// When it began, by the client's clock (RFC 3339).
    package var startedAt: String?
    package var title: String?
    /// What recorded it.
    package var device: String?
    /// How many bytes it will have, as far as that is known: room is kept for them.
    package var expectedBytes: Int64?
    /// The id of an expired recording that this one is sent again for.
    package var replaces: String?

    /// The most bytes that `title` or `device` may have in UTF-8.
    package static let textBytesMax = 500

    package init(
        mediaType: String, startedAt: String? = nil, title: String? = nil, device: String? = nil,
        expectedBytes: Int64? = nil, replaces: String? = nil
    ) {
        self.mediaType = mediaType
        self.startedAt = startedAt
        self.title = title
        self.device = device
        self.expectedBytes = expectedBytes
        self.replaces = replaces
    }

    /// Reads and checks a body.
    ///
    /// - Throws: `Problem.badRequest`, which names the member at fault.
    package static func decode(_ body: [UInt8]) throws(Problem) -> Creation {
        let creation = try WireJSON.decode(Creation.self, from: body)
        try creation.validate()
        return creation
    }

    /// The parsed `mediaType`; nil only in a creation that was not checked.
    package var media: MediaType? { MediaType(mediaType) }

    /// - Throws: `Problem.badRequest`, which names the member at fault.
    package func validate() throws(Problem) {
        guard media != nil else {
            throw .badRequest(
                detail: "The member \"mediaType\" must be a media type, such as video/webm.")
        }
        if let startedAt, Timestamp.milliseconds(startedAt) == nil {
            throw .badRequest(
                detail: "The member \"startedAt\" must be a date and time (RFC 3339), "
                    + "such as 2026-02-03T04:05:06Z.")
        }
        try Self.validate(title, of: "title")
        try Self.validate(device, of: "device")
        if let expectedBytes, expectedBytes < 0 {
            throw .badRequest(
                detail: "The member \"expectedBytes\" must be a number of bytes, not negative.")
        }
        if let replaces, RecordingID(replaces) == nil {
            throw .badRequest(
                detail: "The member \"replaces\" must be a recording's id: a UUID in lower case.")
        }
    }

    private static func validate(_ text: String?, of member: String) throws(Problem) {
        guard let text else { return }
        guard text.utf8.count <= textBytesMax else {
            throw .badRequest(
                detail: "The member \"\(member)\" may have at most \(textBytesMax) bytes.")
        }
        // Control characters end up in logs and file names.
        guard text.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7f }) else {
            throw .badRequest(
                detail: "The member \"\(member)\" must not have control characters.")
        }
    }
}
