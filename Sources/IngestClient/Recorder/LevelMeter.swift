internal import Foundation

/// How loud a tenth of a second was.
public struct Levels: Sendable, Equatable {
    /// The lowest level told: about the noise of 20 bits.
    public static let floor = -120.0

    /// The loudest sample of each channel, in dB below full scale: 0 down to `floor`.
    public var peak: [Double]
    /// The mean power of each channel, in dB below that of full scale: 0 down to `floor`.
    public var rms: [Double]
    /// Samples at full scale, in all channels, since the recording began.
    public var clippedSampleCount: Int
}

/// Measures levels, one every tenth of a second of sound.
package struct LevelMeter: Sendable {
    /// Full scale of 16 bits; nothing louder can come from there.
    private static let clipping: Float = 32_767 / 32_768

    private let channels: Int
    private let windowSampleCount: Int
    private var peak: [Float]
    private var power: [Double]
    private var count = 0
    package private(set) var clippedSampleCount = 0

    package init(_ format: PCMFormat) {
        channels = format.channels
        windowSampleCount = max(1, format.sampleRate / 10)
        peak = Array(repeating: 0, count: channels)
        power = Array(repeating: 0, count: channels)
    }

    /// Takes interleaved samples and returns the levels of the windows that ended.
    package mutating func add(_ samples: [Float]) -> [Levels] {
        var levels: [Levels] = []
        var index = 0
        while index < samples.count {
            let frames = min(windowSampleCount - count, (samples.count - index) / channels)
            for channel in 0..<channels {
                measure(samples, channel, index..<index + frames * channels)
            }
            index += frames * channels
            count += frames
            if count == windowSampleCount { levels.append(endWindow()) }
        }
        return levels
    }

    private mutating func measure(_ samples: [Float], _ channel: Int, _ range: Range<Int>) {
        var loudest = peak[channel]
        var sum: Float = 0
        for index in stride(from: range.lowerBound + channel, to: range.upperBound, by: channels) {
            let value = abs(samples[index])
            if value > loudest { loudest = value }
            if value >= Self.clipping { clippedSampleCount += 1 }
            sum += value * value
        }
        peak[channel] = loudest
        power[channel] += Double(sum)
    }

    private mutating func endWindow() -> Levels {
        defer {
            for channel in 0..<channels { (peak[channel], power[channel]) = (0, 0) }
            count = 0
        }
        return Levels(
            peak: peak.map { Self.decibels(20, Double($0)) },
            rms: power.map { Self.decibels(10, $0 / Double(windowSampleCount)) },
            clippedSampleCount: clippedSampleCount)
    }

    private static func decibels(_ factor: Double, _ ratio: Double) -> Double {
        min(0, max(Levels.floor, factor * log10(max(ratio, 1e-12))))
    }
}
