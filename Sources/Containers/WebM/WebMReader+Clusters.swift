// Clusters: begun, ended, and their fields made true.
extension WebMReader {
    /// The cluster at hand has its timestamp: it is one.
    mutating func clusterFound() {
        guard let found = cluster, let timestamp = found.timestamp else { return }
        if let torn {
            if isRestart(timestamp) {
                cluster = nil
                return splice(at: found.start, end: torn.start)
            }
            // A long gap is voided where it is, rather than by a head as long.
            if start == nil, found.start - torn.start > 64 << 10 { start = torn.start }
            heal(torn, at: found.start)
        }
        if start == nil { start = found.start }
        for field in found.staleFields { voidField(at: field) }
        if let last = lastClusterTimestamp, timestamp < last {
            reportReversal(at: found.start, time: nanoseconds(timestamp))
        }
        if firstClusterTimestamp == nil { firstClusterTimestamp = timestamp }
        lastClusterTimestamp = timestamp
    }

    /// Whether a cluster after a tear is where another recording begins.
    private func isRestart(_ timestamp: Int64) -> Bool {
        guard let firstClusterTimestamp, let lastClusterTimestamp else { return false }
        return timestamp <= firstClusterTimestamp && lastClusterTimestamp > firstClusterTimestamp
    }

    /// The next element is above the cluster, or the recording is over.
    mutating func leaveCluster() {
        confirm()
        guard let cluster else { return }
        guard cluster.timestamp != nil else { return endClusterEarly() }
        let isFull = cluster.end.map { $0 <= elementStart } ?? false
        close(at: isFull ? cluster.end ?? elementStart : elementStart)
    }

    /// An element above it stands in a cluster that may not have been over.
    mutating func endClusterEarly() {
        guard let cluster else { return }
        guard cluster.timestamp == nil else {
            if cluster.end != nil {
                damage.append(
                    MediaDamage(
                        .torn, offset: elementStart,
                        detail: "A cluster is shorter than it says."))
            }
            return leaveCluster()
        }
        // Nothing of it came but its header. After a tear, the search goes on with this one.
        self.cluster = nil
        guard torn == nil, start != nil else { return }
        drop = WebMDrop(start: cluster.start, needsVoid: true)
        damage.append(
            MediaDamage(
                .torn, offset: cluster.start, byteCount: elementStart - cluster.start,
                detail: "A cluster breaks off before its timestamp."))
    }

    /// Ends the cluster at hand, and writes its length where it stands.
    mutating func close(at end: Int64) {
        guard let cluster else { return }
        if cluster.end != end {
            if cluster.end != nil { touchCluster() }
            let byteCount = end - cluster.payloadStart
            if let length = EBMLNumber.encode(byteCount, width: cluster.lengthWidth) {
                edits.append(
                    Edit(
                        offset: cluster.payloadStart - Int64(cluster.lengthWidth), bytes: length))
            } else {
                let splice = CopyPlan.Splice(
                    offset: cluster.payloadStart - Int64(cluster.lengthWidth),
                    byteCount: cluster.lengthWidth, isLength: true)
                refuse("A cluster's length field is too short for its length.", splice)
            }
        }
        clusterBeforeByteCount = end - cluster.start
        self.cluster = nil
    }

    /// A field of the cluster that says where it stands is kept only while it is true.
    mutating func checkField(_ isTrue: Bool) {
        guard !isTrue else { return }
        if cluster?.timestamp != nil {
            voidField(at: elementStart)
        } else if let count = cluster?.staleFields.count, count < 4 {
            cluster?.staleFields.append(elementStart)
        }
    }

    /// All fields in question have IDs of one byte, as has a Void.
    private mutating func voidField(at offset: Int64) {
        edits.append(Edit(offset: offset, bytes: [UInt8(MatroskaID.void)]))
        touchCluster()
    }

    /// A checksum over edited bytes would be wrong: it becomes a Void.
    mutating func touchCluster() {
        guard let place = cluster?.checksumStart else { return }
        edits.append(Edit(offset: place, bytes: [UInt8(MatroskaID.void)]))
        cluster?.checksumStart = nil
    }

    /// Makes received bytes a Void.
    mutating func void(_ range: Range<Int64>) {
        let byteCount = range.upperBound - range.lowerBound
        guard byteCount >= EBMLVoid.byteCountMin else {
            let splice = CopyPlan.Splice(
                offset: range.lowerBound, byteCount: Int(byteCount), isLength: false)
            return refuse("A single byte is out of place.", splice)
        }
        edits.append(Edit(offset: range.lowerBound, bytes: EBMLVoid.header(byteCount: byteCount)))
    }

    /// Old index elements end where something that is kept begins.
    mutating func flushDrop(at offset: Int64) {
        guard let drop else { return }
        self.drop = nil
        guard drop.needsVoid else { return }
        // What is pending may reach into what is voided here; nothing may void it once more.
        confirm()
        void(drop.start..<offset)
    }

    /// The file cannot be finished in place; what is in it still counts.
    private mutating func refuse(_ reason: String, _ splice: CopyPlan.Splice) {
        if copyReason == nil { copyReason = reason }
        if let count = splices?.count, count < CopyPlan.countMax {
            splices?.append(splice)
        } else {
            splices = nil
        }
    }
}
