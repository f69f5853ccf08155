/// What happens in an outbox, for whoever shows it. `Outbox.recording` tells the rest.
public enum OutboxEvent: Sendable, Equatable {
    /// A recording has begun.
    case begun(id: String)
    /// Chunks of it are durable, up to so many bytes.
    case grown(id: String, byteCount: Int64)
    /// It is complete; `reason` is nil after an ordinary stop.
    case ended(id: String, reason: String?)
    /// Its state is another one, or it is to be sent at another time.
    case changed(id: String, state: OutboxState)
    /// It is gone from the outbox.
    case removed(id: String)
    /// The local copy of a sent recording is gone.
    case copyRemoved(id: String)
    /// The outbox holds more than `OutboxLimits.quotaWarningBytes`.
    case quotaNear(storedBytes: Int64, quotaBytes: Int64)
    /// The disk has little more room than `OutboxLimits.freeDiskBytesMin`.
    case diskNear(freeBytes: Int64, neededBytes: Int64)
}
