// The end of a recording: the head, the cues, and the last fields.
extension WebMReader {
    package consuming func finish(
        frame: (Frame) -> Void
    ) -> (artifact: Artifact, edits: [Edit]) {
        var reader = self
        let artifact = reader.finished()
        reader.deliver(frame)
        return (artifact, reader.takeEdits())
    }

    private mutating func finished() -> Artifact {
        releaseHeld()
        let length = offset
        let last = endOfMedia()
        if let splicedAt {
            damage.append(
                MediaDamage(
                    .spliced, offset: splicedAt, byteCount: length - splicedAt,
                    detail: "Another recording begins here; only the first is kept."))
        }
        guard length > 0 else {
            damage.append(MediaDamage(.empty, detail: "Not one byte was received."))
            return asReceived(length, unverifiedReason: "It is empty.")
        }
        if let unverifiedReason {
            damage.append(MediaDamage(.unreadable, offset: 0, detail: unverifiedReason))
            return asReceived(length, unverifiedReason: unverifiedReason)
        }
        guard let start, let timeline, let duration = timeline.end else {
            damage.append(MediaDamage(.noMedia, detail: "No whole frame is in it."))
            return asReceived(length, unverifiedReason: "No whole frame is in it.")
        }
        if let copyReason { return asReceived(length, copyReason: copyReason) }
        let index = cues.bytes
        let bytes = head.bytes(
            byteCount: headReserve + start, duration: max(0, duration),
            mediaByteCount: last - start, cuesByteCount: Int64(index.count))
        guard let bytes else {
            return asReceived(length, copyReason: "The reserved head is too short.")
        }
        return Artifact(
            head: bytes, start: start, end: last, index: index, description: description,
            damage: damage.entries)
    }

    private mutating func asReceived(
        _ length: Int64, copyReason: String? = nil, unverifiedReason: String? = nil
    ) -> Artifact {
        edits = []
        var artifact = Artifact.asReceived(
            length: length, description: description, damage: damage.entries,
            copyReason: copyReason, unverifiedReason: unverifiedReason)
        if copyReason != nil, let splices {
            artifact.copyPlan = CopyPlan(
                splices: splices.sorted { $0.offset < $1.offset },
                headReserveBytes: head.reserveBytes)
        }
        return artifact
    }

    /// Ends what is open, and says where the last whole element ends.
    private mutating func endOfMedia() -> Int64 {
        if let end { return end }
        if let torn {
            // The search found nothing: all of it is left out.
            cluster = torn.cluster
            self.torn = nil
            damage.append(damage(of: torn, to: offset))
            return endCluster(at: torn.start)
        }
        let isBetweenElements = state == .header && small.isEmpty && group == nil
        var last = isBetweenElements ? offset : group?.start ?? elementStart
        if let cut = pending, cut.isTorn {
            last = min(last, cut.start)
            pending = nil
            damage.append(
                MediaDamage(
                    .hole, offset: cut.start, byteCount: offset - cut.start,
                    timeMilliseconds: Double(nanoseconds(cut.timestamp)) / 1e6,
                    detail: "The last block lacks bytes and is left out."))
        }
        confirm()
        if cluster?.timestamp == nil, let begun = cluster?.start {
            cluster = nil
            last = begun
        }
        if let drop { last = min(last, drop.start) }
        let end = endCluster(at: last)
        if !isBetweenElements, unverifiedReason == nil {
            let cut = group?.start ?? elementStart
            damage.append(
                MediaDamage(
                    .truncatedTail, offset: end, byteCount: offset - end,
                    timeMilliseconds: timeline?.end.map { $0 / 1e6 },
                    detail: "The last \(offset - cut) bytes are part of an element; "
                        + "they are left out."))
        }
        return end
    }

    /// Closes the cluster at hand at `last`, or drops it when no frame of it was whole.
    mutating func endCluster(at last: Int64) -> Int64 {
        guard let cluster else { return last }
        guard cluster.hasBlocks else {
            self.cluster = nil
            return cluster.start
        }
        close(at: min(cluster.end ?? last, last))
        return last
    }
}
