@testable import Containers

/// MP4 boxes made for a test.
enum MP4Fixture {
    static func number(_ value: UInt64, _ count: Int) -> [UInt8] {
        (0..<count).reversed().map { UInt8(truncatingIfNeeded: value >> UInt64($0 * 8)) }
    }

    static func box(_ type: String, _ payload: [UInt8]) -> [UInt8] {
        number(UInt64(payload.count + 8), 4) + Array(type.utf8) + payload
    }

    static func full(
        _ type: String, version: UInt8 = 0, flags: UInt64 = 0, _ payload: [UInt8]
    ) -> [UInt8] {
        box(type, [version] + number(flags, 3) + payload)
    }

    static func zeros(_ count: Int) -> [UInt8] { [UInt8](repeating: 0, count: count) }

    /// A `moov` of one sound track, 48,000 units a second, without samples.
    static let movie = box("moov", box("trak", header + media) + defaults)

    private static let header = full("tkhd", zeros(8) + number(1, 4) + zeros(16))
    private static let media = box(
        "mdia",
        full("mdhd", zeros(8) + number(48_000, 4) + zeros(8))
            + full("hdlr", zeros(4) + Array("soun".utf8) + zeros(16))
            + box("minf", box("stbl", description)))
    private static let description = full(
        "stsd",
        number(1, 4)
            + box(
                "Opus",
                zeros(16) + number(2, 2) + number(16, 2) + zeros(4)
                    + number(48_000 << 16, 4)))
    private static let defaults = box(
        "mvex", full("trex", number(1, 4) + number(1, 4) + number(960, 4) + number(0, 8)))

    /// A fragment of `count` samples that begins at `time`, and its media.
    static func fragment(
        time: UInt64, count: UInt64, durations: [UInt64] = []
    ) -> [UInt8] {
        let own = durations.isEmpty ? [] : durations.flatMap { number($0, 4) }
        let run = full("trun", flags: durations.isEmpty ? 0 : 0x100, number(count, 4) + own)
        return box(
            "moof",
            box(
                "traf",
                full("tfhd", flags: 0x2_0000, number(1, 4))
                    + full("tfdt", version: 1, number(time, 8)) + run))
            + box("mdat", [UInt8](repeating: 7, count: 40))
    }
}
