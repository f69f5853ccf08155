/// The fixed part of an Ogg page (RFC 3533 §6). Numbers are little-endian.
package struct OggPageHeader: Equatable, Sendable {
    /// Bytes before the table of segments.
    package static let fixedByteCount = 27
    /// The longest page: 27 + 255 table bytes + 255 segments of 255 bytes.
    package static let pageBytesMax = 65_307
    /// Where the byte of flags lies in a page.
    package static let flagsOffset = 5
    /// Where the four bytes of the checksum lie in a page.
    package static let checksumOffset = 22
    /// `OggS`, with which every page begins.
    package static let capturePattern: [UInt8] = [0x4F, 0x67, 0x67, 0x53]

    package struct Flags: OptionSet, Equatable, Sendable {
        package let rawValue: UInt8
        package init(rawValue: UInt8) { self.rawValue = rawValue }
        /// The page begins inside a packet.
        package static let continued = Flags(rawValue: 1)
        /// The first page of its logical stream (BOS).
        package static let beginsStream = Flags(rawValue: 2)
        /// The last page of its logical stream (EOS).
        package static let endsStream = Flags(rawValue: 4)
    }

    package var flags: Flags
    /// Where the last packet that ends on this page ends, in the codec's units; nil (−1 on the
    /// wire) if none ends here.
    package var granule: Int64?
    /// The logical stream that the page belongs to.
    package var serial: UInt32
    /// Counts the pages of one logical stream.
    package var sequence: UInt32
    package var checksum: UInt32
    package var segmentCount: Int

    package init(
        flags: Flags, granule: Int64?, serial: UInt32, sequence: UInt32, checksum: UInt32 = 0,
        segmentCount: Int = 0
    ) {
        self.flags = flags
        self.granule = granule
        self.serial = serial
        self.sequence = sequence
        self.checksum = checksum
        self.segmentCount = segmentCount
    }

    /// Reads the header that begins at `start`: nil if fewer than 27 bytes are there, if they do
    /// not begin with the capture pattern, or if the version is not 0, the only one there is.
    package init?(_ bytes: Span<UInt8>, at start: Int) {
        guard bytes.count - start >= Self.fixedByteCount, bytes[start + 4] == 0 else { return nil }
        for index in 0..<4 where bytes[start + index] != Self.capturePattern[index] { return nil }
        func number(_ offset: Int, _ count: Int) -> UInt64 {
            var value: UInt64 = 0
            for index in (0..<count).reversed() {
                value = value << 8 | UInt64(bytes[start + offset + index])
            }
            return value
        }
        flags = Flags(rawValue: bytes[start + Self.flagsOffset])
        let position = Int64(bitPattern: number(6, 8))
        granule = position == -1 ? nil : position
        serial = UInt32(truncatingIfNeeded: number(14, 4))
        sequence = UInt32(truncatingIfNeeded: number(18, 4))
        checksum = UInt32(truncatingIfNeeded: number(Self.checksumOffset, 4))
        segmentCount = Int(bytes[start + 26])
    }

    /// The fixed part as it is written.
    package var bytes: [UInt8] {
        func number(_ value: UInt64, _ count: Int) -> [UInt8] {
            (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * UInt64($0))) }
        }
        return Self.capturePattern + [0, flags.rawValue]
            + number(UInt64(bitPattern: granule ?? -1), 8) + number(UInt64(serial), 4)
            + number(UInt64(sequence), 4) + number(UInt64(checksum), 4) + [UInt8(segmentCount)]
    }

    /// A whole page that holds nothing, 27 bytes: legal, and every player steps over it.
    package static func emptyPage(
        serial: UInt32, sequence: UInt32, flags: Flags = []
    ) -> [UInt8] {
        page(OggPageHeader(flags: flags, granule: nil, serial: serial, sequence: sequence), [])
    }

    /// The second page of an Opus stream, with tags that say nothing (RFC 7845 §5.2).
    package static func emptyTags(_ serial: UInt32) -> [UInt8] {
        let tags = Array("OpusTags".utf8) + [UInt8](repeating: 0, count: 8)
        return page(OggPageHeader(flags: [], granule: 0, serial: serial, sequence: 1), tags)
    }

    /// A page of one packet shorter than 255 bytes, or of none.
    private static func page(_ header: OggPageHeader, _ packet: [UInt8]) -> [UInt8] {
        var header = header
        header.segmentCount = packet.isEmpty ? 0 : 1
        let body = (packet.isEmpty ? [] : [UInt8(packet.count)]) + packet
        var checksum = OggChecksum()
        checksum.add((header.bytes + body).span)
        header.checksum = checksum.value
        return header.bytes + body
    }

    /// What the checksum of a page of `byteCount` bytes becomes when `changed` bits of its flags
    /// flip. A checksum is linear: only the flipped bits and their distance from the end matter,
    /// so the page itself is not needed again.
    package func checksum(flipping changed: Flags, pageByteCount byteCount: Int) -> UInt32 {
        var difference = OggChecksum()
        difference.add(changed.rawValue)
        difference.addZeros(byteCount - Self.flagsOffset - 1)
        return checksum ^ difference.value
    }
}
