/// How raw sound lies in bytes: samples of all channels in turn.
public struct PCMFormat: Sendable, Equatable {
    /// How one sample is written, with the names that ffmpeg gives them.
    public enum Sample: String, Sendable, CaseIterable {
        /// 8 bits, silence is 128.
        case u8
        /// 16 bits, signed, little-endian.
        case s16le
        /// 24 bits, signed, little-endian.
        case s24le
        /// 32 bits, signed, little-endian.
        case s32le
        /// 32 bits, a number from −1 to 1, little-endian.
        case f32le

        /// The bytes of one sample.
        public var byteCount: Int {
            switch self {
            case .u8: 1
            case .s16le: 2
            case .s24le: 3
            case .s32le, .f32le: 4
            }
        }
    }

    /// How one sample is written.
    public var sample: Sample
    /// In Hz.
    public var sampleRate: Int
    /// 1 or 2 can be recorded.
    public var channels: Int

    /// Any values; `Recorder` says which it can record.
    public init(_ sample: Sample = .s16le, sampleRate: Int, channels: Int) {
        self.sample = sample
        self.sampleRate = sampleRate
        self.channels = channels
    }

    /// The bytes of one sample of every channel.
    package var frameByteCount: Int { sample.byteCount * channels }
}
