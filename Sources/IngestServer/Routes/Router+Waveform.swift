internal import HTTP1
internal import Recordings
internal import Sound
internal import Transport
internal import Wire

extension Router {
    /// `GET /recordings/{id}/waveform`: numbers as JSON, or a picture for whoever asks for one.
    func waveform(
        _ exchange: Exchange, _ id: RecordingID, _ format: WaveformFormat?
    ) async throws(Problem) -> Answer {
        let view = try await store.waveform(id)
        let format = format ?? Self.accepted(exchange.head)
        // Two representations under one path (RFC 9110 §12.5.5).
        var fields = [
            (Names.entityTag, view.etag.dropLast() + "-\(format.rawValue)\""),
            (Names.cacheControl, "no-cache"), (Names.vary, Names.accept),
            (Names.contentTypeOptions, "nosniff"),
        ]
        let outcome = Preconditions.evaluate(
            exchange.head, etag: fields[0].1, lastModified: nil, byteCount: 0)
        if outcome == .notModified { return Answer(304, fields) }
        switch format {
        case .json:
            fields.append((Names.contentType, DocumentTypes.json))
            return Answer(200, fields, WireJSON.encode(view.document))
        case .svg:
            fields.append((Names.contentType, DocumentTypes.picture))
            fields.append((Names.contentSecurityPolicy, Self.picturePolicy))
            let picture = WaveformPicture(view.document, damage: view.damage)
            return Answer(200, fields, Array(picture.svg.utf8))
        }
    }

    /// A picture needs its own style and nothing else.
    private static let picturePolicy = "default-src 'none'; style-src 'unsafe-inline'; sandbox"

    /// SVG for who names it and not JSON, as an image element of a browser does.
    private static func accepted(_ head: RequestHead) -> WaveformFormat {
        let accepted = (head.fields[Names.accept] ?? "").lowercased()
        let wantsPicture = accepted.contains("image/svg+xml") || accepted.contains("image/*")
        return wantsPicture && !accepted.contains("json") ? .svg : .json
    }
}
