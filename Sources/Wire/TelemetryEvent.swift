package import Recordings

/// One thing that happened on a device. As JSON:
/// ```
/// {"id": "0198…", "kind": "stopped", "at": "2026-02-03T04:05:06.789Z",
///  "recording": "0198…", "values": {"bytes": 48000, "chunks": 3}}
/// ```
/// `id`: a UUID, lower case, chosen once; what comes again under it is not counted again. `kind`:
/// see `TelemetryKind`, at most `kindBytesMax` of a-z, 0-9 and hyphens. `at`: RFC 3339, by the
/// device's clock. `recording`: its id on the server; left out where the event is the device's.
/// `values`: an object of at most `valuesBytesMax`; may be left out. Other members are ignored.
package struct TelemetryEvent: Sendable, Equatable {
    package static let kindBytesMax = 64
    package static let valuesBytesMax = 4 << 10

    package let id: String
    package let kind: String
    /// Milliseconds since 1970.
    package var at: Int64
    package let recording: RecordingID?
    package let values: [String: JSONValue]

    package init(
        id: String, kind: String, at: Int64, recording: RecordingID?, values: [String: JSONValue]
    ) {
        self.id = id
        self.kind = kind
        self.at = at
        self.recording = recording
        self.values = values
    }

    /// Nil: from a newer client.
    package var known: TelemetryKind? { TelemetryKind(rawValue: kind) }

    package var json: JSONValue {
        .object(
            [
                "id": .string(id), "kind": .string(kind),
                "at": .string(Timestamp.text(milliseconds: at)),
                "recording": recording.map { .string($0.text) },
                "values": values.isEmpty ? nil : .object(values),
            ].compactMapValues { $0 })
    }

    /// Errors: `event-invalid`, which names the event.
    init(_ json: JSONValue, index: Int) throws(Problem) {
        guard let members = json.members else {
            throw .eventInvalid(index: index, event: nil, detail: "An event is a JSON object.")
        }
        let id = members["id"]?.text.flatMap { RecordingID($0) }?.text
        func invalid(_ detail: String) -> Problem {
            .eventInvalid(index: index, event: id, detail: detail)
        }
        guard let id else { throw invalid("The member \"id\" must be a UUID in lower case.") }
        guard let kind = members["kind"]?.text, Self.isKind(kind) else {
            throw invalid(
                "The member \"kind\" must be 1 to \(Self.kindBytesMax) of a-z, 0-9 and hyphens.")
        }
        guard let at = members["at"]?.text.flatMap(Timestamp.milliseconds) else {
            throw invalid(
                "The member \"at\" must be a date and time (RFC 3339), such as "
                    + "2026-02-03T04:05:06Z.")
        }
        let recording = members["recording"]?.text.flatMap { RecordingID($0) }
        if recording == nil, let value = members["recording"], value != .null {
            throw invalid("The member \"recording\" must be a UUID in lower case.")
        }
        var values: [String: JSONValue] = [:]
        if let value = members["values"], value != .null {
            guard let found = value.members else {
                throw invalid("The member \"values\" must be a JSON object.")
            }
            guard WireJSON.encode(value).count <= Self.valuesBytesMax else {
                throw invalid(
                    "The member \"values\" may have at most \(Self.valuesBytesMax) bytes.")
            }
            values = found
        }
        self.init(id: id, kind: kind, at: at, recording: recording, values: values)
        guard let known else { return }
        if known.isOfRecording, recording == nil {
            throw invalid("The member \"recording\" is missing.")
        }
        if let complaint = known.complaint(values) { throw invalid(complaint) }
    }

    private static func isKind(_ text: String) -> Bool {
        (1...kindBytesMax).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                    || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                    || byte == UInt8(ascii: "-")
            }
    }
}
