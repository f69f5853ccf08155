internal import Posix

/// The log's state in memory, behind one lock: the queue, the segments, the figures.
struct Books: Sendable {
    var queue: [Entry] = []
    /// Most bytes that what is queued or being written can take in the log.
    var pendingCost = 0
    /// Their payload bytes.
    var queuedBytes = 0
    /// The log's thread sleeps.
    var isIdle = false
    var isClosing = false
    /// Closing, and the log's thread has committed its last.
    var isDry = false
    /// Nothing runs any more.
    var isClosed = false

    var segments: [UInt32: Segment] = [:]
    /// Numbers of the segments in phase `.free`; the last is the warmest.
    var free: [UInt32] = []
    /// Bytes that the current segment still takes.
    var currentRoom = 0
    /// Segments being written with zeros.
    var growing = 0
    /// The disk had no room for another segment.
    var growthRefused = false
    /// Files with frames that nobody could read when the log was opened.
    let unreadable: Int
    var nextNumber: UInt32 = 0
    var nextGeneration: UInt64 = 1

    /// Payload bytes of live frames, in all segments.
    var liveBytes = 0
    /// While the log is nearly full: payload bytes released that no batch has been paced by yet,
    /// and how many the next one waits for.
    var releasedBytes = 0
    var releasedBytesWanted = 0

    var lastLSN: UInt64 = 0
    var isHealthy = true
    var lastFailure: SystemError?

    /// What a segment takes, without its header.
    let usableBytes: Int
    let segmentsMax: Int
    /// Segments that regular frames leave alone.
    let segmentsReserved: Int

    init(_ recovered: Recovery.Result, _ settings: ChunkLog.Settings) {
        segments = recovered.segments
        free = segments.values.filter { $0.phase == .free }.map(\.number).sorted(by: >)
        liveBytes = segments.values.reduce(0) { $0 + $1.liveBytes }
        unreadable = recovered.unreadable
        nextNumber = recovered.nextNumber
        nextGeneration = recovered.nextGeneration
        lastLSN = recovered.lastLSN
        usableBytes = settings.segmentBytes - Layout.pageBytes
        segmentsReserved =
            (settings.reserveBytes + settings.segmentBytes - 1) / settings.segmentBytes
        // Recovered segments take no more: the reserve must be there all the same.
        segmentsMax = max(
            settings.logBytesMax / settings.segmentBytes,
            segments.count - free.count + segmentsReserved)
    }

    /// Segments that may still be created.
    var growable: Int {
        growthRefused ? 0 : max(0, segmentsMax - segments.count - growing)
    }

    /// Bytes left for frames that use the reserve, or for those that do not.
    func room(usingReserve: Bool) -> Int {
        let segments = free.count + growing + growable - (usingReserve ? 0 : segmentsReserved)
        return currentRoom + segments * usableBytes - pendingCost
    }

    var state: LogState {
        let used = segments.values.filter { $0.phase != .free }
        let first = used.compactMap(\.header).map(\.firstLSN).min()
        let oldest = used.filter { $0.phase == .closed && $0.liveFrames > 0 }
            .compactMap(\.reference).min { $0.generation < $1.generation }
        return LogState(
            segmentsLive: used.count, segmentsFree: free.count,
            bytesLive: liveBytes,
            bytesMax: segmentsMax * (usableBytes + Layout.pageBytes),
            bytesRoom: max(0, room(usingReserve: false)), bytesQueued: queuedBytes,
            oldestReplayableLSN: unreadable > 0 ? 0 : first ?? lastLSN + 1, oldestSegment: oldest,
            lastLSN: lastLSN,
            isHealthy: isHealthy, lastFailure: lastFailure)
    }

    /// Takes one live frame from its segment. Returns whether that was the last of a closed one.
    mutating func release(_ location: FrameLocation) -> Bool {
        guard var segment = segments[location.segment.number],
            segment.reference == location.segment
        else { return false }
        precondition(segment.liveFrames > 0, "a frame is released once")
        segment.liveFrames -= 1
        segment.liveBytes -= location.byteCount
        liveBytes -= location.byteCount
        releasedBytes += location.byteCount
        segments[location.segment.number] = segment
        return segment.liveFrames == 0 && segment.phase == .closed
    }

    /// The file that holds a live frame; nil when its segment has another life by now.
    func file(_ location: FrameLocation) -> (any StoredFile)? {
        guard let segment = segments[location.segment.number],
            segment.reference == location.segment
        else { return nil }
        return segment.file
    }

    /// Ends of closed segments whose own headers do not say it on disk.
    var unsealedEnds: [SegmentEnd] {
        segments.values.filter { $0.phase == .closed && !$0.isSealed }
            .compactMap { $0.header?.end }.sorted { $0.generation < $1.generation }
    }
}
