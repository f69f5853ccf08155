import Bytes
import Containers
import Opus
import TestKit
import Testing

@Suite("Ogg Opus encoder") struct OggOpusEncoderTests {
    /// A tone that no two channels share.
    static func tone(_ count: Int, rate: Int, channels: Int) -> [Float] {
        (0..<count * channels).map { index in
            let (frame, channel) = (index / channels, index % channels)
            let turns = Float(frame * (300 + 150 * channel) % rate) / Float(rate)
            return 0.8 * (turns < 0.5 ? 4 * turns - 1 : 3 - 4 * turns)
        }
    }

    /// A file of `samples`, which go in by pieces of `step` frames.
    static func file(
        _ samples: [Float], rate: Int, channels: Int, step: Int = 4_800
    ) throws -> [UInt8] {
        var settings = OggOpusEncoder.Settings(
            sampleRate: rate, channels: channels, bitrate: 32_000)
        settings.complexity = 0
        settings.title = "Größe"
        var encoder = try OggOpusEncoder(settings, serial: 7)
        var bytes: [UInt8] = []
        var rest = samples[...]
        while !rest.isEmpty {
            bytes += try encoder.encode(Array(rest.prefix(step * channels)))
            rest = rest.dropFirst(step * channels)
        }
        return bytes + (try encoder.finish())
    }

    static func pages(_ bytes: [UInt8]) -> [OggPageHeader] {
        var pages: [OggPageHeader] = []
        var end: Int64 = 0
        var reader = OggPageReader()
        reader.append(bytes.span) { event, _ in
            guard case .page(let header, end, let byteCount) = event else { return }
            pages.append(header)
            end += Int64(byteCount)
        }
        #expect(end == Int64(bytes.count), "whole pages and nothing else")
        return pages
    }

    @Test(
        "a file plays exactly as many samples as went in",
        arguments: [
            (48_000, 1, 0), (48_000, 1, 1), (48_000, 2, 647), (48_000, 1, 648), (48_000, 1, 649),
            (48_000, 2, 48_000), (24_000, 1, 959), (16_000, 2, 12_345), (12_000, 1, 240),
            (8_000, 1, 20_001),
        ])
    func lengthIsExact(rate: Int, channels: Int, count: Int) throws {
        let samples = Self.tone(count, rate: rate, channels: channels)
        let bytes = try Self.file(samples, rate: rate, channels: channels)
        var packets = OggOpusPackets()
        try packets.read(bytes.span)
        #expect(try packets.finish().sampleCount == Int64(count * (48_000 / rate)))
        #expect(packets.channels == channels)
        let pages = Self.pages(bytes)
        #expect(pages.first?.flags == .beginsStream)
        #expect(pages.last?.flags == .endsStream)
        #expect(pages.filter { $0.flags.contains(.endsStream) }.count == 1)
    }

    @Test("a page ends after each second, and where a flush asks for it")
    func pagesLastASecond() throws {
        let settings = OggOpusEncoder.Settings(sampleRate: 48_000, channels: 1, bitrate: 96_000)
        var encoder = try OggOpusEncoder(settings, serial: 7)
        var bytes = try encoder.encode(Self.tone(120_000, rate: 48_000, channels: 1))
        #expect(Self.pages(bytes).map(\.granule) == [0, 0, 48_000, 96_000])
        bytes += encoder.flush()
        #expect(Self.pages(bytes).last?.granule == 120_000)
        #expect(encoder.flush().isEmpty)
        // What waits for its frame is not lost by a flush.
        bytes += try encoder.encode(Self.tone(10, rate: 48_000, channels: 1))
        bytes += encoder.flush()
        bytes += try encoder.finish()
        let end = Self.pages(bytes).last?.granule
        #expect(end == Int64(120_010 + 312))
    }

    @Test("the same sound in other pieces gives the same file", arguments: [1, 7, 959, 100_000])
    func piecesDoNotMatter(step: Int) throws {
        let samples = Self.tone(5_000, rate: 48_000, channels: 2)
        let whole = try Self.file(samples, rate: 48_000, channels: 2)
        let isSame = try Self.file(samples, rate: 48_000, channels: 2, step: step) == whole
        #expect(isSame)
    }

    @Test("what comes out sounds like what went in, sample by sample")
    func soundsTheSame() throws {
        let folder = TemporaryFolder("opus", inMemory: true)
        let path = folder.path + "/a.ogg"
        let samples = Self.tone(30_000, rate: 48_000, channels: 1)
        try Files.write(Self.file(samples, rate: 48_000, channels: 1), to: path)
        guard let decoded = try Judge.samples(path) else { return }
        #expect(decoded.count == samples.count)
        let errors = zip(decoded, samples).map { abs($0 - $1) }
        #expect(errors.reduce(0, +) / Float(errors.count) < 0.02)
        #expect(try Judge.ffmpeg(path) == "")
        #expect(try Judge.opusinfo(path) ?? "" == "")
    }

    @Test("the head says what players need, and the title")
    func head() throws {
        let bytes = try Self.file([], rate: 16_000, channels: 2)
        var packets = OggOpusPackets()
        try packets.read(bytes.span)
        func packet(_ index: Int) -> [UInt8] {
            packets.headers[index].flatMap { bytes[Int($0.lowerBound)..<Int($0.upperBound)] }
        }
        let head = Array("OpusHead".utf8) + [1, 2, 56, 1, 0x80, 0x3E, 0, 0, 0, 0, 0]
        #expect(packet(0) == head)
        #expect(packet(1).starts(with: "OpusTags".utf8))
        #expect(String(decoding: packet(1), as: UTF8.self).contains("TITLE=Größe"))
    }

    @Test(
        "what libopus cannot do is refused in its words",
        arguments: [(44_100, 1, 64_000), (48_000, 3, 64_000), (48_000, 1, -5)])
    func refuses(rate: Int, channels: Int, bitrate: Int) {
        let settings = OggOpusEncoder.Settings(
            sampleRate: rate, channels: channels, bitrate: bitrate)
        #expect(throws: OpusError(code: -1)) {
            _ = try OggOpusEncoder(settings, serial: 1).finish()
        }
    }
}
