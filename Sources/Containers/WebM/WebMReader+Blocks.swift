// Blocks: what is in them, and when they count.
extension WebMReader {
    mutating func beginBlock(to end: Int64, isSimple: Bool) {
        guard end - offset >= BlockHeader.byteCountMin else { return tear() }
        block = WebMBlock(
            start: elementStart, end: end, isSimple: isSimple, payloadStart: offset,
            payloadEnd: end, header: BlockHeader(payloadByteCount: end - offset))
        state = .blockHeader
    }

    mutating func takeBlockHeader(_ byte: UInt8) {
        // Kept for a second look, should this be no block; lacing may make it long.
        if small.count < 32 { small.append(byte) }
        guard let progress = block?.header.take(byte) else { return }
        switch progress {
        case .incomplete: return
        case .invalid: tear()
        case .whole: blockHeaderEnded()
        }
    }

    private mutating func blockHeaderEnded() {
        guard let header = block?.header, let base = cluster?.timestamp,
            let index = timeline?.index(of: header.track)
        else { return tear() }
        // A block of a known track: what was before it was no accident.
        confirm()
        block?.trackIndex = index
        block?.timestamp = base + Int64(header.timestamp)
        block?.isKey = header.flags & BlockHeader.Flag.key != 0
        block?.framesStart = offset
        block?.frameStart = offset
        guard timeline?.isOpus(index) != true else { return beginFrame() }
        for frame in 0..<header.frameByteCounts.count {
            let byteCount = header.frameByteCounts[frame] ?? 0
            block?.durations.append(
                timeline?.duration(track: index, frameByteCount: byteCount) ?? 0)
        }
        pass(to: block?.payloadEnd ?? offset)
    }

    /// Bytes of the frame at hand; nil behind the last.
    private var frameByteCount: Int64? {
        block.flatMap { $0.header.frameByteCounts[$0.durations.count] }
    }

    /// Looks at the first bytes of the next frame, or ends the block.
    private mutating func beginFrame() {
        // Empty frames have none.
        while frameByteCount == 0 { block?.durations.append(0) }
        guard frameByteCount != nil else { return blockEnded() }
        block?.first = nil
        state = .frameStart
    }

    mutating func takeFrameStart(_ byte: UInt8) {
        guard let index = block?.trackIndex, let byteCount = frameByteCount else { return }
        let known = block?.first
        if known == nil, byteCount > 1 {
            block?.first = byte
            return
        }
        let duration = timeline?.duration(
            track: index, frameByteCount: byteCount, first: known ?? byte,
            second: known == nil ? nil : byte)
        block?.durations.append(duration ?? 0)
        block?.frameStart += byteCount
        pass(to: block?.frameStart ?? offset)
    }

    /// A frame was passed over, or all of them.
    mutating func frameEnded() {
        if offset == block?.payloadEnd { blockEnded() } else { beginFrame() }
    }

    private mutating func blockEnded() {
        block?.isTorn = isElementTorn
        if group != nil {
            group?.block = block
        } else {
            pending = block
            pendingStart = block?.start
            isElementTorn = false
        }
        block = nil
        elementEnded()
    }

    mutating func groupEnded() {
        guard let group else { return }
        self.group = nil
        guard var block = group.block else {
            if pendingStart == nil { pendingStart = group.start }
            return
        }
        block.start = group.start
        block.end = group.end
        block.isKey = !group.hasReference
        block.duration = group.duration
        block.isTorn = block.isTorn || group.isTorn
        pending = block
        pendingStart = block.start
    }

    /// What is pending is vouched for by what follows it.
    mutating func confirm() {
        pendingStart = nil
        unknownCount = 0
        guard let block = pending else { return }
        pending = nil
        guard block.isTorn else { return accept(block) }
        void(block.start..<block.end)
        touchCluster()
        damage.append(
            MediaDamage(
                .hole, offset: block.start, byteCount: block.end - block.start,
                timeMilliseconds: Double(nanoseconds(block.timestamp)) / 1e6,
                detail: "A block lacks bytes and is left out."))
    }

    func nanoseconds(_ ticks: Int64) -> Int64 {
        WebMClock.nanoseconds(ticks, tick: head.tick)
    }

    private mutating func accept(_ block: WebMBlock) {
        guard let kind = timeline?.kind(of: block.trackIndex),
            let number = timeline?.number(of: block.trackIndex)
        else { return }
        // Every audio frame can be decoded by itself; Firefox does not say so.
        let isKey = block.isKey || block.isSimple && kind == .audio
        if isKey, block.isSimple, block.header.flags & BlockHeader.Flag.key == 0 {
            edits.append(
                Edit(
                    offset: block.payloadStart + Int64(block.header.flagsPlace),
                    bytes: [block.header.flags | BlockHeader.Flag.key]))
            touchCluster()
        }
        let time = nanoseconds(block.timestamp)
        addFrames(of: block, kind, number, time: time, isKey: isKey)
        guard let clusterStart = cluster?.start, let payloadStart = cluster?.payloadStart else {
            return
        }
        cluster?.hasBlocks = true
        guard isKey else { return }
        let cue = WebMCues.Cue(
            time: block.timestamp, track: number, cluster: clusterStart - segmentPayloadStart,
            place: block.start - payloadStart)
        cues.add(cue, time: time, kind: kind)
        cues.bound(tick: head.tick)
    }

    private mutating func addFrames(
        of block: WebMBlock, _ kind: MediaDescription.Track.Kind, _ number: Int64, time: Int64,
        isKey: Bool
    ) {
        var place = block.framesStart
        var frameTime = Double(time)
        let byteCounts = block.header.frameByteCounts
        for index in 0..<byteCounts.count {
            let byteCount = byteCounts[index] ?? 0
            var duration = block.durations[index] ?? 0
            if duration == 0, byteCounts.count == 1, kind != .video {
                duration = Double(nanoseconds(block.duration ?? 0))
            }
            let timestamp = index == 0 ? time : Int64(clampingNanoseconds: frameTime.rounded())
            frames.append(
                Frame(
                    track: UInt64(max(0, number)), timestamp: timestamp, isKey: isKey,
                    payload: place..<place + byteCount))
            let isBackward = timeline?.add(
                track: block.trackIndex, timestamp: timestamp, end: frameTime + duration,
                isKey: isKey, byteCount: byteCount)
            if isBackward == true { reportReversal(at: block.start, time: time) }
            place += byteCount
            frameTime += duration
        }
    }

    /// Says once a cluster that time goes backwards.
    mutating func reportReversal(at offset: Int64, time: Int64) {
        guard cluster?.isReversalReported == false else { return }
        cluster?.isReversalReported = true
        damage.append(
            MediaDamage(
                .timeReversed, offset: offset, timeMilliseconds: Double(time) / 1e6,
                detail: "Timestamps go backwards here."))
    }
}
