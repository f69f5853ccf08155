import Bytes
import IngestClient
import TestKit
import Testing

@Suite("Raw sound") struct SampleDecoderTests {
    @Test(
        "every kind of sample is −1 to 1",
        arguments: [
            (PCMFormat.Sample.u8, [0, 128, 255], [-1, 0, 0.992_187_5]),
            (.s16le, [0, 0x80, 0, 0, 0xFF, 0x7F], [-1, 0, 0.999_969_5]),
            (.s24le, [0, 0, 0x80, 0, 0, 0, 0, 0, 0x40], [-1, 0, 0.5]),
            (.s32le, [0, 0, 0, 0x80, 0, 0, 0, 0xC0], [-1, -0.5]),
            (.f32le, [0, 0, 0x80, 0xBF, 0, 0, 0xC0, 0x7F, 0, 0, 0, 0x3F], [-1, 0, 0.5]),
        ] as [(PCMFormat.Sample, [UInt8], [Float])])
    func kinds(kind: PCMFormat.Sample, bytes: [UInt8], samples: [Float]) {
        var decoder = SampleDecoder(PCMFormat(kind, sampleRate: 48_000, channels: 1))
        let decoded = decoder.decode(bytes)
        #expect(zip(decoded, samples).allSatisfy { abs($0 - $1) < 1e-6 })
        #expect(decoded.count == samples.count)
    }

    @Test("no sample is torn from its channel, wherever the bytes are cut", arguments: 1...9)
    func dripFeed(step: Int) {
        var random = SeededRandom(5)
        let bytes = random.bytes(6 * 20 + 5)
        let format = PCMFormat(.s24le, sampleRate: 48_000, channels: 2)
        var whole = SampleDecoder(format)
        var drip = SampleDecoder(format)
        let pieces = stride(from: 0, to: bytes.count, by: step).map {
            Array(bytes[$0..<min(bytes.count, $0 + step)])
        }
        #expect(pieces.flatMap { drip.decode($0) } == whole.decode(bytes))
    }
}

@Suite("WAV headers") struct WAVHeaderTests {
    private static func chunk(_ name: String, _ body: [UInt8], count: UInt32? = nil) -> [UInt8] {
        var writer = ByteWriter()
        writer.append(contentsOf: Array(name.utf8))
        writer.appendLittleEndian(count ?? UInt32(body.count))
        writer.append(contentsOf: body + (body.count % 2 == 1 ? [0] : []))
        return writer.bytes
    }

    private static func format(
        _ tag: UInt16, channels: UInt16, rate: UInt32, bits: UInt16, more: [UInt8] = []
    ) -> [UInt8] {
        var writer = ByteWriter()
        writer.appendLittleEndian(tag)
        writer.appendLittleEndian(channels)
        writer.appendLittleEndian(rate)
        writer.appendLittleEndian(rate * UInt32(channels * bits / 8))
        writer.appendLittleEndian(channels * bits / 8)
        writer.appendLittleEndian(bits)
        writer.append(contentsOf: more)
        return chunk("fmt ", writer.bytes)
    }

    static func file(
        riff: String = "RIFF", _ chunks: [UInt8]..., data: [UInt8], count: UInt32? = nil
    ) -> [UInt8] {
        Array(riff.utf8) + [0, 0, 0, 0] + Array("WAVE".utf8) + chunks.flatMap { $0 }
            + chunk("data", data, count: count)
    }

    static let plain = format(1, channels: 2, rate: 48_000, bits: 16)

    struct Row: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let bytes: [UInt8]
        let sample: PCMFormat.Sample
        let dataByteCount: Int64?
    }

    private static let extensible = format(
        0xFFFE, channels: 2, rate: 48_000, bits: 24,
        more: [22, 0, 24, 0, 3, 0, 0, 0, 1, 0] + [UInt8](repeating: 9, count: 14))
    private static let rows = [
        Row(
            testDescription: "plain", bytes: file(plain, data: [1, 2, 3, 4]), sample: .s16le,
            dataByteCount: 4),
        Row(
            testDescription: "a list of odd length before the format",
            bytes: file(chunk("LIST", [1, 2, 3]), plain, data: [1, 2, 3, 4]), sample: .s16le,
            dataByteCount: 4),
        Row(
            testDescription: "extensible", bytes: file(extensible, data: []), sample: .s24le,
            dataByteCount: nil),
        Row(
            testDescription: "of floats",
            bytes: file(format(3, channels: 2, rate: 48_000, bits: 32), data: [], count: .max),
            sample: .f32le, dataByteCount: nil),
        Row(
            testDescription: "beyond 4 GiB",
            bytes: file(
                riff: "RF64",
                chunk("ds64", [UInt8](repeating: 0, count: 8) + [0, 0, 0, 0, 2, 0, 0, 0]), plain,
                data: [], count: .max), sample: .s16le, dataByteCount: 2 << 32),
    ]

    @Test("are read in every form that recorders write", arguments: rows)
    func forms(row: Row) throws {
        #expect(WAVHeader.begins(row.bytes))
        guard case .whole(let header) = WAVHeader.read(row.bytes) else {
            Issue.record("\(WAVHeader.read(row.bytes))")
            return
        }
        #expect(header.format == PCMFormat(row.sample, sampleRate: 48_000, channels: 2))
        #expect(header.dataByteCount == row.dataByteCount)
        // Before the last byte of the header nothing is decided.
        for count in 12..<header.byteCount {
            #expect(WAVHeader.read(Array(row.bytes[..<count])) == .incomplete)
        }
    }

    @Test("are refused with a reason where samples are of a kind that is not known")
    func refused() {
        let bytes = Self.file(Self.format(2, channels: 1, rate: 8_000, bits: 4), data: [])
        #expect(
            WAVHeader.read(bytes)
                == .refused("its samples are of an unknown kind (format 2, 4 bits)"))
        #expect(WAVHeader.read(Self.file(data: [1])) != .incomplete)
    }
}
