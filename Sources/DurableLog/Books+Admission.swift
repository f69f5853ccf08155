/// Whether a frame may queue.
enum Admission: Sendable {
    case queued
    /// The log's thread sleeps and must be woken.
    case queuedFirst
    case full
    case closed
}

extension Books {
    /// Queues `entry` if the log has room for it even in the worst case: alone in its batch.
    mutating func admit(_ entry: Entry) -> Admission {
        if isClosing { return .closed }
        let cost = entry.cost
        guard room(usingReserve: entry.frame.kind.usesReserve) >= cost else { return .full }
        queue.append(entry)
        pendingCost += cost
        queuedBytes += entry.payloadBytes
        defer { isIdle = false }
        return isIdle ? .queuedFirst : .queued
    }
}
