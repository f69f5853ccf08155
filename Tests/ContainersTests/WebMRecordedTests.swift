import Testing

@testable import Containers

@Suite("Recorded WebM")
struct WebMRecordedTests {
    private static let names = [
        "cr-vp8-opus-requestdata", "cr-vp8-opus-gum-ts1000", "cr-audio-webm-osc-nots",
        "fx-audio-webm-ts1000", "fx-vp8-opus-killed", "ff-mkv-pipe-h264-aac",
        "gst-webm-streamable", "cr-vp8-opus-short",
    ]

    @Test(
        "Real recordings are finished, and each frame stays as it was",
        arguments: names.flatMap { Recorded.named($0, bytesMax: 200_000) })
    func finished(recording: Recorded.Recording) {
        let run = ReaderRun.webm(recording.bytes, pieces: 65_536, reserve: 4_096)
        let file = FinishedWebM(run.file)
        #expect(file.problems == [])
        // A killed recorder leaves a part of an element.
        #expect(run.kinds == [] || run.kinds == [.truncatedTail])
        let packets = recording.manifest.decoded.tracks?.map(\.packets).reduce(0, +)
        #expect(run.frames.count == packets)
        if let expected = recording.manifest.structure.duration_structural_ms {
            // AAC frames last 21 ms, which the manifest leaves out.
            #expect(abs((file.duration ?? 0) - expected) < 22)
        }
        let second = ReaderRun.webm(run.file, pieces: 65_536, reserve: 4_096)
        let isSame = contents(second, run.file) == contents(run, recording.bytes)
        #expect(isSame && second.kinds == [] && second.edits.isEmpty)
        let video = run.artifact.description.tracks.first { $0.kind == .video }
        if let video { #expect(file.cues.count == Int(video.keyFrames)) }
    }
}
