/// The body of `POST /telemetry`:
/// ```
/// {"sentAt": "2026-02-03T04:05:07Z", "events": [{…}, …]}
/// ```
/// `sentAt`: the device's clock as it sends this, RFC 3339; the server takes the difference from
/// its own clock off every event's `at`. It may be left out. `events`: 1 to `eventsMax`, see
/// `TelemetryEvent`; in any order, and any of them again. The whole has at most `bytesMax`.
package struct TelemetryBatch: Sendable, Equatable {
    package static let eventsMax = 500
    package static let bytesMax = 256 << 10

    package var events: [TelemetryEvent]
    /// Milliseconds since 1970.
    package var sentAt: Int64?

    package init(_ events: [TelemetryEvent], sentAt: Int64?) {
        self.events = events
        self.sentAt = sentAt
    }

    package var encoded: [UInt8] {
        WireJSON.encode(
            JSONValue.object(
                [
                    "events": .array(events.map(\.json)),
                    "sentAt": sentAt.map { .string(Timestamp.text(milliseconds: $0)) },
                ].compactMapValues { $0 }))
    }

    /// All events, or none. Errors: `bad-request`; `event-invalid`, which names the first that
    /// cannot be read; `batch-too-large`.
    package static func decode(_ body: [UInt8]) throws(Problem) -> TelemetryBatch {
        guard body.count <= bytesMax else { throw tooLarge }
        guard isShallow(body) else {
            throw .badRequest(
                detail: "The body may be nested at most \(depthMax) levels deep.")
        }
        let document = try WireJSON.decode(JSONValue.self, from: body)
        guard let list = document.members?["events"]?.list, !list.isEmpty else {
            throw .badRequest(detail: "The member \"events\" must be a list of events.")
        }
        guard list.count <= eventsMax else { throw tooLarge }
        var batch = TelemetryBatch([], sentAt: nil)
        if let value = document.members?["sentAt"], value != .null {
            guard let time = value.text.flatMap(Timestamp.milliseconds) else {
                throw .badRequest(
                    detail: "The member \"sentAt\" must be a date and time (RFC 3339).")
            }
            batch.sentAt = time
        }
        for (index, json) in list.enumerated() {
            batch.events.append(try TelemetryEvent(json, index: index))
        }
        return batch
    }

    /// Of lists and objects in each other; an event of a known kind needs five.
    package static let depthMax = 16

    /// Reading goes as deep on the stack as the document does.
    private static func isShallow(_ body: [UInt8]) -> Bool {
        var (depth, isText, isEscaped) = (0, false, false)
        for byte in body {
            if isEscaped {
                isEscaped = false
                continue
            }
            switch byte {
            case UInt8(ascii: "\\"): isEscaped = isText
            case UInt8(ascii: "\""): isText.toggle()
            case UInt8(ascii: "["), UInt8(ascii: "{"): depth += isText ? 0 : 1
            case UInt8(ascii: "]"), UInt8(ascii: "}"): depth -= isText ? 0 : 1
            default: break
            }
            if depth > depthMax { return false }
        }
        return true
    }

    package static let tooLarge = Problem.batchTooLarge(
        limitEvents: eventsMax, limitBytes: bytesMax)
}
