/// What an Opus packet says of itself in its first bytes, without being decoded.
///
/// The source is RFC 6716 §3.1 (the table-of-contents byte) and §3.2 (how many frames follow).
package enum OpusPacket {
    /// Opus counts time in samples at this rate, whatever was recorded (RFC 7845 §4).
    package static let sampleRate: Int64 = 48_000

    /// The longest legal packet, 120 ms (RFC 6716 §3.2.5, requirement R5).
    package static let samplesMax = 5_760

    /// The exact duration of a packet, in samples at 48 kHz, or nil if no packet begins so:
    /// empty, a frame count of zero or one that is missing, or more than 120 ms.
    ///
    /// - Parameters:
    ///   - first: the table-of-contents byte; nil for an empty packet.
    ///   - second: the byte after it, looked at only where it is the frame count (code 3).
    ///
    /// In a multistream packet (RFC 7845 §5.1.1) all streams last as long as the first, so the
    /// same two bytes answer.
    package static func sampleCount(first: UInt8?, second: UInt8?) -> Int? {
        guard let first else { return nil }
        let frames: Int
        switch first & 0b11 {
        case 0: frames = 1
        case 1, 2: frames = 2
        default:
            guard let second else { return nil }
            frames = Int(second & 0b11_1111)
        }
        let samples = frames * frameSampleCount(configuration: first >> 3)
        return (1...samplesMax).contains(samples) ? samples : nil
    }

    /// The exact duration of a packet, in samples at 48 kHz; nil if it is none.
    package static func sampleCount(_ packet: some Collection<UInt8>) -> Int? {
        sampleCount(first: packet.first, second: packet.dropFirst().first)
    }

    /// The output gain that a stream's first packet, `OpusHead`, asks for, in decibels; nil
    /// where it asks for none (RFC 7845 §5.1, field 5).
    package static func outputGain(head: some Collection<UInt8>) -> Double? {
        let gain = Array(head.dropFirst(16).prefix(2))
        guard head.starts(with: "OpusHead".utf8), gain.count == 2 else { return nil }
        let value = Int16(bitPattern: UInt16(gain[1]) << 8 | UInt16(gain[0]))
        return value == 0 ? nil : Double(value) / 256
    }

    /// The length of one frame in samples at 48 kHz (RFC 6716 §3.1, table 2).
    private static func frameSampleCount(configuration: UInt8) -> Int {
        switch configuration {
        case 0..<12: [480, 960, 1_920, 2_880][Int(configuration & 0b11)]  // SILK: 10 to 60 ms
        case 12..<16: [480, 960][Int(configuration & 0b1)]  // hybrid: 10 and 20 ms
        default: 120 << Int(configuration & 0b11)  // CELT: 2.5 to 20 ms
        }
    }
}
