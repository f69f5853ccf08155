// Elements: where each may stand, and what becomes of it.
extension WebMReader {
    /// More in a row of what RFC 9559 does not know is rather a broken structure.
    private static let unknownCountMax = 8
    /// A block, or what is unknown, that claims more is rather a broken length: following it
    /// would cost all that comes after. The largest frames of 8K video stay below.
    private static let blockByteCountMax: Int64 = 32 << 20
    private static let unknownByteCountMax: Int64 = 64 << 10
    /// Longer elements in front of the clusters are not copied into the new head.
    private static let carriedByteCountMax: Int64 = 64 << 10
    /// The new head is as long as what it replaces.
    private static let frontByteCountMax: Int64 = 2 << 20

    private var isInCluster: Bool {
        guard let cluster else { return false }
        return elementStart < cluster.end ?? .max
    }

    mutating func begin(_ header: ElementHeader) {
        headerByteCount = header.byteCount
        elementEnd = header.payloadByteCount.map { offset + $0 }
        if group != nil {
            beginGroupChild(header)
        } else if isInCluster {
            beginClusterChild(header)
        } else if hasSegment {
            beginSegmentChild(header)
        } else {
            beginTop(header)
        }
    }

    private mutating func beginTop(_ header: ElementHeader) {
        switch (header.id, elementEnd) {
        case (MatroskaID.ebml, let end?) where head.docType == nil:
            collect(header.id, to: end)
        case (MatroskaID.segment, _) where head.docType != nil:
            hasSegment = true
            beginElement()
        case (MatroskaID.void, let end?), (MatroskaID.crc32, let end?):
            pass(to: end)
        default: fail("It does not begin with an EBML header and a segment.")
        }
    }

    private mutating func beginSegmentChild(_ header: ElementHeader) {
        switch header.id {
        case MatroskaID.ebml, MatroskaID.segment:
            // In a search, a magic number alone proves nothing.
            guard torn == nil else { return collectSpliceProof(header) }
            leaveCluster()
            splice(at: elementStart, end: drop?.start ?? elementStart)
        case MatroskaID.cluster: beginCluster(header)
        default:
            guard torn == nil, let end = elementEnd else { return tear() }
            let isInFront = start == nil && cluster == nil
            if MatroskaID.isAboveCluster(header.id), !isInFront { leaveCluster() }
            if start == nil {
                beginInFront(header.id, to: end)
            } else {
                beginBehind(header.id, to: end)
            }
        }
    }

    /// An element in front of the first byte that is kept in place.
    private mutating func beginInFront(_ id: UInt32, to end: Int64) {
        let byteCount = end - offset
        let isHeadWhole = head.hasInfo && head.hasTracks
        guard elementStart <= Self.frontByteCountMax else { return fail("Its head is too long.") }
        switch id {
        case MatroskaID.info, MatroskaID.tracks:
            collect(id, to: end)
        case MatroskaID.seekHead, MatroskaID.cues, MatroskaID.void, MatroskaID.crc32:
            guard byteCount > Self.carriedByteCountMax else { return pass(to: end) }
            // Too long to write again: it stays where it is, if it can.
            guard isHeadWhole else { return fail("Its head is too long.") }
            start = elementStart
            beginBehind(id, to: end)
        default:
            guard !isHeadWhole else {
                start = elementStart
                return beginBehind(id, to: end)
            }
            guard byteCount <= Self.carriedByteCountMax else {
                return fail("Its head is too long.")
            }
            // They will stand in one row in the new head, so one row they are.
            if !MatroskaID.isAboveCluster(id) { unknownCount += 1 }
            guard unknownCount <= Self.unknownCountMax else { return tear() }
            collect(id, to: end)
        }
    }

    /// An element beside the clusters, which stays in place.
    private mutating func beginBehind(_ id: UInt32, to end: Int64) {
        switch id {
        case MatroskaID.void:
            if drop == nil { drop = WebMDrop(start: elementStart, needsVoid: false) }
        case MatroskaID.seekHead, MatroskaID.cues, MatroskaID.crc32:
            if drop == nil { drop = WebMDrop(start: elementStart, needsVoid: true) }
            drop?.needsVoid = true
        default:
            flushDrop(at: elementStart)
            if !MatroskaID.isAboveCluster(id), !countUnknown() { return tear() }
        }
        pass(to: end)
    }

    private mutating func beginCluster(_ header: ElementHeader) {
        leaveCluster()
        flushDrop(at: elementStart)
        guard head.hasTracks else { return fail("No tracks are described before its media.") }
        if timeline == nil { timeline = WebMTimeline(head.tracks) }
        guard elementEnd != offset else { return tear() }
        cluster = WebMCluster(
            start: elementStart, payloadStart: offset, lengthWidth: header.lengthWidth,
            end: elementEnd)
        beginElement()
    }

