/// Turns bytes of raw sound into samples, −1 to 1, in whatever pieces they come.
package struct SampleDecoder: Sendable {
    private let format: PCMFormat
    /// Less than one sample of every channel.
    private var rest: [UInt8] = []

    package init(_ format: PCMFormat) {
        precondition(format.channels > 0, "sound has a channel")
        self.format = format
    }

    /// The samples that are whole by now, interleaved.
    package mutating func decode(_ bytes: [UInt8]) -> [Float] {
        let all = rest.isEmpty ? bytes : rest + bytes
        let byteCount = all.count - all.count % format.frameByteCount
        rest = Array(all[byteCount...])
        let step = format.sample.byteCount
        var samples: [Float] = []
        samples.reserveCapacity(byteCount / step)
        for start in stride(from: 0, to: byteCount, by: step) {
            samples.append(sample(all, at: start))
        }
        return samples
    }

    private func sample(_ bytes: [UInt8], at start: Int) -> Float {
        switch format.sample {
        case .u8: return Float(Int(bytes[start]) - 128) / 128
        case .s16le:
            let value = Int16(bitPattern: UInt16(bytes[start]) | UInt16(bytes[start + 1]) << 8)
            return Float(value) / 32_768
        case .s24le:
            // In the upper three bytes of 32 bits, so that the sign is in its place.
            let value = word(bytes, at: start, byteCount: 3) << 8
            return Float(Int32(bitPattern: value)) / 2_147_483_648
        case .s32le:
            let value = word(bytes, at: start, byteCount: 4)
            return Float(Int32(bitPattern: value)) / 2_147_483_648
        case .f32le:
            let value = Float(bitPattern: word(bytes, at: start, byteCount: 4))
            // What is no number would spoil the encoder's state for all that follows.
            return value.isFinite ? value : 0
        }
    }

    private func word(_ bytes: [UInt8], at start: Int, byteCount: Int) -> UInt32 {
        var value: UInt32 = 0
        for index in 0..<byteCount { value |= UInt32(bytes[start + index]) << UInt32(8 * index) }
        return value
    }
}
