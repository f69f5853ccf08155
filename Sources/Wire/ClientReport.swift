/// What a recording's device told of it: the other end of its way. The member `client` of a
/// status. Times are RFC 3339 text by the server's clock; they are nil until they were told.
package struct ClientReport: Codable, Sendable, Equatable {
    package var startedAt: String?
    package var stoppedAt: String?
    /// Why it ended other than by a stop.
    package var endReason: String?
    package var bytes: Int64?
    package var chunks: Int64?
    package var durationSeconds: Double?
    /// From when on it is on its way: it has stopped and nobody wants it to wait.
    package var dueAt: String?
    /// When that was decided, or that it is to wait.
    package var dueToldAt: String?
    /// `in-time` or `late`, once that is decided.
    package var arrival: String?
    package var sentAt: String?
    package var failedAt: String?
    package var deletedAt: String?
    /// Why it was parked or failed last.
    package var reason: String?
    package var parkedAt: String?
    package var resumedAt: String?
    /// How often it was parked.
    package var parks: Int64 = 0
    /// How often something did not get through, by cause.
    package var retries: [String: Int64] = [:]
    package var chunkLatency: ChunkLatency?
    /// How often the recorder died and what was safe was found again.
    package var crashes: Int64 = 0
    /// How often a source failed while it was recorded.
    package var droppedSources: Int64 = 0
    /// The id on the server that this one is sent again for.
    package var replaces: String?
    /// When something was last heard of it.
    package var lastSeenAt: String?
    /// How far the device's clock was ahead of the server's then; negative: behind.
    package var clockAheadMilliseconds: Int64?

    package init() {}

    /// How long chunks took from when they could be sent to their acknowledgement.
    package struct ChunkLatency: Codable, Sendable, Equatable {
        package var count: Int64 = 0
        package var sumMilliseconds: Int64 = 0
        /// The least bound that half of them kept; nil: the median is beyond the last bound.
        package var p50MillisecondsMax: Int64?
        package var p99MillisecondsMax: Int64?
        /// For each of `boundsMilliseconds`, and for what is beyond.
        package var counts: [Int64] = []
        package var boundsMilliseconds: [Int64] = TelemetryKind.latencyBoundsMilliseconds
    }

    /// More causes than this are counted as `other`.
    package static let causesMax = 32
}

extension ClientReport {
    /// Takes in an event of this recording that was not taken in before. In any order.
    package mutating func take(_ event: TelemetryEvent) {
        let at = Timestamp.text(milliseconds: event.at)
        let values = event.values
        switch event.known {
        case .started: startedAt = Self.earlier(startedAt, at)
        case .stopped: stop(values, at)
        case .crashed: crashes += 1
        case .sourceDropped:
            droppedSources += 1
            reason = values["reason"]?.text
        case .parked:
            parks += 1
            if Self.later(parkedAt, at) == at { reason = values["reason"]?.text }
            parkedAt = Self.later(parkedAt, at)
        case .resumed: resumedAt = Self.later(resumedAt, at)
        case .released: setDue(values["sendAt"]?.text ?? at, told: at)
        case .kept: setDue(nil, told: at)
        case .sent: sentAt = Self.later(sentAt, at)
        case .failed:
            failedAt = Self.later(failedAt, at)
            reason = values["reason"]?.text
        case .deleted: deletedAt = Self.later(deletedAt, at)
        case .renewed: replaces = values["replaces"]?.text
        case .retries:
            for (cause, count) in values {
                let isKnown = retries[cause] != nil || retries.count < Self.causesMax
                // Sums of what anybody may claim wrap round rather than trap.
                retries[isKnown ? cause : "other", default: 0] &+= count.integer ?? 0
            }
        case .chunkLatency: addLatency(values)
        case .queue, .eventsLost, nil: break
        }
    }

    private mutating func stop(_ values: [String: JSONValue], _ at: String) {
        stoppedAt = Self.later(stoppedAt, at)
        endReason = values["reason"]?.text
        bytes = values["bytes"]?.integer
        chunks = values["chunks"]?.integer
        durationSeconds = values["durationSeconds"]?.number
        let isKept = values["isKept"]?.flag == true
        setDue(isKept ? nil : values["sendAt"]?.text ?? at, told: at)
    }

    /// What was decided last counts.
    private mutating func setDue(_ time: String?, told at: String) {
        guard Self.later(dueToldAt, at) == at else { return }
        dueToldAt = at
        // Not before it was said.
        dueAt = time.map { Self.later($0, at) }
    }

    private mutating func addLatency(_ values: [String: JSONValue]) {
        let counts = values["counts"]?.list?.compactMap(\.integer) ?? []
        var latency = chunkLatency ?? ChunkLatency()
        if latency.counts.isEmpty { latency.counts = counts.map { _ in 0 } }
        // Another number of bounds is from before an update of the server.
        guard latency.counts.count == counts.count else { return }
        latency.counts = zip(latency.counts, counts).map(&+)
        latency.count &+= counts.reduce(0, &+)
        latency.sumMilliseconds &+= values["sumMilliseconds"]?.integer ?? 0
        latency.p50MillisecondsMax = latency.bound(of: 0.5)
        latency.p99MillisecondsMax = latency.bound(of: 0.99)
        chunkLatency = latency
    }

    /// Texts of one form and zone sort as their times.
    private static func later(_ left: String?, _ right: String) -> String {
        max(canonical(left) ?? right, right)
    }

    private static func earlier(_ left: String?, _ right: String) -> String {
        min(left ?? right, right)
    }

    private static func canonical(_ time: String?) -> String? {
        time.flatMap(Timestamp.milliseconds).map(Timestamp.text(milliseconds:))
    }
}

extension ClientReport.ChunkLatency {
    fileprivate func bound(of fraction: Double) -> Int64? {
        let wanted = Int64((Double(count) * fraction).rounded(.up))
        var sum: Int64 = 0
        for (bound, count) in zip(boundsMilliseconds, counts) {
            sum &+= count
            if sum >= wanted { return bound }
        }
        return nil
    }
}
