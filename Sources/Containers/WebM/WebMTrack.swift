/// A track as its TrackEntry describes it (RFC 9559 §5.1.4.1).
struct WebMTrack: Equatable, Sendable {
    /// How long one frame of an audio track lasts, as far as that can be known exactly.
    enum FrameDuration: Equatable, Sendable {
        /// By the first two bytes of each packet.
        case opus
        /// By the frame's bytes: so many make a second.
        case bytesPerSecond(Double)
        case nanoseconds(Double)
        /// Unknown, and zero for video: the interval after its last frame is nobody's to invent.
        case none
    }

    var number: Int64 = 0
    var kind: MediaDescription.Track.Kind = .other
    var codec = ""
    var width: Int?
    var height: Int?
    var sampleRate: Double?
    var channels: Int?
    var outputGain: Double?
    var isEncoded = false
    var frameDuration = FrameDuration.none

    /// More tracks than any recorder has; the rest of a longer list is not read.
    static let countMax = 64

    /// The tracks of a Tracks element's payload.
    static func list(_ tracks: ArraySlice<UInt8>) -> [WebMTrack] {
        var list: [WebMTrack] = []
        for child in ElementList(tracks) where child.id == MatroskaID.trackEntry {
            guard list.count < countMax else { break }
            list.append(WebMTrack(child.payload))
        }
        return list
    }

    init(_ entry: ArraySlice<UInt8>) {
        var bitDepth: Int64 = 0
        var defaultDuration: Int64 = 0
        var setup: ArraySlice<UInt8> = []
        for child in ElementList(entry) {
            switch child.id {
            case MatroskaID.trackNumber: number = EBMLNumber.unsigned(child.payload)
            case MatroskaID.trackType:
                switch EBMLNumber.unsigned(child.payload) {
                case 1: kind = .video
                case 2: kind = .audio
                default: kind = .other
                }
            case MatroskaID.codecID:
                codec = String(decoding: child.payload.prefix { $0 != 0 }, as: UTF8.self)
            case MatroskaID.codecPrivate: setup = child.payload
            case MatroskaID.defaultDuration:
                defaultDuration = EBMLNumber.unsigned(child.payload)
            case MatroskaID.contentEncodings: isEncoded = true
            case MatroskaID.video: readVideo(child.payload)
            case MatroskaID.audio: bitDepth = readAudio(child.payload)
            default: break
            }
        }
        guard kind == .audio else { return }
        if codec == "A_OPUS" { outputGain = OpusPacket.outputGain(head: setup) }
        frameDuration = Self.frameDuration(
            codec: isEncoded ? "" : codec, sampleRate: sampleRate ?? 8_000,
            bytesPerSample: Int64(channels ?? 1) * bitDepth / 8, fallback: defaultDuration)
    }

    private mutating func readVideo(_ payload: ArraySlice<UInt8>) {
        for child in ElementList(payload) {
            switch child.id {
            case MatroskaID.pixelWidth: width = Int(EBMLNumber.unsigned(child.payload))
            case MatroskaID.pixelHeight: height = Int(EBMLNumber.unsigned(child.payload))
            default: break
            }
        }
    }

    /// Returns the bits of one sample; 0 when not said.
    private mutating func readAudio(_ payload: ArraySlice<UInt8>) -> Int64 {
        // The defaults of RFC 9559 §5.1.4.1.29.
        sampleRate = 8_000
        channels = 1
        var bitDepth: Int64 = 0
        for child in ElementList(payload) {
            switch child.id {
            case MatroskaID.samplingFrequency:
                let rate = EBMLNumber.float(child.payload) ?? 0
                if rate.isFinite, rate > 0 { sampleRate = rate }
            case MatroskaID.channels:
                channels = Int(clamping: min(255, max(1, EBMLNumber.unsigned(child.payload))))
            case MatroskaID.bitDepth:
                bitDepth = min(64, EBMLNumber.unsigned(child.payload))
            default: break
            }
        }
        return bitDepth
    }

    private static func frameDuration(
        codec: String, sampleRate: Double, bytesPerSample: Int64, fallback: Int64
    ) -> FrameDuration {
        if codec == "A_OPUS" { return .opus }
        if codec.hasPrefix("A_PCM/"), bytesPerSample > 0 {
            return .bytesPerSecond(Double(bytesPerSample) * sampleRate)
        }
        // AAC frames hold 1,024 samples at the core rate (ISO/IEC 14496-3 4.5.1.1).
        if codec.hasPrefix("A_AAC") { return .nanoseconds(1_024 / sampleRate * 1e9) }
        return fallback > 0 ? .nanoseconds(Double(fallback)) : .none
    }

    /// How long a frame lasts, in nanoseconds; zero when it cannot be known.
    func duration(frameByteCount: Int64, first: UInt8?, second: UInt8?) -> Double {
        switch frameDuration {
        case .opus:
            Double(OpusPacket.sampleCount(first: first, second: second) ?? 0)
                * (1e9 / Double(OpusPacket.sampleRate))
        case .bytesPerSecond(let rate):
            min(Self.durationMax, Double(frameByteCount) / rate * 1e9)
        case .nanoseconds(let duration): min(Self.durationMax, duration)
        case .none: 0
        }
    }

    /// An hour: a frame that claims more does not, and sums stay finite.
    private static let durationMax = 3.6e12
}
