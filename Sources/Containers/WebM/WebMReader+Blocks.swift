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
        guard var block, let timeline, let base = cluster?.timestamp,
            let index = timeline.index(of: block.header.track)
        else { return tear() }
        // A block of a known track: what was before it was no accident.
        confirm()
        block.trackIndex = index
        block.timestamp = base + Int64(block.header.timestamp)
        block.isKey = block.header.flags & BlockHeader.Flag.key != 0
        block.framesStart = offset
        block.frameStart = offset
        let track = timeline.track(index)
        if track.frameDuration != .opus {
            block.durations = block.header.frameByteCounts.map {
                track.duration(frameByteCount: $0, first: nil, second: nil)
            }
        }
        self.block = block
        if track.frameDuration == .opus { beginFrame() } else { pass(to: block.payloadEnd) }
    }

    /// Looks at the first bytes of the next frame, or ends the block.
    private mutating func beginFrame() {
        guard let block, block.durations.count < block.header.frameByteCounts.count else {
            return blockEnded()
        }
        self.block?.first = nil
        self.block?.second = nil
        if block.header.frameByteCounts[block.durations.count] > 0 {
            state = .frameStart
        } else {
            self.block?.durations.append(0)
            beginFrame()
        }
    }

    mutating func takeFrameStart(_ byte: UInt8) {
        guard var block, let timeline else { return }
        let byteCount = block.header.frameByteCounts[block.durations.count]
        if block.first == nil {
            block.first = byte
            self.block = block
            if byteCount > 1 { return }
        } else {
            block.second = byte
        }
        block.durations.append(
            timeline.track(block.trackIndex).duration(
                frameByteCount: byteCount, first: block.first, second: block.second))
        block.frameStart += byteCount
        self.block = block
        pass(to: block.frameStart)
    }

    /// A frame was passed over, or all of them.
    mutating func frameEnded() {
        guard let block else { return }
        if offset == block.payloadEnd { blockEnded() } else { beginFrame() }
    }

    private mutating func blockEnded() {
        guard var block else { return }
        self.block = nil
        // Empty frames at the end are not looked at.
        while block.durations.count < block.header.frameByteCounts.count {
            block.durations.append(0)
        }
        block.isTorn = isElementTorn
        if group != nil {
            group?.block = block
        } else {
            pending = block
            pendingStart = block.start
            isElementTorn = false
        }
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
        guard let track = timeline?.track(block.trackIndex) else { return }
        // Every audio frame can be decoded by itself; Firefox does not say so.
        let isKey = block.isKey || block.isSimple && track.kind == .audio
        if isKey, block.isSimple, block.header.flags & BlockHeader.Flag.key == 0 {
            edits.append(
                Edit(
                    offset: block.payloadStart + Int64(block.header.flagsPlace),
                    bytes: [block.header.flags | BlockHeader.Flag.key]))
            touchCluster()
        }
        let time = nanoseconds(block.timestamp)
        addFrames(of: block, track, time: time, isKey: isKey)
        guard let cluster else { return }
        self.cluster?.hasBlocks = true
        guard isKey else { return }
        let cue = WebMCues.Cue(
            time: block.timestamp, track: track.number, cluster: cluster.start,
            place: block.start - cluster.payloadStart)
        cues.add(cue, time: time, kind: track.kind)
        cues.bound(tick: head.tick)
    }

    private mutating func addFrames(
        of block: WebMBlock, _ track: WebMTrack, time: Int64, isKey: Bool
    ) {
        var place = block.framesStart
        var frameTime = Double(time)
        let byteCounts = block.header.frameByteCounts
        for (index, byteCount) in byteCounts.enumerated() {
            var frameEnd = frameTime + block.durations[index]
            if frameEnd == frameTime, byteCounts.count == 1, track.kind != .video {
                frameEnd += Double(nanoseconds(block.duration ?? 0))
            }
            let frame = Frame(
                track: UInt64(max(0, track.number)),
                timestamp: index == 0 ? time : Int64(frameTime.rounded()), isKey: isKey,
                payload: place..<place + byteCount)
            frames.append(frame)
            let isBackward = timeline?.add(
                track: block.trackIndex, timestamp: frame.timestamp, end: frameEnd, isKey: isKey,
                byteCount: byteCount)
            if isBackward == true { reportReversal(at: block.start, time: time) }
            place += byteCount
            frameTime = frameEnd
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
