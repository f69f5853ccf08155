/// The four letters that name a box (ISO/IEC 14496-12 §4.2).
package struct MP4BoxType: Hashable, Sendable, ExpressibleByStringLiteral,
    CustomStringConvertible
{
    /// The letters as a big-endian number.
    package let code: UInt32

    package init(_ letters: some Sequence<UInt8>) {
        code = letters.reduce(0) { $0 << 8 | UInt32($1) }
    }
    package init(stringLiteral text: String) { self.init(text.utf8) }

    /// The letters; a dot for each that cannot be shown.
    package var description: String {
        let letters = (0..<4).map { UInt8(truncatingIfNeeded: code >> UInt32(24 - 8 * $0)) }
        return String(
            decoding: letters.map { (0x20...0x7E).contains($0) ? $0 : 0x2E }, as: UTF8.self)
    }

    var holdsBoxes: Bool { Self.containers.contains(self) }
    var isKept: Bool { Self.leaves.contains(self) }

    private static let containers: Set<MP4BoxType> = [
        "moov", "trak", "mdia", "minf", "stbl", "mvex", "moof", "traf",
    ]
    private static let leaves: Set<MP4BoxType> = [
        "mvhd", "tkhd", "mdhd", "hdlr", "stsd", "stsz", "stss", "trex", "tfhd", "tfdt", "trun",
    ]
}

/// The length and type with which a box begins.
package struct MP4BoxHeader: Equatable, Sendable {
    package enum Extent: Equatable, Sendable {
        /// Header and payload together.
        case bytes(Int64)
        /// The box lasts as long as the file.
        case toEnd
        /// Shorter than its own header, or beyond what a file can hold.
        case invalid
    }

    package let type: MP4BoxType
    package let extent: Extent
    /// 8, or 16 with a length of 64 bits.
    package let byteCount: Int

    /// Reads a header that `bytes` begins with; nil until it is whole.
    package init?(_ bytes: [UInt8]) {
        guard bytes.count >= 8 else { return nil }
        type = MP4BoxType(bytes[4..<8])
        let short = bytes[..<4].reduce(Int64(0)) { $0 << 8 | Int64($1) }
        switch short {
        case 0:
            byteCount = 8
            extent = .toEnd
        case 1:
            guard bytes.count >= 16 else { return nil }
            byteCount = 16
            let long = bytes[8..<16].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            extent = Int64(exactly: long).flatMap { $0 >= 16 ? .bytes($0) : nil } ?? .invalid
        default:
            byteCount = 8
            extent = short >= 8 ? .bytes(short) : .invalid
        }
    }
}
