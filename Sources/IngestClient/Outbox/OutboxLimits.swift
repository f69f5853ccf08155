/// How much an outbox may hold, and for how long.
public struct OutboxLimits: Sendable, Equatable {
    /// The bytes of all media files together. At the quota, copies of recordings that were sent
    /// go first; when that is not enough, recording ends.
    public var quotaBytes: Int64
    /// From here on `OutboxEvent.quotaNear` warns.
    public var quotaWarningBytes: Int64
    /// So much room is left on the disk, whatever the quota says; the journal needs some of it.
    public var freeDiskBytesMin: Int64
    /// The longest chunk: more is cut into several. A server takes 4 MiB unless told otherwise.
    public var chunkBytesMax: Int
    /// How long the local copy stays after the server has confirmed all of it, in seconds.
    public var graceSeconds: Int64
    /// So many events wait at most until a server takes them; the oldest go first. 0 notes and
    /// sends none.
    public var telemetryEventsMax: Int

    /// A quota of 20 GiB with a warning at 16 GiB, 256 MiB left free on the disk, chunks of at
    /// most 1 MiB, a day of grace, and 10,000 events.
    public init(
        quotaBytes: Int64 = 20 << 30, quotaWarningBytes: Int64 = 16 << 30,
        freeDiskBytesMin: Int64 = 256 << 20, chunkBytesMax: Int = 1 << 20,
        graceSeconds: Int64 = 86_400, telemetryEventsMax: Int = 10_000
    ) {
        precondition(chunkBytesMax > 0, "A chunk has at least one byte")
        self.quotaBytes = quotaBytes
        self.quotaWarningBytes = quotaWarningBytes
        self.freeDiskBytesMin = freeDiskBytesMin
        self.chunkBytesMax = chunkBytesMax
        self.graceSeconds = graceSeconds
        self.telemetryEventsMax = telemetryEventsMax
    }
}
