internal import Foundation

/// Turns sound of one rate into sound of 48 kHz, sample by sample, whatever the pieces in which it
/// comes: a sinc under a Kaiser window, one set of weights for each place between two samples.
///
/// Nothing is late: the first sample out is that of the moment of the first one in.
struct Resampler: Sendable {
    /// In Hz, of what comes out.
    static let rate = 48_000
    /// In Hz: what recorders make that Opus does not take.
    static let inputRates = [11_025, 22_050, 32_000, 44_100, 88_200, 96_000]
    /// Zeros of the sinc on either side.
    private static let zeroCount = 32
    /// Of the half of the lower rate; the rest is where the filter falls off.
    private static let passband = 0.93
    /// Of the Kaiser window: what is let through of anything else is below −90 dB.
    private static let beta = 9.0

    private let channels: Int
    /// `up` samples come out for `down` that go in.
    private let up: Int
    private let down: Int
    /// Samples on either side that one sample out is made of.
    private let half: Int
    /// `up` times `2 * half`.
    private let weights: [Float]
    /// What is still needed, interleaved; silence comes before the first sample.
    private var waiting: [Float]
    /// Where the next sample out lies: in frames of `waiting`, and in parts, `up` of them each.
    private var position: Int
    private var part = 0
    private var inputCount = 0
    private var outputCount = 0

    init(from inputRate: Int, channels: Int) {
        precondition(inputRate > 0 && channels > 0, "there is sound")
        var (divisor, rest) = (Self.rate, inputRate)
        while rest > 0 { (divisor, rest) = (rest, divisor % rest) }
        self.channels = channels
        up = Self.rate / divisor
        down = inputRate / divisor
        let scale = min(1, Double(Self.rate) / Double(inputRate))
        half = Int((Double(Self.zeroCount) / scale).rounded(.up))
        weights = Self.weights(up: up, half: half, cutoff: scale * Self.passband)
        position = half - 1
        waiting = [Float](repeating: 0, count: (half - 1) * channels)
    }

    /// Takes samples, interleaved; returns those that are known by now.
    mutating func resample(_ samples: [Float]) -> [Float] {
        inputCount += samples.count / channels
        waiting += samples
        return known(max: .max)
    }

    /// The rest: as much as was left of the time that came in, to the nearest sample.
    mutating func finish() -> [Float] {
        let total = (inputCount * up + down / 2) / down
        waiting += [Float](repeating: 0, count: (half + down / up + 2) * channels)
        return known(max: total - outputCount)
    }

    private mutating func known(max count: Int) -> [Float] {
        var samples: [Float] = []
        let frameCount = waiting.count / channels
        var left = count
        while left > 0, position + half < frameCount {
            let first = (position - half + 1) * channels
            let row = part * 2 * half
            for channel in 0..<channels {
                var sum: Float = 0
                var index = first + channel
                for weight in row..<row + 2 * half {
                    sum += waiting[index] * weights[weight]
                    index += channels
                }
                samples.append(sum)
            }
            part += down
            position += part / up
            part %= up
            left -= 1
        }
        let done = min(max(0, position - half + 1), frameCount)
        waiting.removeFirst(done * channels)
        position -= done
        outputCount += samples.count / channels
        return samples
    }

    /// - Parameter cutoff: where the filter ends, as a part of half the input's rate.
    private static func weights(up: Int, half: Int, cutoff: Double) -> [Float] {
        let whole = bessel(beta)
        return (0..<up).flatMap { part -> [Float] in
            let row = (0..<2 * half).map { tap -> Double in
                let time = Double(tap - half + 1) - Double(part) / Double(up)
                let angle = Double.pi * time * cutoff
                let sinc = angle == 0 ? 1 : sin(angle) / angle
                let place = time / Double(half)
                return sinc * bessel(beta * max(0, 1 - place * place).squareRoot()) / whole
            }
            // Silence and a steady value stay what they are.
            let sum = row.reduce(0, +)
            return row.map { Float($0 / sum) }
        }
    }

    /// The modified Bessel function of order 0, by its series.
    private static func bessel(_ value: Double) -> Double {
        var (sum, term, number) = (1.0, 1.0, 1.0)
        while term > sum * 1e-12 {
            term *= (value / 2 / number) * (value / 2 / number)
            sum += term
            number += 1
        }
        return sum
    }
}
