/// One track of an MP4 file, as far as its boxes have told (ISO/IEC 14496-12).
package struct MP4Track: Equatable, Sendable {
    /// Counts from 1; fragments name it.
    package var id: UInt32 = 0
    /// `vide`, `soun`, …
    package var handler: MP4BoxType = "...."
    /// The four letters of the first sample entry: `avc1`, `Opus`, …
    package var codec: MP4BoxType = "...."
    /// Units a second; 0 while unknown.
    package var timescale: UInt32 = 0
    /// As `mdhd` says it, in `timescale`; 0 in a fragmented file.
    package var declaredDuration: UInt64 = 0
    package var width = 0
    package var height = 0
    package var channels = 0
    package var sampleRate = 0
    package var sampleCount: Int64 = 0
    package var keySampleCount: Int64 = 0
    /// Bytes of the samples.
    package var byteCount: Int64 = 0
    /// Where the samples seen so far end, in `timescale`.
    package var end: UInt64 = 0

    private var defaultDuration: UInt32 = 0
    private var defaultBytes: UInt32 = 0
    private var defaultFlags: UInt32 = 0
    private var hasSyncTable = false

    package init() {}

    package var isVideo: Bool { handler == "vide" }

    package var seconds: Double {
        timescale == 0 ? 0 : Double(max(end, declaredDuration)) / Double(timescale)
    }

    /// Takes a leaf of this track's `trak` box.
    package mutating func add(_ type: MP4BoxType, _ bytes: [UInt8]) {
        var fields = MP4Fields(bytes)
        let version = fields.number(1) ?? 0
        fields.skip(3)
        let wide = version == 1 ? 8 : 4
        switch type {
        case "tkhd":
            fields.skip(2 * wide)
            id = UInt32(fields.number(4) ?? 0)
        case "mdhd":
            fields.skip(2 * wide)
            timescale = UInt32(fields.number(4) ?? 0)
            let duration = fields.number(wide) ?? 0
            let isUnknown = duration == (wide == 8 ? .max : UInt64(UInt32.max))
            declaredDuration = isUnknown ? 0 : duration
        case "hdlr":
            fields.skip(4)
            handler = MP4BoxType(fields.bytes(4) ?? Array("....".utf8))
        case "stsd": addSampleEntry(&fields)
        case "stsz":
            let bytes = Int64(fields.number(4) ?? 0)
            sampleCount = Int64(fields.number(4) ?? 0)
            byteCount = bytes &* sampleCount
            while bytes == 0, let own = fields.number(4) { byteCount += Int64(own) }
            if !hasSyncTable { keySampleCount = sampleCount }
        case "stss":
            hasSyncTable = true
            keySampleCount = Int64(fields.number(4) ?? 0)
        default: break
        }
    }

    /// §8.5.2: only the first entry counts; a recorder writes one.
    private mutating func addSampleEntry(_ fields: inout MP4Fields) {
        fields.skip(8)
        guard let letters = fields.bytes(4) else { return }
        codec = MP4BoxType(letters)
        fields.skip(8)
        if isVideo {
            fields.skip(16)
            width = Int(fields.number(2) ?? 0)
            height = Int(fields.number(2) ?? 0)
        } else {
            fields.skip(8)
            channels = Int(fields.number(2) ?? 0)
            fields.skip(6)
            sampleRate = Int(fields.number(4) ?? 0) >> 16
        }
    }

    /// §8.8.3: what a fragment's samples are when it does not say.
    package mutating func setDefaults(_ fields: inout MP4Fields) {
        fields.skip(4)
        defaultDuration = UInt32(fields.number(4) ?? 0)
        defaultBytes = UInt32(fields.number(4) ?? 0)
        defaultFlags = UInt32(fields.number(4) ?? 0)
    }

    /// Takes one run of samples of a fragment.
    package mutating func addRun(_ bytes: [UInt8], _ fragment: inout MP4Fragment) {
        var run = MP4Run(
            bytes,
            usual: (
                UInt64(fragment.duration ?? defaultDuration),
                UInt64(fragment.sampleBytes ?? defaultBytes),
                UInt64(fragment.flags ?? defaultFlags)
            ))
        var time = fragment.time ?? end
        // Sums of what a hostile file claims may wrap; they are only shown.
        while let samples = run.next() {
            let count = Int64(truncatingIfNeeded: samples.count)
            sampleCount &+= count
            if samples.isKey { keySampleCount &+= count }
            byteCount &+= count &* Int64(truncatingIfNeeded: samples.byteCount)
            time &+= samples.count &* samples.duration
        }
        fragment.time = time
        end = max(end, time)
    }
}
