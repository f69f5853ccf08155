internal import DurableLog

extension Settings {
    /// What the store takes of them.
    var storage: StorageSettings {
        var segments = ChunkLog.Settings(folder: data + "/log")
        segments.segmentBytes = log.segmentBytes
        segments.poolBytes = log.logPoolBytes
        segments.logBytesMax = log.logBytesMax
        segments.reserveBytes = log.logReserveBytes
        segments.commitBytesMax = log.commitBytesMax
        var storage = StorageSettings(folder: data, log: segments)
        storage.recordingBytesMax = Int64(chunks.recordingBytesMax)
        storage.windowBytesMax = Int64(chunks.windowBytesMax)
        storage.checkpointInterval = .seconds(checkpoints.checkpointIntervalSeconds)
        storage.checkpointBytes = checkpoints.checkpointBytes
        storage.diskReserveBytes = Int64(checkpoints.diskReserveBytes)
        storage.admission = admission
        storage.retention = rules
        storage.decodesSound = decodeProof
        return storage
    }

    private var rules: RetentionRules {
        func milliseconds(_ count: Int, hours: Int64) -> Int64? {
            count == 0 ? nil : Int64(count) * hours * 3_600_000
        }
        var rules = RetentionRules()
        rules.abandonedAfter = milliseconds(retention.abandonedHours, hours: 1)
        rules.emptyAfter = milliseconds(retention.emptyHours, hours: 1)
        rules.finalizedFor = milliseconds(retention.finalizedDays, hours: 24)
        rules.interval = .seconds(retention.retentionIntervalSeconds)
        rules.tombstonesFor = milliseconds(retention.tombstoneDays, hours: 24)
        return rules
    }
}
