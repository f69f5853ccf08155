/// What a device tells of itself and its recordings, and the members of `values` that go with it.
/// A question mark stands behind those that may be left out. A kind that is none of these is kept
/// as it came: it is from a client newer than this server.
package enum TelemetryKind: String, Sendable, CaseIterable {
    /// A recording began.
    case started
    /// It ended. `bytes`, `chunks`, `durationSeconds?`, `reason?` (it had to end), `isKept?` (it
    /// is not to be sent until someone says so), `sendAt?` (nor before this time, RFC 3339).
    case stopped
    /// The recorder died; what was safe is whole again. A crash that was survived.
    case crashed
    /// The source of the sound failed: a microphone was unplugged, say. `reason`.
    case sourceDropped = "source-dropped"
    /// Automatic retries are used up, or someone must decide. `reason`, `needsUser`.
    case parked
    /// It goes on after it was parked.
    case resumed
    /// What was kept is to be sent after all, or at another time. `sendAt?` (RFC 3339).
    case released
    /// It is not to be sent until someone says so.
    case kept
    /// The server has confirmed every byte. `condition?`.
    case sent
    /// It cannot be sent as it is. `reason`.
    case failed
    /// The user deleted it before it was sent.
    case deleted
    /// It is sent again under a new id, which this event is about. `replaces`: the old one.
    case renewed
    /// How often something did not get through, since the last event of this kind: a member for
    /// each cause, a problem's name or `no-answer`, `stall`, `status-502`.
    case retries
    /// How long chunks took from when they could be sent to their acknowledgement, retries
    /// included, since the last event of this kind. `counts`: how many took at most each of
    /// `latencyBoundsMilliseconds`, and how many longer; `sumMilliseconds`: of all of them.
    case chunkLatency = "chunk-latency"
    /// Of the device, not of a recording: what waits to be sent, and the room it has left.
    /// `recordings`, `bytes`, `oldestSeconds` (since it began), `diskFreeBytes`.
    case queue
    /// The device's journal was full: the oldest events were dropped. `count`.
    case eventsLost = "events-lost"

    /// Upper bounds, inclusive.
    package static let latencyBoundsMilliseconds: [Int64] = [
        50, 100, 250, 500, 1000, 2500, 5000, 10_000, 30_000, 120_000,
    ]

    /// Whether it is about a recording.
    package var isOfRecording: Bool {
        switch self {
        case .queue, .eventsLost: false
        case .started, .stopped, .crashed, .sourceDropped, .parked, .resumed, .released, .kept,
            .sent, .failed, .deleted, .renewed, .retries, .chunkLatency:
            true
        }
    }

    /// What is wrong with the values of an event of this kind, as a sentence; nil: nothing.
    func complaint(_ values: [String: JSONValue]) -> String? {
        switch self {
        case .started, .crashed, .resumed, .kept, .deleted: return nil
        case .sent: return Self.first([Self.text("condition", values, isNeeded: false)])
        case .stopped:
            return Self.first([
                Self.count("bytes", values), Self.count("chunks", values),
                Self.seconds(values), Self.text("reason", values, isNeeded: false),
                Self.flag("isKept", values, isNeeded: false), Self.time("sendAt", values),
            ])
        case .released: return Self.time("sendAt", values)
        case .sourceDropped, .failed: return Self.text("reason", values)
        case .parked:
            return Self.first([Self.text("reason", values), Self.flag("needsUser", values)])
        case .renewed: return Self.text("replaces", values)
        case .retries: return Self.first(values.keys.sorted().map { Self.count($0, values) })
        case .chunkLatency: return Self.latency(values)
        case .queue:
            return Self.first(
                ["recordings", "bytes", "oldestSeconds", "diskFreeBytes"].map {
                    Self.count($0, values)
                })
        case .eventsLost: return Self.count("count", values)
        }
    }

    private static func first(_ complaints: [String?]) -> String? {
        complaints.lazy.compactMap { $0 }.first
    }

    /// Beyond this a number is no count of anything, and sums of them might overflow.
    private static let countMax: Int64 = 1 << 50

    private static func count(_ name: String, _ values: [String: JSONValue]) -> String? {
        guard let value = values[name]?.integer, (0...countMax).contains(value) else {
            return "The value \"\(name)\" must be a whole number, not negative."
        }
        return nil
    }

    private static func seconds(_ values: [String: JSONValue]) -> String? {
        guard let value = values["durationSeconds"] else { return nil }
        guard let seconds = value.number, seconds >= 0, seconds <= 1e9 else {
            return "The value \"durationSeconds\" must be a number, not negative."
        }
        return nil
    }

    private static func text(
        _ name: String, _ values: [String: JSONValue], isNeeded: Bool = true
    ) -> String? {
        guard let value = values[name] else {
            return isNeeded ? "The value \"\(name)\" is missing." : nil
        }
        return value.text == nil ? "The value \"\(name)\" must be a string." : nil
    }

    private static func flag(
        _ name: String, _ values: [String: JSONValue], isNeeded: Bool = true
    ) -> String? {
        guard let value = values[name] else {
            return isNeeded ? "The value \"\(name)\" is missing." : nil
        }
        return value.flag == nil ? "The value \"\(name)\" must be true or false." : nil
    }

    private static func time(_ name: String, _ values: [String: JSONValue]) -> String? {
        guard let value = values[name] else { return nil }
        return value.text.flatMap(Timestamp.milliseconds) == nil
            ? "The value \"\(name)\" must be a date and time (RFC 3339)." : nil
    }

    private static func latency(_ values: [String: JSONValue]) -> String? {
        let buckets = latencyBoundsMilliseconds.count + 1
        let counts = values["counts"]?.list?.compactMap(\.integer) ?? []
        guard counts.count == buckets, values["counts"]?.list?.count == buckets,
            counts.allSatisfy({ (0...countMax).contains($0) })
        else { return "The value \"counts\" must be \(buckets) whole numbers, not negative." }
        return count("sumMilliseconds", values)
    }
}
