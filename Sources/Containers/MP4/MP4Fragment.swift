/// What a track fragment says of itself (§8.8.7, §8.8.12).
package struct MP4Fragment: Equatable, Sendable {
    package var trackID: UInt32 = 0
    package var duration: UInt32?
    package var sampleBytes: UInt32?
    package var flags: UInt32?
    /// Where the next sample begins; nil: where the last fragment ended.
    package var time: UInt64?

    package init() {}

    /// Takes `tfhd`.
    package mutating func addHeader(_ bytes: [UInt8]) {
        var fields = MP4Fields(bytes)
        fields.skip(1)
        let bits = fields.number(3) ?? 0
        trackID = UInt32(fields.number(4) ?? 0)
        if bits & 0x1 != 0 { fields.skip(8) }
        if bits & 0x2 != 0 { fields.skip(4) }
        if bits & 0x8 != 0 { duration = fields.number(4).map { UInt32($0) } }
        if bits & 0x10 != 0 { sampleBytes = fields.number(4).map { UInt32($0) } }
        if bits & 0x20 != 0 { flags = fields.number(4).map { UInt32($0) } }
    }

    /// Takes `tfdt`.
    package mutating func addTime(_ bytes: [UInt8]) {
        var fields = MP4Fields(bytes)
        let version = fields.number(1) ?? 0
        fields.skip(3)
        time = fields.number(version == 1 ? 8 : 4)
    }
}

/// A run of samples of one track (§8.8.8), one field after the other.
package struct MP4Run: Sendable {
    /// What is told of one sample, and how many in a row are like it.
    package struct Samples: Equatable, Sendable {
        package var count: UInt64 = 1
        package var duration: UInt64
        package var byteCount: UInt64
        package var isKey: Bool
    }

    private var fields: MP4Fields
    private let bits: UInt64
    private var remaining: UInt64
    private var firstFlags: UInt64?
    private let usual: (duration: UInt64, bytes: UInt64, flags: UInt64)

    /// - Parameter usual: what holds for samples of which the run does not say.
    package init(_ bytes: [UInt8], usual: (duration: UInt64, bytes: UInt64, flags: UInt64)) {
        fields = MP4Fields(bytes)
        self.usual = usual
        fields.skip(1)
        bits = fields.number(3) ?? 0
        remaining = fields.number(4) ?? 0
        if bits & 0x1 != 0 { fields.skip(4) }
        firstFlags = bits & 0x4 != 0 ? fields.number(4) : nil
    }

    /// The next samples; nil at the end, or where the run is shorter than it says.
    package mutating func next() -> Samples? {
        guard remaining > 0 else { return nil }
        let duration = bits & 0x100 != 0 ? fields.number(4) : usual.duration
        let bytes = bits & 0x200 != 0 ? fields.number(4) : usual.bytes
        let ownFlags = bits & 0x400 != 0 ? fields.number(4) : nil
        if bits & 0x800 != 0 { fields.skip(4) }
        guard let duration, let bytes, !fields.isPastEnd else { return nil }
        let flags = ownFlags ?? firstFlags ?? usual.flags
        var samples = Samples(
            duration: duration, byteCount: bytes, isKey: flags & Self.notKey == 0)
        // Without fields of their own, all that follow are alike: no need to count them singly.
        if bits & 0xF00 == 0, firstFlags == nil { samples.count = remaining }
        firstFlags = nil
        remaining -= samples.count
        return samples
    }

    /// §8.8.3.1: `sample_is_non_sync_sample`.
    private static let notKey: UInt64 = 0x1_0000
}
