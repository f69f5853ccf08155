/// A recording's sound for those who draw it or read numbers of it: what
/// `GET /recordings/{id}/waveform` answers.
package struct WaveformDocument: Codable, Sendable, Equatable {
    package var durationSeconds: Double
    package var loudness: LoudnessFacts
    /// How long the sound is that was decoded; less than the duration where there are gaps.
    package var decodedSeconds: Double
    package var packets: Int64
    package var undecodablePackets: Int64
    /// Each bucket is this long.
    package var bucketSeconds: Double
    /// The lowest and the highest sample of each bucket over all channels, and the root mean
    /// square; 1 is full scale.
    package var low: [Float]
    package var high: [Float]
    package var rms: [Float]
    /// Buckets, half-open, in which the recording has no sound at all, not even silence.
    package var gaps: [WireRange]
    /// Stretches of time whose packets could not be decoded.
    package var undecodable: [TimeRange]

    package struct TimeRange: Codable, Sendable, Equatable {
        package var startSeconds: Double
        package var endSeconds: Double

        package init(startSeconds: Double, endSeconds: Double) {
            self.startSeconds = startSeconds
            self.endSeconds = endSeconds
        }
    }

    package init(durationSeconds: Double, loudness: LoudnessFacts, bucketSeconds: Double) {
        self.durationSeconds = durationSeconds
        self.loudness = loudness
        self.bucketSeconds = bucketSeconds
        decodedSeconds = 0
        packets = 0
        undecodablePackets = 0
        low = []
        high = []
        rms = []
        gaps = []
        undecodable = []
    }
}
