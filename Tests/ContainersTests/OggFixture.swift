@testable import Containers

/// Ogg pages and streams made for a test.
enum OggFixture {
    /// One page. `packets` begin and end on it, unless the flags or `isOpen` say otherwise.
    static func page(
        _ sequence: UInt32, granule: Int64?, flags: OggPageHeader.Flags = [],
        serial: UInt32 = 7, isOpen: Bool = false, _ packets: [[UInt8]]
    ) -> [UInt8] {
        var table: [UInt8] = []
        for (index, packet) in packets.enumerated() {
            table += [UInt8](repeating: 255, count: packet.count / 255)
            let isCut = isOpen && index == packets.count - 1
            if !isCut { table.append(UInt8(packet.count % 255)) }
            precondition(!isCut || packet.count % 255 == 0, "an open packet fills its segments")
        }
        var header = OggPageHeader(
            flags: flags, granule: granule, serial: serial, sequence: sequence,
            segmentCount: table.count)
        let body = table + packets.flatMap { $0 }
        header.checksum = plainChecksum(header.bytes + body)
        return header.bytes + body
    }

    static func header(_ page: [UInt8]) -> OggPageHeader? { OggPageHeader(page.span, at: 0) }

    /// The checksum a bit at a time, as RFC 3533 describes it: slow and plain.
    static func plainChecksum(_ bytes: [UInt8]) -> UInt32 {
        var value: UInt32 = 0
        for byte in bytes {
            value ^= UInt32(byte) << 24
            for _ in 0..<8 { value = value << 1 ^ (value >> 31 == 1 ? 0x04C1_1DB7 : 0) }
        }
        return value
    }

    static func head(
        serial: UInt32 = 7, channels: UInt8 = 1, preSkip: UInt8 = 100
    ) -> [UInt8] {
        let packet =
            Array("OpusHead".utf8) + [1, channels, preSkip, 0, 0x80, 0xBB, 0, 0, 0, 0, 0]
        return page(0, granule: 0, flags: .beginsStream, serial: serial, [packet])
    }

    static func tags(serial: UInt32 = 7) -> [UInt8] {
        let packet = Array("OpusTags".utf8) + [4, 0, 0, 0] + Array("test".utf8) + [0, 0, 0, 0]
        return page(1, granule: 0, serial: serial, [packet])
    }

    /// A packet of 20 ms (960 samples); `mark` tells it from others.
    static func packet(_ mark: UInt8, count: Int = 12) -> [UInt8] {
        [UInt8(31 << 3)] + [UInt8](repeating: mark, count: count - 1)
    }

    /// A page of five packets, 100 ms, that ends at `sequence - 1` times as long.
    static func sound(
        _ sequence: UInt32, flags: OggPageHeader.Flags = [], serial: UInt32 = 7, cut: Int64 = 0
    ) -> [UInt8] {
        let packets = (0..<5).map { packet(UInt8(truncatingIfNeeded: sequence * 8 + $0)) }
        return page(
            sequence, granule: Int64(sequence - 1) * 4_800 - cut, flags: flags, serial: serial,
            packets)
    }

    /// A whole stream: two header pages and `sounds` pages of 100 ms, the last one ending it.
    static func stream(serial: UInt32 = 7, sounds: UInt32 = 4) -> [[UInt8]] {
        [head(serial: serial), tags(serial: serial)]
            + (0..<sounds).map {
                sound($0 + 2, flags: $0 == sounds - 1 ? .endsStream : [], serial: serial)
            }
    }
}
