internal import Containers
internal import Opus
internal import Sound

/// Decodes the Opus sound of a recording as its bytes come: proof that audio is audio, and its
/// waveform and loudness on the way.
///
/// It follows the first Opus track; in a chained Ogg file, each link's after the one before.
/// Memory does not grow with the recording.
///
/// Runs on: one thread.
final class SoundProof {
    /// Longer than any packet of mono or stereo (RFC 6716 §3.2: 48 frames of 1,275 bytes).
    private static let packetBytesMax: Int64 = 61_440

    private var reader = AnyMediaReader(headReserveBytes: 0)
    private var frames: [Frame] = []
    private let sampleCount: Int64

    private var track: UInt64?
    private var decoder: OpusDecoder?
    private var channelCount = 1
    private var gain: Float = 1
    private var meter: LoudnessMeter?
    private var builder: WaveformBuilder?
    /// End of the sound so far, in nanoseconds.
    private var end: Int64 = .min

    private(set) var packetCount: Int64 = 0
    private(set) var undecodableCount: Int64 = 0
    private(set) var decodedSampleCount: Int64 = 0
    private var damage = MediaDamageList()
    private var undecodable: [Range<Int64>] = []
    /// Packets in a row that could not be decoded.
    private var run: Run?

    private struct Run {
        var bytes: Range<Int64>
        var packetCount: Int64
        var time: Range<Int64>
    }

    init(durationSeconds: Double) {
        sampleCount = Int64(min(max(0, durationSeconds), 1e9) * Double(OpusDecoder.sampleRate))
    }

    /// Takes the next bytes of the recording; `fetch` gives those of a packet that they end.
    func read<Failure: Error>(
        _ bytes: [UInt8], fetch: (Range<Int64>) throws(Failure) -> [UInt8]
    ) throws(Failure) {
        reader.read(bytes.span) { frames.append($0) }
        _ = reader.takeEdits()
        try decodeFrames(fetch)
    }

    /// The recording ends here.
    func finish<Failure: Error>(
        fetch: (Range<Int64>) throws(Failure) -> [UInt8]
    ) throws(Failure) -> Outcome? {
        var ended = AnyMediaReader(headReserveBytes: 0)
        let tracks = reader.description.tracks
        swap(&ended, &reader)
        _ = ended.finish { frames.append($0) }
        try decodeFrames(fetch, tracks)
        endRun()
        guard let meter, let builder, packetCount > 0 else { return nil }
        return Outcome(
            waveform: builder.waveform, loudness: meter.integrated,
            peak: meter.peak > 0 ? Decibels.ofFullScale(Double(meter.peak)) : nil,
            packetCount: packetCount, undecodableCount: undecodableCount,
            decodedSampleCount: decodedSampleCount, undecodable: undecodable,
            damage: damage.entries)
    }

    /// What came of it. Times in nanoseconds, levels in decibels.
    struct Outcome {
        let waveform: Waveform
        let loudness: Double?
        let peak: Double?
        let packetCount: Int64
        let undecodableCount: Int64
        let decodedSampleCount: Int64
        let undecodable: [Range<Int64>]
        let damage: [MediaDamage]
    }

    private func decodeFrames<Failure: Error>(
        _ fetch: (Range<Int64>) throws(Failure) -> [UInt8],
        _ known: [MediaDescription.Track]? = nil
    ) throws(Failure) {
        guard !frames.isEmpty else { return }
        let tracks = known ?? reader.description.tracks
        for frame in frames where isFollowed(frame, tracks) {
            var packet: [UInt8] = []
            if frame.byteCount <= Self.packetBytesMax {
                for piece in [frame.payload] + frame.continuation { packet += try fetch(piece) }
            }
            decode(packet, frame)
        }
        frames.removeAll(keepingCapacity: true)
    }

    /// Whether the frame is of the track at hand, or of one that takes over where it ended.
    private func isFollowed(_ frame: Frame, _ tracks: [MediaDescription.Track]) -> Bool {
        if frame.track == track { return true }
        guard track == nil || frame.timestamp >= end,
            let found = tracks.last(where: { $0.number == frame.track }), found.isDecodable
        else { return false }
        if track == nil { channelCount = found.channels ?? 1 }
        // It fails only for want of memory: then there is no waveform.
        guard let made = try? OpusDecoder(channelCount: channelCount) else { return false }
        track = frame.track
        decoder = consume made
        gain = Float(Decibels.amplitude(found.outputGain ?? 0))
        if meter == nil {
            meter = LoudnessMeter(channelCount: channelCount)
            builder = WaveformBuilder(sampleCount: sampleCount, channelCount: channelCount)
        }
        return true
    }

    private func decode(_ packet: [UInt8], _ frame: Frame) {
        packetCount += 1
        let start = Self.samples(frame.timestamp)
        let duration = Int64(OpusPacket.sampleCount(packet) ?? 0) * 62_500 / 3
        let (frameEnd, overflow) = frame.timestamp.addingReportingOverflow(duration)
        end = overflow ? .max : frameEnd
        do throws(OpusError) {
            try decoder?.decode(packet) { samples in take(samples, at: start) }
            endRun()
        } catch {
            undecodableCount += 1
            extendRun(frame)
        }
    }

    private func take(_ samples: Span<Float>, at start: Int64) {
        decodedSampleCount += Int64(samples.count / channelCount)
        guard gain != 1 else { return measure(samples, at: start) }
        var louder: [Float] = []
        for index in samples.indices { louder.append(samples[index] * gain) }
        measure(louder.span, at: start)
    }

    private func measure(_ samples: Span<Float>, at start: Int64) {
        meter?.add(samples)
        builder?.add(samples, at: start)
    }

    private func extendRun(_ frame: Frame) {
        let until = max(end, frame.timestamp)
        if let begun = run {
            run?.packetCount += 1
            run?.bytes = begun.bytes.lowerBound..<frame.payload.upperBound
            run?.time = begun.time.lowerBound..<max(begun.time.lowerBound, until)
        } else {
            run = Run(bytes: frame.payload, packetCount: 1, time: frame.timestamp..<until)
        }
    }

    private func endRun() {
        guard let run else { return }
        self.run = nil
        if undecodable.count < MediaDamageList.countMax { undecodable.append(run.time) }
        let what =
            run.packetCount == 1
            ? "A packet of sound is none" : "\(run.packetCount) packets of sound are none"
        damage.append(
            MediaDamage(
                .undecodable, offset: run.bytes.lowerBound, byteCount: Int64(run.bytes.count),
                timeMilliseconds: Double(run.time.lowerBound) / 1e6,
                detail: what + " that Opus can decode; players leave them out."))
    }

    /// Nanoseconds as samples at 48 kHz.
    private static func samples(_ nanoseconds: Int64) -> Int64 {
        nanoseconds / 62_500 * 3 + nanoseconds % 62_500 * 3 / 62_500
    }
}

extension MediaDescription.Track {
    /// Whether it is Opus as browsers record it, and not compressed or encrypted by the container.
    var isDecodable: Bool {
        (codec == "A_OPUS" || codec == "opus") && (1...2).contains(channels ?? 0)
            && isEncoded != true
    }
}