    private mutating func beginClusterChild(_ header: ElementHeader) {
        guard !MatroskaID.isAboveCluster(header.id) else {
            endClusterEarly()
            return beginSegmentChild(header)
        }
        guard let cluster, let end = elementEnd, end <= cluster.end ?? .max else { return tear() }
        let isNumber = end - offset <= 8 && end > offset
        switch header.id {
        case MatroskaID.timestamp where cluster.timestamp == nil && isNumber:
            collect(header.id, to: end)
        case MatroskaID.position where isNumber && !cluster.hasBlocks && pending == nil,
            MatroskaID.previousLength where isNumber && !cluster.hasBlocks && pending == nil:
            collect(header.id, to: end)
        case MatroskaID.crc32 where cluster.timestamp == nil:
            self.cluster?.checksumStart = elementStart
            pass(to: end)
        case MatroskaID.void:
            pass(to: end)
        case _ where cluster.timestamp == nil:
            tear()
        case MatroskaID.simpleBlock where end - offset <= Self.blockByteCountMax:
            beginBlock(to: end, isSimple: true)
        case MatroskaID.blockGroup where (1...Self.blockByteCountMax) ~= end - offset:
            group = WebMGroup(start: elementStart, end: end)
            beginElement()
        case MatroskaID.encryptedBlock where end - offset <= Self.blockByteCountMax,
            MatroskaID.silentTracks where end - offset <= Self.unknownByteCountMax:
            pass(to: end)
        default:
            guard countUnknown() else { return tear() }
            pass(to: end)
        }
    }

    private mutating func beginGroupChild(_ header: ElementHeader) {
        guard let group, let end = elementEnd, end <= group.end else { return tear() }
        let isNumber = end - offset <= 8
        switch header.id {
        case MatroskaID.block where group.block == nil:
            beginBlock(to: end, isSimple: false)
        case MatroskaID.blockDuration where isNumber && end > offset:
            collect(header.id, to: end)
        case MatroskaID.referenceBlock:
            self.group?.hasReference = true
            pass(to: end)
        default: pass(to: end)
        }
    }

    /// Counts one more element that nothing is known about; false when it is one too many.
    private mutating func countUnknown() -> Bool {
        unknownCount += 1
        if pendingStart == nil { pendingStart = elementStart }
        return unknownCount <= Self.unknownCountMax
            && (elementEnd ?? .max) - offset <= Self.unknownByteCountMax
    }

    /// Keeps the payload up to `end` in `small`.
    private mutating func collect(_ id: UInt32, to end: Int64) {
        until = end
        switch id {
        case MatroskaID.ebml, MatroskaID.info, MatroskaID.tracks:
            guard end - offset <= Int64(WebMHead.byteCountMax - head.byteCount) else {
                return fail("Its head is too long.")
            }
            state = .master(id)
            if offset == until { masterEnded(id) }
        case _ where cluster == nil:
            state = .master(id)
            if offset == until { masterEnded(id) }
        default:
            state = .number(id)
        }
    }

    /// A second EBML header after a tear: its first child must look like one.
    private mutating func collectSpliceProof(_ header: ElementHeader) {
        guard header.id == MatroskaID.ebml, let end = elementEnd, end - offset <= 1_024,
            end > offset
        else { return tear() }
        collect(header.id, to: end)
    }

    mutating func masterEnded(_ id: UInt32) {
        let payload = small[headerByteCount...]
        switch id {
        case MatroskaID.ebml where hasSegment:
            guard payload.first == 0x42, let torn else { return tear() }
            return splice(at: elementStart, end: torn.start)
        case MatroskaID.ebml:
            head.takeEBML(payload)
            guard head.docType != nil else { return fail("Its EBML header names no DocType.") }
        case MatroskaID.info: head.takeInfo(payload)
        case MatroskaID.tracks: head.takeTracks(payload)
        default:
            guard head.byteCount + payload.count <= WebMHead.byteCountMax else {
                return fail("Its head is too long.")
            }
            head.carry(id, payload)
        }
        beginElement()
    }

    mutating func numberEnded(_ id: UInt32) {
        let payload = small[headerByteCount...]
        switch id {
        case MatroskaID.timestamp:
            // Beyond 2^53 ticks nothing can be added without care, and nothing real is.
            cluster?.timestamp = min(EBMLNumber.unsigned(payload), 1 << 53)
            clusterFound()
        case MatroskaID.previousLength:
            checkField(EBMLNumber.unsigned(payload) == clusterBeforeByteCount)
        case MatroskaID.position:
            checkField(
                EBMLNumber.unsigned(payload) == (cluster?.start ?? 0) - segmentPayloadStart)
        case MatroskaID.blockDuration: group?.duration = EBMLNumber.unsigned(payload)
        default: break
        }
        if state != .ended { elementEnded() }
    }

    /// Where the segment's payload begins in the finished file, as a received offset.
    var segmentPayloadStart: Int64 { Int64(head.segmentPayloadStart) - headReserve }

    mutating func payloadEnded() {
        if block != nil { frameEnded() } else { elementEnded() }
    }

    /// The element at hand is over; so may be those around it.
    mutating func elementEnded() {
        if isElementTorn {
            if group != nil {
                group?.isTorn = true
            } else if !isInCluster {
                tornBesideClusters()
            } else if small.first != UInt8(MatroskaID.void) {
                return tear(isHole: true)
            }
        }
        if let group, offset >= group.end { groupEnded() }
        beginElement()
    }

    /// An element beside the clusters lacks bytes: it is left out.
    private mutating func tornBesideClusters() {
        guard start != nil, drop == nil else { return }
        damage.append(
            MediaDamage(
                .hole, offset: elementStart, byteCount: offset - elementStart,
                detail: "Bytes of an element without media are missing; it is left out."))
        drop = WebMDrop(start: elementStart, needsVoid: true)
    }
}
