internal import Wire

/// What is counted rather than told one by one: it is added to the recording's last event of its
/// kind as long as that was not sent.
enum OutboxTally: Sendable {
    /// Something did not get through: a problem's name, or a word of this client.
    case retry(cause: String)
    case latencies(LatencyTally)
    /// Events that there was no room for.
    case lost(Int)

    var kind: TelemetryKind {
        switch self {
        case .retry: .retries
        case .latencies: .chunkLatency
        case .lost: .eventsLost
        }
    }

    func added(to values: [String: JSONValue]) -> [String: JSONValue] {
        var values = values
        switch self {
        case .retry(let cause): Self.add(1, to: &values[cause])
        case .latencies(let tally):
            let before = values["counts"]?.list?.compactMap(\.integer) ?? []
            let counts =
                before.count == tally.counts.count
                ? zip(before, tally.counts).map(+) : tally.counts
            values["counts"] = .array(counts.map(JSONValue.integer))
            Self.add(tally.sumMilliseconds, to: &values["sumMilliseconds"])
        case .lost(let count): Self.add(Int64(count), to: &values["count"])
        }
        return values
    }

    private static func add(_ amount: Int64, to value: inout JSONValue?) {
        value = .integer((value?.integer ?? 0) + amount)
    }
}

/// How long chunks took, by `TelemetryKind.latencyBoundsMilliseconds`.
struct LatencyTally: Sendable, Equatable {
    private(set) var counts = [Int64](
        repeating: 0, count: TelemetryKind.latencyBoundsMilliseconds.count + 1)
    private(set) var sumMilliseconds: Int64 = 0

    var isEmpty: Bool { counts.allSatisfy { $0 == 0 } }

    mutating func add(_ duration: Duration) {
        let milliseconds = Int64(max(0, duration / .milliseconds(1)).rounded(.up))
        let bounds = TelemetryKind.latencyBoundsMilliseconds
        counts[bounds.firstIndex { milliseconds <= $0 } ?? bounds.count] += 1
        sumMilliseconds += milliseconds
    }
}
