import Containers
import Foundation
import IngestClient
import TestKit
import Testing

@Suite("Edits") struct EditTests {
    private let profile = Profile()

    /// A recording of a tone that climbs, so that every place in it sounds different.
    private func record(
        _ outbox: Outbox, seconds: Double, _ policy: SendPolicy = .recordOnly
    ) async throws -> OutboxRecording {
        var options = RecorderTests.fast
        options.sendPolicy = policy
        options.title = "Talk"
        let bytes = (0..<Int(seconds * 48_000)).flatMap { index -> [UInt8] in
            let time = Double(index) / 48_000
            let value = Int16(12_000 * sin(2 * .pi * (200 + 100 * time) * time))
            return [UInt8(truncatingIfNeeded: value), UInt8(truncatingIfNeeded: value >> 8)]
        }
        return try await Recorder(outbox: outbox, options: options).record(
            from: RecorderTests.source(bytes), as: .pcm(RecorderTests.mono))
    }

    private func expectClean(_ recording: OutboxRecording, samples: Int64) throws {
        let bytes = try profile.media(recording)
        var packets = OggOpusPackets()
        try packets.read(bytes.span)
        #expect(try packets.finish().sampleCount == samples)
        #expect(abs((recording.durationSeconds ?? 0) * 48_000 - Double(samples)) < 0.01)
        #expect(try Judge.ffmpeg(recording.mediaPath) ?? "" == "")
        #expect(try Judge.opusinfo(recording.mediaPath) ?? "" == "")
    }

    /// How far apart two stretches of sound are, as parts of full scale.
    private static func distance(
        _ one: some Sequence<Float>, _ other: some Sequence<Float>
    ) -> (mean: Float, max: Float) {
        let distances = zip(one, other).map { abs($0 - $1) }
        return (distances.reduce(0, +) / Float(distances.count), distances.max() ?? 0)
    }

    @Test("a trim plays exactly the samples that were asked for")
    func trims() async throws {
        let outbox = try profile.open(RecorderTests.limits)
        let original = try await record(outbox, seconds: 3)
        let edit = try outbox.trim(
            original.id, from: .milliseconds(1_234), to: .milliseconds(2_345))
        try expectClean(edit, samples: 53_328)
        #expect(edit.title == "Talk" && edit.editOf == original.id && edit.state == .kept)
        guard let before = try Judge.samples(original.mediaPath),
            let after = try Judge.samples(edit.mediaPath)
        else { return }
        #expect(after.count == 53_328)
        // The decoder had 80 ms to find its state: what plays is what played.
        let distance = Self.distance(after, before[59_232...])
        #expect(distance.mean < 0.005 && distance.max < 0.1)
        let shifted = Self.distance(after, before[59_233...])
        #expect(shifted.mean > distance.mean)
    }

    @Test("what is cut out is gone; a split gives two; joined they are whole again")
    func cutsSplitsAndJoins() async throws {
        let outbox = try profile.open(RecorderTests.limits)
        let original = try await record(outbox, seconds: 3)
        let cut = try outbox.cutOut(
            original.id, from: .milliseconds(1_010), to: .milliseconds(1_990))
        // Packets of 20 ms, the first of which begins 6.5 ms early.
        try expectClean(cut, samples: 144_000 - 49_920 + 1_920)
        let (first, second) = try outbox.split(original.id, at: .milliseconds(1_500))
        try expectClean(first, samples: 72_000)
        try expectClean(second, samples: 72_000)
        let joined = try outbox.join([first.id, second.id])
        #expect(joined.editOf == "\(first.id) \(second.id)")
        let samples = (joined.durationSeconds ?? 0) * 48_000
        #expect(samples >= 144_000 && samples < 144_000 + 3 * 960)
        #expect(try Judge.ffmpeg(joined.mediaPath) ?? "" == "")
        #expect(try Judge.opusinfo(joined.mediaPath) ?? "" == "")
    }

    @Test("the edit is sent in place of the original, which is kept until then")
    func sendsTheEdit() async throws {
        let outbox = try profile.open(RecorderTests.limits)
        let original = try await record(outbox, seconds: 1, .now)
        let edit = try outbox.trim(original.id, from: .milliseconds(300))
        #expect(edit.state == .pending && edit.sendPolicy == .now)
        #expect(try outbox.recording(original.id).state == .kept)
        let further = try outbox.trim(edit.id, to: .milliseconds(500))
        #expect(throws: EditError.self) { try outbox.undoEdit(edit.id) }
        #expect(try outbox.undoEdit(further.id).map(\.id) == [edit.id])
        #expect(try outbox.recording(edit.id).state == .pending)
        let restored = try outbox.undoEdit(edit.id)
        #expect(restored.map(\.id) == [original.id] && restored[0].state == .pending)
        #expect(try outbox.recordings().count == 1)
        #expect(throws: EditError.self) { try outbox.undoEdit(original.id) }
    }

    @Test("an edit that cannot be made changes nothing")
    func refuses() async throws {
        let outbox = try profile.open(RecorderTests.limits)
        let original = try await record(outbox, seconds: 1, .now)
        let fixture = try SharedRecordings.fixture("cr-vp8-opus-short")
        let webm = try outbox.add(try fixture.bytes())
        let junk = try outbox.add([1, 2, 3, 4, 5])
        let before = try outbox.recordings()
        let attempts: [() throws -> Void] = [
            { _ = try outbox.trim(original.id, from: .seconds(5)) },
            { _ = try outbox.trim(original.id, from: .seconds(1), to: .milliseconds(500)) },
            { _ = try outbox.cutOut(original.id, from: .zero, to: nil) },
            { _ = try outbox.join([original.id]) },
            { _ = try outbox.join([original.id, webm.id]) },
            { _ = try outbox.trim(junk.id, from: .zero) },
            { _ = try outbox.trim("nothing", from: .zero) },
        ]
        for attempt in attempts {
            #expect(throws: EditError.self) { try attempt() }
            #expect(try outbox.recordings() == before)
        }
    }

    @Test("video is cut at key frames, and plays")
    func cutsVideo() throws {
        let outbox = try profile.open(RecorderTests.limits)
        let fixture = try SharedRecordings.fixture("cr-vp8-opus-gum-ts1000")
        let original = try outbox.add(try fixture.bytes(), chunkBytes: 100_000)
        let edit = try outbox.trim(original.id, from: .seconds(2), to: .seconds(4))
        #expect(edit.mediaType == "video/webm")
        #expect(try Judge.ffmpeg(edit.mediaPath) ?? "" == "")
        let seconds = try #require(edit.durationSeconds)
        #expect(seconds >= 2 && seconds < 4.1)
    }

    @Test("half an edit is gone after a crash, and what it was made from is there")
    func crashes() async throws {
        var outbox: Outbox? = try profile.open(RecorderTests.limits)
        let original = try await record(try #require(outbox), seconds: 1)
        var new = NewRecording(mediaType: "audio/ogg", sendPolicy: .recordOnly)
        new.editOf = original.id
        var open = try outbox?.begin(new)
        try open?.append([1, 2, 3])
        open = nil
        outbox = nil
        let again = try profile.open(RecorderTests.limits)
        #expect(try again.recordings().map(\.id) == [original.id])
        #expect(again.findings.contains { $0.contains("an edit of \(original.id)") })
    }
}
