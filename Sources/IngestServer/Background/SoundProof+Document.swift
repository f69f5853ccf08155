internal import Opus
internal import Sound
internal import Wire

extension SoundProof.Outcome {
    var decodedSeconds: Double { Double(decodedSampleCount) / Double(OpusDecoder.sampleRate) }

    /// What is stored and served of it.
    func document(durationSeconds: Double) -> WaveformDocument {
        var document = WaveformDocument(
            durationSeconds: durationSeconds,
            loudness: LoudnessFacts(
                integratedLUFS: loudness.map(Self.rounded), samplePeakDBFS: peak.map(Self.rounded)),
            bucketSeconds: durationSeconds / Double(WaveformBuilder.bucketCount))
        document.decodedSeconds = decodedSeconds
        document.packets = packetCount
        document.undecodablePackets = undecodableCount
        document.low = waveform.low
        document.high = waveform.high
        document.rms = waveform.rms
        document.gaps = waveform.gaps
        document.undecodable = undecodable.map { time in
            WaveformDocument.TimeRange(
                startSeconds: Double(time.lowerBound) / 1e9,
                endSeconds: Double(time.upperBound) / 1e9)
        }
        return document
    }

    private static func rounded(_ level: Double) -> Double { (level * 100).rounded() / 100 }
}

extension Waveform {
    /// Runs of buckets without sound.
    fileprivate var gaps: [WireRange] {
        var gaps: [WireRange] = []
        for (index, isHeard) in isHeard.enumerated() where !isHeard {
            if gaps.last?.end == Int64(index) {
                gaps[gaps.count - 1].end += 1
            } else {
                gaps.append(WireRange(start: Int64(index), end: Int64(index) + 1))
            }
        }
        return gaps
    }

    fileprivate init(_ document: WaveformDocument) {
        var isHeard = [Bool](repeating: true, count: document.rms.count)
        for gap in document.gaps {
            for index in gap.start..<max(gap.start, gap.end)
            where isHeard.indices.contains(Int(index)) {
                isHeard[Int(index)] = false
            }
        }
        self.init(low: document.low, high: document.high, rms: document.rms, isHeard: isHeard)
    }
}

extension WaveformPicture {
    /// The picture of a stored waveform. `damage`: all that is known of the recording's.
    init(_ document: WaveformDocument, damage: [DamageEntry]) {
        var places = document.undecodable.map { $0.startSeconds...$0.endSeconds }
        places += damage.compactMap { $0.timeSeconds }.map { $0...$0 }
        self.init(
            waveform: Waveform(document), durationSeconds: document.durationSeconds,
            loudness: document.loudness.integratedLUFS, peak: document.loudness.samplePeakDBFS,
            damage: places)
    }
}
