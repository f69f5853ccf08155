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
    /// Where the samples seen so far end, in `timescale`.
    package var end: UInt64 = 0

    private var defaultDuration: UInt32 = 0
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
            fields.skip(4)
            sampleCount = Int64(fields.number(4) ?? 0)
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
        fields.skip(4)
        defaultFlags = UInt32(fields.number(4) ?? 0)
    }

    /// Takes one run of samples (§8.8.8) of a fragment.
    package mutating func addRun(_ bytes: [UInt8], _ fragment: inout MP4Fragment) {
        var fields = MP4Fields(bytes)
        fields.skip(1)
        let flags = fields.number(3) ?? 0
        let count = fields.number(4) ?? 0
        if flags & 0x1 != 0 { fields.skip(4) }
        let first = flags & 0x4 != 0 ? fields.number(4) : nil
        let usual = UInt64(fragment.duration ?? defaultDuration)
        let usualFlags = UInt64(fragment.flags ?? defaultFlags)
        var time = fragment.time ?? end
        for index in 0..<count {
            var duration = usual
            var sampleFlags = index == 0 ? first ?? usualFlags : usualFlags
            let hasOwnFields = flags & 0xF00 != 0
            if hasOwnFields {
                if flags & 0x100 != 0 {
                    guard let value = fields.number(4) else { break }
                    duration = value
                }
                if flags & 0x200 != 0 { fields.skip(4) }
                if flags & 0x400 != 0 { sampleFlags = fields.number(4) ?? sampleFlags }
                if flags & 0x800 != 0 { fields.skip(4) }
                if fields.isPastEnd { break }
            } else if index > 0 {
                // Every further sample is like this one: no need to count them singly.
                let others = count - index
                add(others, isKey: sampleFlags & Self.notKey == 0)
                time &+= others &* duration
                break
            }
            add(1, isKey: sampleFlags & Self.notKey == 0)
            time &+= duration
        }
        fragment.time = time
        end = max(end, time)
    }

    /// §8.8.3.1: `sample_is_non_sync_sample`.
    private static let notKey: UInt64 = 0x1_0000

    private mutating func add(_ count: UInt64, isKey: Bool) {
        sampleCount += Int64(count)
        if isKey { keySampleCount += Int64(count) }
    }
}

/// What a track fragment says of itself (§8.8.7, §8.8.12).
package struct MP4Fragment: Equatable, Sendable {
    package var trackID: UInt32 = 0
    package var duration: UInt32?
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
        if bits & 0x10 != 0 { fields.skip(4) }
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

/// Big-endian fields, one after the other.
package struct MP4Fields: Sendable {
    private let all: [UInt8]
    private var position = 0

    package init(_ bytes: [UInt8]) { all = bytes }

    package var isPastEnd: Bool { position > all.count }

    package mutating func skip(_ count: Int) { position += count }

    package mutating func bytes(_ count: Int) -> [UInt8]? {
        defer { position += count }
        guard position + count <= all.count else { return nil }
        return Array(all[position..<position + count])
    }

    package mutating func number(_ count: Int) -> UInt64? {
        defer { position += count }
        guard position + count <= all.count else { return nil }
        return all[position..<position + count].reduce(0) { $0 << 8 | UInt64($1) }
    }
}
