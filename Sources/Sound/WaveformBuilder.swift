/// Draws a recording's sound together into a fixed number of buckets as it comes, whatever its
/// length. Takes sound at 48 kHz.
package struct WaveformBuilder: Sendable {
    /// Enough for a picture as wide as a page, and 12 kB of JSON.
    package static let bucketCount = 800

    /// Seven hundred years: beyond that, sums could overflow.
    private static let sampleCountMax: Int64 = 1 << 50

    private let sampleCount: Int64
    private let channelCount: Int
    private var buckets: [Bucket]

    private struct Bucket {
        var low: Float = 0
        var high: Float = 0
        var power = 0.0
        var count = 0
    }

    /// - Parameters:
    ///   - sampleCount: how long the recording is; what lies beyond goes into the last bucket.
    ///   - channelCount: interleaved.
    package init(sampleCount: Int64, channelCount: Int) {
        self.sampleCount = min(max(1, sampleCount), Self.sampleCountMax)
        self.channelCount = max(1, channelCount)
        buckets = [Bucket](repeating: Bucket(), count: Self.bucketCount)
    }

    /// Takes `samples`, the first of which plays at `start` of the timeline; what lies before 0
    /// does not play.
    package mutating func add(_ samples: Span<Float>, at start: Int64) {
        let start = min(max(start, -Self.sampleCountMax), Self.sampleCountMax)
        var time = max(0, start)
        let end = start + Int64(samples.count / channelCount)
        while time < end {
            let index = bucket(at: time)
            let isLast = index == Self.bucketCount - 1
            let next = isLast ? end : min(end, max(time + 1, firstSample(of: index + 1)))
            let first = Int(time - start) * channelCount
            let part = samples.extracting(first..<Int(next - start) * channelCount)
            Self.add(part, to: &buckets[index])
            time = next
        }
    }

    private static func add(_ samples: Span<Float>, to bucket: inout Bucket) {
        var power: Float = 0
        for index in samples.indices {
            let sample = samples[index]
            if sample < bucket.low { bucket.low = sample }
            if sample > bucket.high { bucket.high = sample }
            power += sample * sample
        }
        bucket.power += Double(power)
        bucket.count += samples.count
    }

    private func bucket(at time: Int64) -> Int {
        Int(min(Int64(Self.bucketCount) - 1, time * Int64(Self.bucketCount) / sampleCount))
    }

    /// Rounded up, so that a bucket begins where `bucket(at:)` says it does.
    private func firstSample(of bucket: Int) -> Int64 {
        (Int64(bucket) * sampleCount + Int64(Self.bucketCount) - 1) / Int64(Self.bucketCount)
    }

    package var waveform: Waveform {
        Waveform(
            low: buckets.map { Waveform.rounded($0.low) },
            high: buckets.map { Waveform.rounded($0.high) },
            rms: buckets.map { bucket in
                bucket.count == 0
                    ? 0
                    : Waveform.rounded(Float((bucket.power / Double(bucket.count)).squareRoot()))
            },
            isHeard: buckets.map { $0.count > 0 })
    }
}

/// A recording's sound over its length, in buckets of equal time. Amplitudes, 1 being full scale.
package struct Waveform: Sendable, Equatable {
    /// The lowest and the highest sample of each bucket, over all channels.
    package var low: [Float]
    package var high: [Float]
    /// The root mean square of each bucket.
    package var rms: [Float]
    /// Whether the recording has any sound at that time, be it silence.
    package var isHeard: [Bool]

    package init(low: [Float], high: [Float], rms: [Float], isHeard: [Bool]) {
        self.low = low
        self.high = high
        self.rms = rms
        self.isHeard = isHeard
    }

    /// To three places: finer than any picture.
    static func rounded(_ amplitude: Float) -> Float { (amplitude * 1_000).rounded() / 1_000 }
}
