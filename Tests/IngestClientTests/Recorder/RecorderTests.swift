import Containers
import Foundation
import IngestClient
import TestKit
import Testing

@Suite("Recorder") struct RecorderTests {
    private let profile = Profile()
    static let limits = OutboxLimits(freeDiskBytesMin: 0)
    static let mono = PCMFormat(sampleRate: 48_000, channels: 1)

    /// Quiet noise, 16 bits.
    static func noise(seconds: Double, channels: Int = 1, seed: UInt64 = 3) -> [UInt8] {
        var random = SeededRandom(seed)
        return (0..<Int(seconds * 48_000) * channels).flatMap { _ in
            let value = Int16(truncatingIfNeeded: random.next()) / 8
            return [UInt8(truncatingIfNeeded: value), UInt8(truncatingIfNeeded: value >> 8)]
        }
    }

    static var fast: RecorderOptions {
        var options = RecorderOptions()
        options.complexity = 0
        return options
    }

    static func source(_ pieces: [UInt8]...) -> PushSource {
        let source = PushSource()
        for piece in pieces { source.push(piece) }
        source.end()
        return source
    }

    @Test("sound becomes a file that plays, cut into chunks, with all that happened told")
    func records() async throws {
        let outbox = try profile.open(Self.limits)
        var options = Self.fast
        options.title = "Talk"
        options.chunkInterval = .zero
        let recorder = Recorder(outbox: outbox, options: options)
        let recording = try await recorder.record(
            from: Self.source(Self.noise(seconds: 1.25)), as: .pcm(Self.mono))
        #expect(recording.state == .pending && recording.title == "Talk")
        #expect(recording.durationSeconds == 1.25)
        let bytes = try Files.read(recording.mediaPath)
        #expect(Int64(bytes.count) == recording.byteCount)
        var packets = OggOpusPackets()
        try packets.read(bytes.span)
        #expect(try packets.finish().sampleCount == 60_000)
        #expect(try Judge.ffmpeg(recording.mediaPath) ?? "" == "")
        #expect(try Judge.opusinfo(recording.mediaPath) ?? "" == "")
        // Every chunk ends where a page ends.
        var edges: Set<Int64> = []
        var reader = OggPageReader()
        reader.append(bytes.span) { event, _ in
            if case .page(_, let offset, let count) = event { edges.insert(offset + Int64(count)) }
        }
        for chunk in try outbox.chunks(of: recording.id) {
            #expect(edges.contains(chunk.range.upperBound))
        }
        var events: [RecorderEvent] = []
        for await event in recorder.events { events.append(event) }
        #expect(
            events.first
                == .began(id: recording.id, path: recording.mediaPath, mediaType: "audio/ogg"))
        #expect(
            events.last
                == .ended(
                    id: recording.id, byteCount: recording.byteCount, seconds: 1.25, reason: nil))
        let levels = events.filter { if case .levels = $0 { true } else { false } }
        #expect(levels.count == 12)
    }

    @Test(
        "a stream that is encoded already is kept byte for byte",
        arguments: [
            ("cr-vp8-opus-gum-ts1000", "video/webm"), ("fx-ogg-opus-ts1000", "audio/ogg"),
            ("cr-mp4-avc1-opus-ts1000", "video/mp4"), ("dmg-s-random", "application/octet-stream"),
        ])
    func passesThrough(name: String, mediaType: String) async throws {
        let fixture = try SharedRecordings.fixture(name)
        let outbox = try profile.open(Self.limits)
        let source = PushSource()
        for chunk in fixture.chunks { source.push(try chunk.bytes()) }
        source.end()
        let recording = try await Recorder(outbox: outbox).record(from: source)
        #expect(recording.mediaType == mediaType)
        let isSame = try Files.read(recording.mediaPath) == fixture.bytes()
        #expect(isSame)
    }

    @Test("what follows the samples of a WAV file is not heard")
    func endsWithSamples() async throws {
        let wav = WAVHeaderTests.file(
            WAVHeaderTests.plain, data: Self.noise(seconds: 0.5, channels: 2))
        let outbox = try profile.open(Self.limits)
        let path = profile.path + "/a.wav"
        try Files.write(wav + Array("LIST".utf8) + [200, 0, 0, 0] + wav[..<200], to: path)
        let recorder = Recorder(outbox: outbox, options: Self.fast)
        let recording = try await recorder.record(from: DescriptorSource(path: path))
        #expect(recording.durationSeconds == 0.5)
    }

    @Test("a chunk is cut by time, by a clock that only goes forward, and by bytes")
    func cutsByTimeAndBytes() throws {
        let outbox = try profile.open(Self.limits)
        var options = Self.fast
        options.chunkBytes = 8_000
        var safe: [Double] = []
        let take = Take(outbox, .pcm(Self.mono), options, keepsUnknown: true) {
            if case .safe(_, let seconds?) = $0 { safe.append(seconds) }
        }
        let start = ContinuousClock.now
        let piece = Self.noise(seconds: 0.4)
        try take.add(piece, at: start)
        // The wall clock does not matter, whichever way it jumps.
        profile.clock.advance(seconds: -86_400)
        try take.add(piece, at: start + .milliseconds(999))
        #expect(safe.isEmpty)
        try take.cutIfDue(at: start + .seconds(1))
        #expect(safe == [0.8])
        profile.clock.advance(seconds: 3 * 86_400)
        try take.cutIfDue(at: start + .seconds(60))
        try take.add(piece, at: start + .seconds(60))
        #expect(safe == [0.8])
        try take.add(Self.noise(seconds: 1.6), at: start + .seconds(60))
        #expect(safe == [0.8, 2.8])
        let recording = try take.finish(reason: nil, at: start)
        #expect(recording.durationSeconds == 2.8)
    }

    @Test("what comes while it is paused is left out, and nothing is torn from its channel")
    func pauses() async throws {
        let outbox = try profile.open(Self.limits)
        let recorder = Recorder(outbox: outbox, options: Self.fast)
        let source = PushSource()
        async let recorded = recorder.record(
            from: source, as: .pcm(PCMFormat(sampleRate: 48_000, channels: 2)))
        source.push(Self.noise(seconds: 0.5, channels: 2))
        await recorder.wait { if case .levels(_, 0.5) = $0 { true } else { false } }
        recorder.pause()
        await recorder.wait { $0 == .paused(seconds: 0.5) }
        source.push(Self.noise(seconds: 0.3, channels: 2) + [1])
        // It has taken them when it asks again, and then hears of the resume.
        source.push([2, 3])
        while !source.isTaken { await Task.yield() }
        recorder.resume()
        await recorder.wait { $0 == .resumed(seconds: 0.5) }
        source.push([4] + Self.noise(seconds: 0.25, channels: 2))
        source.end()
        // The sample whose last byte came after the resume is in it.
        #expect(try await recorded.durationSeconds == Double(36_001) / 48_000)
    }

    @Test("an encoded stream is not paused: it would be torn")
    func doesNotPauseStreams() async throws {
        let fixture = try SharedRecordings.fixture("cr-vp8-opus-short")
        let outbox = try profile.open(Self.limits)
        let recorder = Recorder(outbox: outbox)
        let source = PushSource()
        recorder.pause()
        source.push(try fixture.bytes())
        async let recorded = recorder.record(from: source)
        await recorder.wait { event in
            guard case .warning(let text) = event else { return false }
            return text.contains("paused where it is made")
        }
        recorder.stop()
        #expect(try await recorded.byteCount == fixture.byteCount)
    }
}

extension Recorder {
    /// Until something has happened, or the recording has ended without it.
    func wait(for isThat: (RecorderEvent) -> Bool) async {
        for await event in events where isThat(event) { return }
        Issue.record("it ended before")
    }
}
