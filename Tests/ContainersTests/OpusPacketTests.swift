import Testing

@testable import Containers

@Suite("Opus packets")
struct OpusPacketTests {
    /// A row of RFC 6716's table 2: the configurations of one mode and bandwidth, and the
    /// lengths of their frames in samples at 48 kHz.
    struct Row: Sendable {
        let first: UInt8
        let samples: [Int]
    }

    static let silk = [480, 960, 1_920, 2_880]
    static let hybrid = [480, 960]
    static let celt = [120, 240, 480, 960]
    static let rows = [
        Row(first: 0, samples: silk), Row(first: 4, samples: silk), Row(first: 8, samples: silk),
        Row(first: 12, samples: hybrid), Row(first: 14, samples: hybrid),
        Row(first: 16, samples: celt), Row(first: 20, samples: celt),
        Row(first: 24, samples: celt), Row(first: 28, samples: celt),
    ]

    @Test("Every configuration lasts as RFC 6716 table 2 says, mono and stereo", arguments: rows)
    func frames(row: Row) {
        for (index, samples) in row.samples.enumerated() {
            for stereo: UInt8 in [0, 0b100] {
                let toc = (row.first + UInt8(index)) << 3 | stereo
                #expect(OpusPacket.sampleCount([toc, 1, 2]) == samples)
                #expect(OpusPacket.sampleCount([toc | 1, 1, 2]) == samples * 2)
                #expect(OpusPacket.sampleCount([toc | 2, 1, 2]) == samples * 2)
                for frames in 0...63 {
                    let total = frames * samples
                    let expected = frames > 0 && total <= 5_760 ? total : nil
                    // The two high bits say how lengths and padding are coded: no matter here.
                    for flags: UInt8 in [0, 0x40, 0x80, 0xC0] {
                        let packet = [toc | 3, UInt8(frames) | flags]
                        #expect(OpusPacket.sampleCount(packet) == expected)
                    }
                }
            }
        }
    }

    @Test("An empty packet and one without its frame count are none")
    func tooShort() {
        #expect(OpusPacket.sampleCount([]) == nil)
        #expect(OpusPacket.sampleCount([0b11]) == nil)
        #expect(OpusPacket.sampleCount([0b00]) == 480)
    }
}
