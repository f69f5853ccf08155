internal import Foundation
internal import Wire

/// Events that are sent together.
package struct OutboxReport: Sendable, Equatable {
    /// Small: it goes beside chunks, on the same line.
    static let eventsMax = 200
    static let bytesMax = 64 << 10

    private(set) var events: [TelemetryEvent] = []
    private var byteCount = 0

    var ids: [String] { events.map(\.id) }

    /// False: there is no room for it.
    mutating func add(_ event: TelemetryEvent) -> Bool {
        let bytes = WireJSON.encode(event.json).count + 1
        guard events.isEmpty || byteCount + bytes <= Self.bytesMax else { return false }
        byteCount += bytes
        events.append(event)
        return true
    }

    /// - Parameter now: the clock that the events' times are by.
    func body(sentAt now: Date) -> Data {
        Data(TelemetryBatch(events, sentAt: OutboxRecording.milliseconds(now)).encoded)
    }
}
