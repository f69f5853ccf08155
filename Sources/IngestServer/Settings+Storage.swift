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
        storage.decodesSound = decodeProof
        return storage
    }
}
