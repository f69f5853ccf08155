/// Follows a WebM or Matroska recording as it comes and plans its finished file
/// (RFC 8794, RFC 9559).
///
/// The finished file is the received one from its first cluster on, with a new head in front
/// (lengths, SeekHead, Duration), the clusters' lengths filled in, the key flag set on audio
/// blocks, what is torn or missing made a Void, and Cues at the end. Each frame stays as it is.
///
/// A block counts only when what follows it begins like an element: if it does not, the block's
/// own length may be what is wrong, and both are voided up to the next cluster.
///
/// Memory: elements in front of the first cluster up to `WebMHead.byteCountMax`, the lengths of
/// one block's frames (256), `WebMCues.countMax` cues, `MediaDamageList.countMax` damages, and
/// the edits and frames of one call.
package struct WebMReader: MediaReader {
    enum State: Equatable {
        /// The header of the next element goes into `small`.
        case header
        /// The payload of an element with a number goes into `small`.
        case number(UInt32)
        /// The payload of a whole element in front of the clusters goes into `small`.
        case master(UInt32)
        /// The head of a block.
        case blockHeader
        /// The first bytes of one of its frames.
        case frameStart
        /// Bytes nobody keeps, up to `until`.
        case payload
        /// For the next cluster, after something broke off.
        case searching
        case ended
    }

    let headReserve: Int64
    var state = State.header
    /// Received bytes so far.
    var offset: Int64 = 0
    /// Where the element at hand begins, and where it ends if it says so.
    var elementStart: Int64 = 0
    var elementEnd: Int64?
    /// Where skipping or collecting ends.
    var until: Int64 = 0
    /// The header of the element at hand, and what is kept of its payload.
    var small: [UInt8] = []
    var headerByteCount = 0
    /// Whether bytes of the element at hand are missing.
    var isElementTorn = false
    /// The last four bytes while searching.
    var window: UInt32 = 0

    var head = WebMHead()
    var hasSegment = false
    /// The first received byte that is kept in place; nil until that is known.
    var start: Int64?
    /// One past the last byte of the recording, when something else follows it.
    var end: Int64?

    var timeline: WebMTimeline?
    var cues = WebMCues()
    var cluster: WebMCluster?
    var group: WebMGroup?
    var block: WebMBlock?
    /// A whole block that nothing vouches for yet.
    var pending: WebMBlock?
    /// Where what nothing vouches for begins.
    var pendingStart: Int64?
    var unknownCount = 0
    /// A run of elements behind `start` that the finished file leaves out: old Cues, say.
    var drop: WebMDrop?
    var torn: WebMTear?

    var firstClusterTimestamp: Int64?
    var lastClusterTimestamp: Int64?
    /// Bytes of the cluster before, as it is in the finished file.
    var clusterBeforeByteCount: Int64?
    var splicedAt: Int64?
    /// The last bytes, while they may be the beginning of another recording.
    var held: [UInt8] = []

    var frames: [Frame] = []
    var edits: [Edit] = []
    var damage = MediaDamageList()
    var copyReason: String?
    /// What a copy would have to change; nil once that is more than can be remembered.
    var splices: [CopyPlan.Splice]? = []
    var unverifiedReason: String?

    package init(headReserveBytes: Int) {
        precondition(headReserveBytes >= 0, "a reserve is not negative")
        headReserve = Int64(headReserveBytes)
    }

    package var description: MediaDescription {
        var description = MediaDescription(container: "webm")
        description.docType = head.docType
        description.durationMilliseconds = timeline?.end.map { max(0, $0) / 1e6 }
        description.tracks = (timeline ?? WebMTimeline(head.tracks)).tracks
        description.cues = cues.cues.count
        return description
    }

    package mutating func read(_ bytes: Span<UInt8>, frame: (Frame) -> Void) {
        watch(bytes)
        deliver(frame)
    }

    package mutating func skip(_ byteCount: Int64) {
        releaseHeld()
        var rest = byteCount
        while rest > 0 {
            switch state {
            case .ended, .searching:
                offset += rest
                window = 0
                torn?.isHole = true
                rest = 0
            case .payload:
                let count = min(rest, until - offset)
                isElementTorn = true
                offset += count
                rest -= count
                if offset == until { payloadEnded() }
            case .header, .number, .master, .blockHeader, .frameStart:
                holeInStructure()
            }
        }
    }

    package mutating func takeEdits() -> [Edit] {
        defer { edits.removeAll() }
        return edits
    }

    mutating func deliver(_ frame: (Frame) -> Void) {
        for whole in frames { frame(whole) }
        frames.removeAll(keepingCapacity: true)
    }

    /// The loop over all states; bytes that are only passed over cost nothing.
    mutating func take(_ bytes: Span<UInt8>) {
        var place = 0
        while place < bytes.count {
            let left = Int64(bytes.count - place)
            switch state {
            case .ended:
                offset += left
                place = bytes.count
            case .payload:
                let count = min(left, until - offset)
                offset += count
                place += Int(count)
                if offset == until { payloadEnded() }
            case .master(let id):
                let stop = place + Int(min(left, until - offset))
                offset += Int64(stop - place)
                while place < stop {
                    small.append(bytes[place])
                    place += 1
                }
                if offset == until { masterEnded(id) }
            case .searching:
                search(bytes, from: &place)
            case .header, .number, .blockHeader, .frameStart:
                offset += 1
                place += 1
                take(bytes[place - 1])
            }
        }
    }

    /// One byte of structure.
    private mutating func take(_ byte: UInt8) {
        switch state {
        case .header:
            small.append(byte)
            switch ElementHeader.read(small[...]) {
            case .incomplete: return
            case .invalid: tear()
            case .whole(let header): begin(header)
            }
        case .number(let id):
            small.append(byte)
            if offset == until { numberEnded(id) }
        case .blockHeader: takeBlockHeader(byte)
        case .frameStart: takeFrameStart(byte)
        case .master, .payload, .searching, .ended:
            preconditionFailure("these states take bytes in runs")
        }
    }

    /// Makes the next byte the first of an element.
    mutating func beginElement() {
        small.removeAll(keepingCapacity: true)
        elementStart = offset
        elementEnd = nil
        isElementTorn = false
        state = .header
    }

    /// Passes over what is left up to `end`.
    mutating func pass(to end: Int64) {
        until = end
        state = .payload
        if offset == until { payloadEnded() }
    }
}
