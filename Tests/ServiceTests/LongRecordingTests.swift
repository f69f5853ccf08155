import Foundation
import TestKit
import Testing

@Suite("Long recordings") struct LongRecordingTests {
    static let names = [
        "cr-vp8-opus-gum-ts1000", "cr-audio-webm-gum-ts250", "fx-audio-webm-ts1000",
        "fx-vp8-opus-gum-ts1000",
    ]

    @Test("once is the real recording, byte for byte", arguments: names)
    func onceIsTheOriginal(name: String) throws {
        let original = try SharedRecordings.fixture(name)
        let once = try LongRecording(repeating: original, times: 1)
        let isSame = try Array(once.pieces(of: 4096).joined()) == original.bytes()
        #expect(isSame)
        #expect(once.durationSeconds == original.durationSeconds)
    }

    @Test("where pieces end changes nothing", arguments: [1, 7, 1 << 20])
    func piecesEndAnywhere(byteCount: Int) throws {
        let long = try LongRecording(
            repeating: SharedRecordings.fixture("fx-audio-webm-ts1000"), times: 3)
        let all = long.pieces(of: byteCount).reduce(into: []) { $0 += $1 }
        let isSame = all == Array(long.pieces(of: 1000).joined())
        #expect(isSame)
        #expect(Int64(all.count) == long.byteCount)
    }

    @Test("an hour is an hour, and 60 MB are 60 MB", arguments: names)
    func lengthsAreKept(name: String) throws {
        let original = try SharedRecordings.fixture(name)
        let hour = try LongRecording(repeating: original, seconds: 3600)
        #expect((3600..<3620).contains(hour.durationSeconds))
        let large = try LongRecording(repeating: original, bytes: 60_000_000)
        #expect((60_000_000..<60_500_000).contains(large.byteCount))
    }

    @Test("every block of it decodes without a complaint", arguments: names)
    func decodes(name: String) throws {
        guard FileManager.default.isExecutableFile(atPath: "/usr/bin/ffmpeg") else {
            return try Skip.loudly("ffmpeg is not installed: scripts/need-test-tools")
        }
        let long = try LongRecording(repeating: SharedRecordings.fixture(name), times: 5)
        let folder = TemporaryFolder("long")
        let path = folder.path + "/long.webm"
        try Data(long.pieces(of: 1 << 20).joined()).write(to: URL(filePath: path))
        let decoder = try ChildProcess(
            "/usr/bin/ffmpeg",
            [
                "-nostdin", "-v", "error", "-i", path, "-map", "0", "-fps_mode", "passthrough",
                "-f", "framecrc", "-",
            ])
        #expect(decoder.waitForEnd() == .exited(0))
        #expect(decoder.text(.error) == "")
        let frames = decoder.text(.output).split(separator: "\n").filter { !$0.hasPrefix("#") }
        #expect(frames.count == long.blockCount)
    }
}
