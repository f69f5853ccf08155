/// Everything in front of the first cluster: read from the recording, written anew.
struct WebMHead: Sendable {
    /// Bytes kept of the elements in front; real ones have a few hundred, at most some thousand.
    static let byteCountMax = 1 << 20

    private(set) var docType: String?
    private var ebml: [UInt8] = []
    /// Children of Info that go into the new one.
    private var info: [UInt8] = []
    private var tracksElement: [UInt8] = []
    /// Elements in front of Info and Tracks that are kept: tags, say.
    private var carried: [UInt8] = []
    private(set) var hasInfo = false
    private(set) var hasTracks = false
    private(set) var tracks: [WebMTrack] = []
    /// Nanoseconds of one tick.
    private(set) var tick = WebMClock.tickDefault

    /// Takes the payload of the EBML header (RFC 8794 §11.2).
    mutating func takeEBML(_ payload: ArraySlice<UInt8>) {
        var writer = ElementWriter()
        // Cues with relative positions came with version 4 (RFC 9559 §5.1.5.1.2.3).
        var version: Int64 = 4
        for child in ElementList(payload) {
            switch child.id {
            case MatroskaID.crc32, MatroskaID.void: continue
            case MatroskaID.docTypeVersion:
                version = max(version, EBMLNumber.unsigned(child.payload))
                continue
            case MatroskaID.docType:
                docType = String(decoding: child.payload.prefix { $0 != 0 }, as: UTF8.self)
            default: break
            }
            writer.append(child.whole)
        }
        writer.unsigned(MatroskaID.docTypeVersion, version)
        ebml = writer.bytes
    }

    /// Takes the payload of the Info element (RFC 9559 §5.1.2).
    mutating func takeInfo(_ payload: ArraySlice<UInt8>) {
        guard !hasInfo else { return }
        hasInfo = true
        for child in ElementList(payload) {
            switch child.id {
            case MatroskaID.crc32, MatroskaID.void, MatroskaID.duration: continue
            case MatroskaID.timestampScale:
                let scale = EBMLNumber.unsigned(child.payload)
                if scale > 0, scale <= 1_000_000_000 { tick = scale }
            default: break
            }
            info.append(contentsOf: child.whole)
        }
    }

    /// Takes the payload of the Tracks element, which is kept as it is.
    mutating func takeTracks(_ payload: ArraySlice<UInt8>) {
        guard !hasTracks else { return }
        tracks = WebMTrack.list(payload)
        hasTracks = !tracks.isEmpty
        var writer = ElementWriter()
        writer.element(MatroskaID.tracks, payload)
        tracksElement = writer.bytes
    }

    /// Takes any other element that stands in front of Info or Tracks.
    mutating func carry(_ id: UInt32, _ payload: ArraySlice<UInt8>) {
        var writer = ElementWriter()
        writer.element(id, payload)
        carried.append(contentsOf: writer.bytes)
    }

    /// Bytes kept in memory.
    var byteCount: Int {
        ebml.count + info.count + tracksElement.count + carried.count
    }

    /// Room in which a new head surely fits: what is kept, and a page for what is added.
    var reserveBytes: Int { (byteCount + 4095) / 4096 * 4096 + 4096 }

    /// Bytes in front of the segment's payload: the EBML header, the segment's ID and length.
    var segmentPayloadStart: Int {
        4 + EBMLNumber.width(of: Int64(ebml.count)) + ebml.count + Self.segmentHeaderByteCount
    }

    private static let segmentHeaderByteCount = 4 + EBMLNumber.lengthBytesMax

    /// The new head, `byteCount` bytes long; nil when it does not fit.
    ///
    /// - Parameters:
    ///   - duration: in nanoseconds.
    ///   - mediaByteCount: bytes of the artifact between this head and its cues.
    ///   - cuesByteCount: bytes of the cues; 0 when there are none.
    func bytes(
        byteCount: Int64, duration: Double, mediaByteCount: Int64, cuesByteCount: Int64
    ) -> [UInt8]? {
        // A single byte cannot be filled with a Void: then a length field grows by it.
        for infoLengthWidth in [4, 5] {
            let top = top(duration, infoLengthWidth, cuesPosition: cuesByteCount > 0 ? 0 : nil)
            let rest = byteCount - Int64(segmentPayloadStart + top.count)
            guard rest != 1 else { continue }
            guard rest >= 0 else { return nil }
            let segmentPayloadByteCount =
                byteCount - Int64(segmentPayloadStart) + mediaByteCount + cuesByteCount
            var writer = ElementWriter()
            writer.element(MatroskaID.ebml, ebml)
            writer.header(
                MatroskaID.segment, payloadByteCount: segmentPayloadByteCount,
                lengthWidth: EBMLNumber.lengthBytesMax)
            let cuesPosition =
                cuesByteCount > 0 ? segmentPayloadByteCount - cuesByteCount : nil
            writer.append(self.top(duration, infoLengthWidth, cuesPosition: cuesPosition))
            if rest > 0 {
                let header = EBMLVoid.header(byteCount: rest)
                writer.append(header)
                writer.append(repeatElement(0, count: Int(rest) - header.count))
            }
            return writer.bytes
        }
        return nil
    }

    /// SeekHead, Info, Tracks and what else is carried, at the start of the segment's payload.
    private func top(_ duration: Double, _ infoLengthWidth: Int, cuesPosition: Int64?) -> [UInt8] {
        let entryByteCount = 21
        let seekByteCount = 5 + entryByteCount * (cuesPosition == nil ? 2 : 3)
        var rest = ElementWriter()
        rest.master(MatroskaID.info, lengthWidth: infoLengthWidth) { writer in
            writer.append(info)
            if !hasInfo {
                writer.unsigned(MatroskaID.timestampScale, tick)
                writer.element(MatroskaID.muxingApp, Array("Holdfast".utf8))
                writer.element(MatroskaID.writingApp, Array("Holdfast".utf8))
            }
            writer.float(MatroskaID.duration, duration / Double(tick))
        }
        let tracksPosition = seekByteCount + rest.bytes.count
        rest.append(tracksElement)
        rest.append(carried)

        var writer = ElementWriter()
        writer.master(MatroskaID.seekHead, lengthWidth: 1) { list in
            let places: [(UInt32, Int64?)] = [
                (MatroskaID.info, Int64(seekByteCount)),
                (MatroskaID.tracks, Int64(tracksPosition)), (MatroskaID.cues, cuesPosition),
            ]
            for case (let id, let position?) in places {
                list.master(MatroskaID.seek) { entry in
                    entry.element(MatroskaID.seekID, id.bigEndianBytes)
                    entry.unsigned(MatroskaID.seekPosition, position, width: 8)
                }
            }
        }
        precondition(writer.bytes.count == seekByteCount, "a SeekHead's length is fixed")
        writer.append(rest.bytes)
        return writer.bytes
    }
}

extension UInt32 {
    fileprivate var bigEndianBytes: [UInt8] {
        [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: self >> $0) }
    }
}
