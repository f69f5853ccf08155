internal import COpus

/// Decodes the packets of one Opus stream, one after the other, to sound at 48 kHz.
///
/// Mono and stereo (channel mapping family 0, RFC 7845 §5.1.1.1), which is all that browsers
/// record. Not shared between threads.
package struct OpusDecoder: ~Copyable {
    package static let sampleRate = 48_000
    /// The longest packet, 120 ms (RFC 6716 §3.2.5).
    private static let samplesMax = 5_760

    private let decoder: OpaquePointer
    private let channelCount: Int
    private var samples: [Float]

    /// - Parameter channelCount: 1 or 2.
    package init(channelCount: Int) throws(OpusError) {
        var failure: Int32 = 0
        let made = opus_decoder_create(Int32(Self.sampleRate), Int32(channelCount), &failure)
        guard let made, failure == OPUS_OK else { throw OpusError(code: failure) }
        decoder = made
        self.channelCount = channelCount
        samples = [Float](repeating: 0, count: Self.samplesMax * channelCount)
    }

    // SAFETY: `decoder` came from opus_decoder_create and is nobody else's.
    deinit { opus_decoder_destroy(decoder) }

    /// Decodes `packet` and lends its samples to `body`, interleaved, 1 being full scale.
    ///
    /// Errors: it is no Opus packet. The next one can be decoded all the same.
    package mutating func decode(
        _ packet: [UInt8], _ body: (Span<Float>) -> Void
    ) throws(OpusError) {
        // An empty packet would mean "conceal a lost one".
        guard !packet.isEmpty else { throw OpusError(code: OPUS_INVALID_PACKET) }
        let capacity = Int32(Self.samplesMax)
        // SAFETY: libopus reads `packet.count` bytes and writes at most `capacity` samples of
        // each channel, for which `samples` has room.
        let count = opus_decode_float(
            decoder, packet, Int32(packet.count), &samples, capacity, 0)
        guard count >= 0 else { throw OpusError(code: count) }
        body(samples.span.extracting(0..<Int(count) * channelCount))
    }
}
