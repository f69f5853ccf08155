internal import COpus

/// Encodes sound into Opus packets of 20 ms (RFC 6716), with libopus.
///
/// The packets of one encoder belong together, in the order in which they came out.
// SAFETY: the state in C belongs to this value alone, which cannot be copied, and is bound to no
// thread.
package struct OpusEncoder: ~Copyable, @unchecked Sendable {
    /// In Hz, the only ones there are (RFC 6716 §2).
    package static let sampleRates = [8_000, 12_000, 16_000, 24_000, 48_000]
    /// The longest packet of one frame: its first byte and 1,275 more (RFC 6716 §3.2.1).
    private static let packetBytesMax = 1_276

    package let channels: Int
    /// Samples a channel of one frame, at the encoder's rate.
    package let frameSampleCount: Int
    /// How many samples a channel, at 48 kHz, come out of a decoder before the first that went in.
    package let preSkip: Int
    private let state: OpaquePointer

    /// - Parameters:
    ///   - sampleRate: one of `sampleRates`.
    ///   - channels: 1 or 2.
    ///   - bitrate: bits per second, 6,000 to 510,000.
    ///   - complexity: 0, the fastest, to 10, the best.
    package init(
        sampleRate: Int, channels: Int, bitrate: Int, complexity: Int
    ) throws(OpusError) {
        var code: Int32 = 0
        let state = opus_encoder_create(
            Int32(clamping: sampleRate), Int32(clamping: channels), OPUS_APPLICATION_AUDIO, &code)
        guard let state, code == OPUS_OK else { throw OpusError(code: code) }
        var lookahead: opus_int32 = 0
        for code in [
            holdfast_opus_set_bitrate(state, Int32(clamping: bitrate)),
            holdfast_opus_set_complexity(state, Int32(clamping: complexity)),
            holdfast_opus_lookahead(state, &lookahead),
        ] where code != OPUS_OK {
            opus_encoder_destroy(state)
            throw OpusError(code: code)
        }
        self.state = state
        self.channels = channels
        frameSampleCount = sampleRate / 50
        preSkip = Int(lookahead) * (48_000 / sampleRate)
    }

    deinit { opus_encoder_destroy(state) }

    /// Encodes one frame into one packet.
    ///
    /// - Parameter frame: `frameSampleCount` samples a channel, interleaved, −1 to 1.
    package mutating func encode(_ frame: ArraySlice<Float>) throws(OpusError) -> [UInt8] {
        precondition(frame.count == frameSampleCount * channels, "a frame lasts 20 ms")
        var code: Int32 = 0
        let packet = [UInt8](unsafeUninitializedCapacity: Self.packetBytesMax) { bytes, count in
            code = frame.withUnsafeBufferPointer { samples in
                // Both have a base address: neither is empty.
                opus_encode_float(
                    state, samples.baseAddress!, Int32(frameSampleCount), bytes.baseAddress!,
                    Int32(bytes.count))
            }
            count = max(0, Int(code))
        }
        guard code > 0 else { throw OpusError(code: code) }
        return packet
    }
}
