/// One whole packet of a logical stream.
package struct OggPacket: Equatable, Sendable {
    /// Where its bytes lie in the file; further pieces on further pages.
    package var payload: Range<Int64>
    package var continuation: [Range<Int64>] = []
    /// Its first bytes: two, or `OggCodec.packetBytesNeeded` in the first packet of a stream.
    package var start: [UInt8] = []

    package var byteCount: Int64 {
        continuation.reduce(Int64(payload.count)) { $0 + Int64($1.count) }
    }
}

/// Puts the packets of one logical stream together from its pages (RFC 3533 §5): a packet goes on
/// as long as its segments are 255 bytes long.
package struct OggPacketReader: Sendable {
    /// A packet over more pages than this, a quarter of a gigabyte if they are full, is none.
    private static let piecesMax = 4_096

    /// The packet that the last page left unfinished.
    private var open: OggPacket?
    /// Whether what comes until the next end belongs to a packet whose beginning is gone.
    private var isSkipping = false
    private var hasRead = false

    package init() {}

    package var hasOpenPacket: Bool { open != nil }

    /// Adds the packets that end on `page` to `packets`.
    ///
    /// - Parameters:
    ///   - page: all of the page's bytes; the first one lies at `offset` in the file.
    ///   - isBehindHole: pages before it are missing, so nothing is continued.
    /// - Returns: whether a packet was dropped because a part of it is missing although no page
    ///   is.
    package mutating func read(
        _ header: OggPageHeader, offset: Int64, _ page: Span<UInt8>, isBehindHole: Bool,
        into packets: inout [OggPacket]
    ) -> Bool {
        let isContinued = header.flags.contains(.continued)
        let isTorn = !isBehindHole && !isSkipping && isContinued != hasOpenPacket
        if isBehindHole || !isContinued { open = nil }
        isSkipping = isContinued && !hasOpenPacket
        let startBytesMax = hasRead ? 2 : OggCodec.packetBytesNeeded
        hasRead = true
        var position = OggPageHeader.fixedByteCount + header.segmentCount
        var begin = position
        for segment in 0..<header.segmentCount {
            let count = Int(page[OggPageHeader.fixedByteCount + segment])
            position += count
            guard count < 255 || segment == header.segmentCount - 1 else { continue }
            let isWhole = count < 255
            if !isSkipping {
                addPiece(begin..<position, offset, page, startBytesMax)
                if isWhole, let packet = open { packets.append(packet) }
            }
            if isWhole {
                open = nil
                isSkipping = false
            }
            begin = position
        }
        return isTorn
    }

    private mutating func addPiece(
        _ piece: Range<Int>, _ offset: Int64, _ page: Span<UInt8>, _ startBytesMax: Int
    ) {
        let range = offset + Int64(piece.lowerBound)..<offset + Int64(piece.upperBound)
        var packet = open ?? OggPacket(payload: range)
        if open != nil { packet.continuation.append(range) }
        let missing = max(0, startBytesMax - packet.start.count)
        for index in piece.prefix(missing) { packet.start.append(page[index]) }
        isSkipping = packet.continuation.count >= Self.piecesMax
        open = isSkipping ? nil : packet
    }
}
