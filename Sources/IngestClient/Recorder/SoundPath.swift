internal import Opus

/// Raw sound on its way into an Ogg Opus file: samples, levels, packets, pages.
final class SoundPath {
    private let format: PCMFormat
    private let tell: (RecorderEvent) -> Void
    private var decoder: SampleDecoder
    private var meter: LevelMeter
    /// For a rate that Opus does not take.
    private var resampler: Resampler?
    /// Nil once it has finished.
    private var encoder: OggOpusEncoder?
    private var sampleCount = 0
    /// What a WAV file's header promises beyond what came.
    private var bytesLeft: Int64?

    /// - Parameter byteCount: all the bytes of sound, if that is known; what follows is none.
    ///
    /// Errors: `unusable` for a format that Opus does not take.
    init(
        _ format: PCMFormat, _ options: RecorderOptions, byteCount: Int64?,
        tell: @escaping (RecorderEvent) -> Void
    ) throws(RecorderError) {
        try Self.check(format)
        self.format = format
        self.tell = tell
        bytesLeft = byteCount
        decoder = SampleDecoder(format)
        meter = LevelMeter(format)
        let isTaken = OpusEncoder.sampleRates.contains(format.sampleRate)
        if !isTaken { resampler = Resampler(from: format.sampleRate, channels: format.channels) }
        let bitrate = options.bitrate ?? 48_000 * format.channels
        var settings = OggOpusEncoder.Settings(
            sampleRate: isTaken ? format.sampleRate : Resampler.rate, channels: format.channels,
            bitrate: bitrate)
        settings.inputRate = format.sampleRate
        settings.complexity = options.complexity
        settings.title = options.title
        do throws(OpusError) {
            encoder = try OggOpusEncoder(settings, serial: .random(in: 0...UInt32.max))
        } catch { throw .encoder(error.description) }
    }

    var seconds: Double { Double(sampleCount) / Double(format.sampleRate) }

    var isComplete: Bool { bytesLeft == 0 }

    /// Takes raw sound; returns the pages that became whole.
    func take(_ bytes: [UInt8]) throws(RecorderError) -> [UInt8] {
        let samples = samples(bytes)
        sampleCount += samples.count / format.channels
        let levels = meter.add(samples)
        for level in levels { tell(.levels(level, seconds: seconds)) }
        let ready = resampler?.resample(samples) ?? samples
        return try encoding { (encoder) throws(OpusError) in try encoder.encode(ready) }
    }

    /// Leaves out raw sound; what follows is not torn from its channel.
    func drop(_ bytes: [UInt8]) { _ = samples(bytes) }

    private func samples(_ bytes: [UInt8]) -> [Float] {
        guard let left = bytesLeft else { return decoder.decode(bytes) }
        let ours = Array(bytes.prefix(Int(clamping: left)))
        bytesLeft = left - Int64(ours.count)
        return decoder.decode(ours)
    }

    /// All but the last 20 ms at most, as pages.
    func flush() throws(RecorderError) -> [UInt8] {
        try encoding { (encoder) throws(OpusError) in encoder.flush() }
    }

    /// The rest of the file.
    func finish() throws(RecorderError) -> [UInt8] {
        guard sampleCount > 0 else { return [] }
        let rest = resampler?.finish() ?? []
        let pages = try encoding { (encoder) throws(OpusError) in try encoder.encode(rest) }
        guard let encoder = encoder.take() else { return [] }
        do throws(OpusError) { return try pages + encoder.finish() } catch {
            throw .encoder(error.description)
        }
    }

    private func encoding(
        _ body: (inout OggOpusEncoder) throws(OpusError) -> [UInt8]
    ) throws(RecorderError) -> [UInt8] {
        guard var taken = encoder.take() else { return [] }
        do throws(OpusError) {
            let pages = try body(&taken)
            encoder = consume taken
            return pages
        } catch { throw .encoder(error.description) }
    }

    private static func check(_ format: PCMFormat) throws(RecorderError) {
        guard (1...2).contains(format.channels) else {
            throw .unusable(
                "\(format.channels) channels cannot be recorded, only 1 or 2. \(way(format))")
        }
        let known = (OpusEncoder.sampleRates + Resampler.inputRates).sorted()
        guard known.contains(format.sampleRate) else {
            let rates = known.map(String.init).joined(separator: ", ")
            throw .unusable(
                "\(format.sampleRate) Hz cannot be recorded, only \(rates). \(way(format))")
        }
    }

    /// How to record it all the same.
    private static func way(_ format: PCMFormat) -> String {
        let channels = min(2, max(1, format.channels))
        return "Let ffmpeg convert it: holdfast record --pcm s16le --rate 48000 "
            + "--channels \(channels) --capture "
            + "'ffmpeg -v error -i FILE -f s16le -ar 48000 -ac \(channels) -'"
    }
}
