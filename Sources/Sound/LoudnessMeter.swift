internal import Foundation

/// Measures how loud a whole recording is, as it comes: integrated loudness with both gates
/// (ITU-R BS.1770-4, Annex 1), and the highest sample.
///
/// Takes sound at 48 kHz, one or two channels. Memory does not grow with the recording: blocks
/// are kept as a histogram of steps of 0.1 LU, each with its exact power, so that only the
/// relative gate is as coarse as that.
package struct LoudnessMeter: Sendable {
    /// A quarter of a gating block: 100 ms, for blocks overlap by 75 %.
    private static let stepSampleCount = 4_800
    private static let stepsPerBlock = 4
    /// The absolute gate, in LKFS, where the histogram begins.
    private static let absoluteGate = -70.0
    private static let relativeGate = -10.0
    private static let binsPerUnit = 10.0
    /// Up to +20 LKFS.
    private static let binCount = 900

    private let channelCount: Int
    private var filters: [KWeighting]
    private var step = 0.0
    private var stepFilled = 0
    /// Power of the last steps, in the order of a ring.
    private var steps = [0.0, 0.0, 0.0, 0.0]
    private var stepCount = 0
    private var counts: [Int]
    private var powers: [Double]
    /// The highest absolute value of a sample so far, 1 being full scale.
    package private(set) var peak: Float = 0

    /// - Parameter channelCount: 1 or 2, interleaved.
    package init(channelCount: Int) {
        precondition((1...2).contains(channelCount), "mono or stereo")
        self.channelCount = channelCount
        filters = [KWeighting](repeating: KWeighting(), count: channelCount)
        counts = [Int](repeating: 0, count: Self.binCount)
        powers = [Double](repeating: 0, count: Self.binCount)
    }

    /// Takes the next samples, all channels of each.
    package mutating func add(_ samples: Span<Float>) {
        var index = 0
        while index + channelCount <= samples.count {
            for channel in 0..<channelCount {
                let sample = samples[index + channel]
                let magnitude = sample < 0 ? -sample : sample
                if magnitude > peak { peak = magnitude }
                let weighted = filters[channel].filter(Double(sample))
                step += weighted * weighted
            }
            index += channelCount
            stepFilled += 1
            if stepFilled == Self.stepSampleCount { endStep() }
        }
    }

    private mutating func endStep() {
        steps[stepCount % Self.stepsPerBlock] = step
        stepCount += 1
        step = 0
        stepFilled = 0
        guard stepCount >= Self.stepsPerBlock else { return }
        let power =
            steps.reduce(0, +) / Double(Self.stepsPerBlock * Self.stepSampleCount)
        let loudness = Decibels.loudness(power: power)
        guard loudness > Self.absoluteGate else { return }
        let bin = min(
            Self.binCount - 1, Int((loudness - Self.absoluteGate) * Self.binsPerUnit))
        counts[bin] += 1
        powers[bin] += power
    }

    /// The integrated loudness so far in LUFS; nil where no block of 400 ms passes the gates:
    /// silence, or less than that.
    package var integrated: Double? {
        guard let all = mean(from: 0) else { return nil }
        let gate = Decibels.loudness(power: all) + Self.relativeGate
        let first = Int(((gate - Self.absoluteGate) * Self.binsPerUnit).rounded())
        return mean(from: max(0, first)).map(Decibels.loudness)
    }

    private func mean(from bin: Int) -> Double? {
        let count = counts[bin...].reduce(0, +)
        return count == 0 ? nil : powers[bin...].reduce(0, +) / Double(count)
    }
}

/// Levels, as people read them.
package enum Decibels {
    /// Of a K-weighted mean square, summed over the channels, in LKFS (BS.1770-4, Annex 1, 2).
    static func loudness(power: Double) -> Double {
        power > 0 ? -0.691 + 10 * log10(power) : -.infinity
    }

    /// Of an amplitude, 1 being full scale.
    package static func ofFullScale(_ amplitude: Double) -> Double {
        amplitude > 0 ? 20 * log10(amplitude) : -.infinity
    }

    /// The amplitude of so many decibels below or above full scale.
    package static func amplitude(_ decibels: Double) -> Double {
        pow(10, decibels / 20)
    }
}
