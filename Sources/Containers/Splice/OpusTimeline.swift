/// How long the packets of an Ogg Opus file are: all that is needed to plan a cut (RFC 7845 §4).
///
/// Positions are samples at 48 kHz from the start of the first packet, pre-skip included.
package struct OpusTimeline: Equatable, Sendable {
    /// So much sound in front of a cut lets a decoder find its state: 80 ms (RFC 7845 §4.2, §4.6).
    package static let preRoll: Int64 = 3_840

    /// Samples of each packet, no more than `OpusPacket.samplesMax`.
    package private(set) var packets: [UInt16] = []
    /// Samples at the start that a player drops.
    package let preSkip: Int64
    /// Samples of all packets.
    package private(set) var length: Int64 = 0
    /// Samples at the end that a player drops.
    package private(set) var endTrim: Int64 = 0

    package init(preSkip: Int64) { self.preSkip = preSkip }

    /// Samples that a player plays.
    package var sampleCount: Int64 { max(0, length - endTrim - preSkip) }

    package mutating func add(_ sampleCount: Int) {
        packets.append(UInt16(clamping: sampleCount))
        length += Int64(sampleCount)
    }

    /// The last page says that `samples` of its packets are not played (RFC 7845 §4.4).
    package mutating func trimEnd(_ samples: Int64) { endTrim = min(max(0, samples), length) }

    /// The packets around `position`: the one that begins at it or last before it, and the first
    /// that begins at it or behind it (the count of packets, if none does).
    package func edges(around position: Int64) -> (before: Edge, behind: Edge) {
        var before = Edge(packet: 0, position: 0)
        var next = before
        for packet in packets {
            guard next.position < position else { break }
            before = next
            next = Edge(packet: next.packet + 1, position: next.position + Int64(packet))
        }
        return next.position <= position ? (next, next) : (before, next)
    }

    package struct Edge: Equatable, Sendable {
        package var packet: Int
        package var position: Int64
    }
}
