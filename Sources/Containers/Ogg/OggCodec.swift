/// What the first packet of a logical stream says about it.
package enum OggCodec: Equatable, Sendable {
    /// RFC 7845 §5.1. `preSkip` in samples at 48 kHz; `inputRate` is what was fed to the encoder,
    /// in Hz, 0 if unknown.
    case opus(channels: Int, preSkip: Int64, inputRate: Int)
    /// Vorbis I specification §4.2.2.
    case vorbis(channels: Int, sampleRate: Int)
    /// FLAC in Ogg (RFC 9639 §10.1).
    case flac(channels: Int, sampleRate: Int)
    /// Anything else: pages are checked, times are not known.
    case unknown

    /// How much of a first packet is needed to know: FLAC's is the longest.
    static let packetBytesNeeded = 51

    /// Reads a first packet, of which `packet` holds at most the first `packetBytesNeeded` bytes.
    package init(firstPacket packet: [UInt8]) {
        func begins(_ text: String, at offset: Int = 0) -> Bool {
            packet.dropFirst(offset).starts(with: text.utf8)
        }
        func number(_ offset: Int, _ count: Int) -> Int {
            (0..<count).reversed().reduce(0) { $0 << 8 | Int(packet[offset + $1]) }
        }
        if begins("OpusHead"), packet.count >= 19, packet[8] & 0xF0 == 0, packet[9] > 0 {
            self = .opus(
                channels: Int(packet[9]), preSkip: Int64(number(10, 2)), inputRate: number(12, 4))
        } else if begins("\u{1}vorbis"), packet.count >= 30, packet[11] > 0, number(12, 4) > 0 {
            self = .vorbis(channels: Int(packet[11]), sampleRate: number(12, 4))
        } else if begins("\u{7F}FLAC"), begins("fLaC", at: 9), packet.count >= 51 {
            let rate = Int(packet[27]) << 12 | Int(packet[28]) << 4 | Int(packet[29] >> 4)
            let channels = Int(packet[29] >> 1 & 0b111) + 1
            self = rate == 0 ? .unknown : .flac(channels: channels, sampleRate: rate)
        } else {
            self = .unknown
        }
    }

    /// Granules per second; nil if they do not count samples.
    package var granuleRate: Int64? {
        switch self {
        case .opus: OpusPacket.sampleRate
        case .vorbis(_, let rate), .flac(_, let rate): Int64(rate)
        case .unknown: nil
        }
    }

    /// What the container's field calls it.
    package var name: String {
        switch self {
        case .opus: "opus"
        case .vorbis: "vorbis"
        case .flac: "flac"
        case .unknown: "unknown"
        }
    }

    package var channels: Int? {
        switch self {
        case .opus(let channels, _, _), .vorbis(let channels, _), .flac(let channels, _): channels
        case .unknown: nil
        }
    }

    /// In Hz; Opus is always decoded at 48 kHz.
    package var sampleRate: Int? { granuleRate.map { Int($0) } }

    /// Whether a packet describes the stream instead of holding sound. `index` counts from zero,
    /// `start` is how the packet begins, two bytes or more.
    package func isHeader(packet index: Int64, start: [UInt8]) -> Bool {
        switch self {
        // No packet of sound begins with "Op": as frame count it would say 48 of 20 ms.
        case .opus: index < 2 && start.starts(with: [0x4F, 0x70])
        // The lowest bit of a header's type is set, that of sound is not (Vorbis I §4.2.1, §4.3).
        case .vorbis: index < 3 && (start.first ?? 0) & 1 == 1
        case .flac: start.first != 0xFF  // every FLAC frame begins with its sync (RFC 9639 §9.1)
        case .unknown: index < 1
        }
    }
}
