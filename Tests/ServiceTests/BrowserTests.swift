import Foundation
import TestKit
import Testing

extension Service {
    /// Whether a real browser, over a line of 4 MB/s, knows how long a recording is and jumps
    /// into the middle of it without loading what lies before.
    ///
    /// A file must be large for that to prove anything: Chromium takes in a small one whole. In
    /// the suite the film has 60 MB, 20 times what may be sent, which a debug build gets through
    /// in a few seconds; with `HOLDFAST_BROWSER_LARGE=1` in the environment it has 210 MB, and
    /// Firefox's sound, a million blocks without a key flag, has its turn as well.
    /// The times are told, not tested: they are a matter of the machine.
    @Suite("Browser") struct BrowserTests {
        private static let bytesPerSecond = 4_000_000
        private static let sentBytesMax = 3_000_000

        private static let isLarge =
            ProcessInfo.processInfo.environment["HOLDFAST_BROWSER_LARGE"] == "1"

        @Test("a long film has its length and seeks to the middle")
        func filmSeeks() throws {
            let film = try SharedRecordings.fixture("cr-vp8-opus-gum-ts1000")
            try playsAndSeeks(
                try LongRecording(
                    repeating: film, bytes: Self.isLarge ? 210_000_000 : 60_000_000))
        }

        @Test(
            "six hours of sound have their length and seek to the middle",
            arguments: ["cr-audio-webm-gum-ts250"] + (isLarge ? ["fx-audio-webm-ts1000"] : []))
        func soundSeeks(name: String) throws {
            let sound = try SharedRecordings.fixture(name)
            try playsAndSeeks(try LongRecording(repeating: sound, seconds: 6 * 3600))
        }

        private func playsAndSeeks(_ recording: LongRecording) throws {
            guard Browser.isInstalled else {
                return try Skip.loudly("chromium is not here: scripts/need-test-tools")
            }
            let server = try ServerProcess()
            let id = try deliver(recording, to: server)
            let proxy = try ThrottledProxy(
                server: server.port, bytesPerSecond: Self.bytesPerSecond)
            let browser = try Browser()
            let origin = "http://127.0.0.1:\(proxy.port)"
            try browser.open(origin + "/healthz")
            let before = proxy.sentBytes
            let seen = try browser.run(Self.script, ["\(origin)/recordings/\(id)/media"])
            let sent = proxy.sentBytes - before
            report(recording, seen, sent)

            #expect(seen["error"] == nil, "\(seen)")
            let duration = try #require(seen["duration"]?.number, "no finite duration: \(seen)")
            #expect(abs(duration - recording.durationSeconds) < 0.06, "\(seen)")
            #expect(seen["seekableEnd"]?.number == duration, "\(seen)")
            let time = try #require(seen["time"]?.number)
            #expect(abs(time - duration / 2) < 0.001, "\(seen)")
            #expect(sent < Self.sentBytesMax, "\(sent) bytes were sent")
        }

        private func report(_ recording: LongRecording, _ seen: JSON, _ sentBytes: Int64) {
            func milliseconds(_ name: String) -> String {
                seen[name]?.number.map { "\(Int($0.rounded())) ms" } ?? "never"
            }
            print(
                "\(recording.mediaType), \(recording.byteCount) bytes,",
                "\(recording.blockCount) blocks, \(recording.durationSeconds) s: first picture",
                "\(milliseconds("openMilliseconds")), seek to 50 %",
                "\(milliseconds("seekMilliseconds")), \(sentBytes) bytes sent")
        }

        /// Sends a recording in chunks of 1 MiB and finalizes it. Returns its id.
        private func deliver(_ recording: LongRecording, to server: ServerProcess) throws -> String
        {
            let client = RecordingClient(port: server.port)
            var random = SeededRandom(0xB0A7)
            let id = random.recordingID()
            #expect(try client.create(id, mediaType: recording.mediaType).status == 201)
            var (sequence, offset) = (Int64(0), Int64(0))
            for chunk in recording.pieces(of: 1 << 20) {
                try #require(try client.put(id, sequence, at: offset, chunk).status == 201)
                sequence += 1
                offset += Int64(chunk.count)
            }
            let answer = try client.finalize(id, length: offset, chunkCount: sequence)
            #expect(answer.status == 200, "\(answer)")
            return id
        }

        /// Opens a film, jumps to its middle at the first picture, and says what it saw.
        private static let script = """
            const [url, done] = arguments;
            const video = document.createElement("video");
            const opened = performance.now();
            video.muted = true;
            video.preload = "auto";
            video.onerror = () => done({error: video.error.message || video.error.code});
            video.onloadeddata = () => {
                const asked = performance.now();
                video.onseeked = () => done({
                    duration: video.duration,
                    seekableEnd: video.seekable.length ? video.seekable.end(0) : -1,
                    time: video.currentTime,
                    openMilliseconds: asked - opened,
                    seekMilliseconds: performance.now() - asked,
                });
                video.currentTime = video.duration / 2;
            };
            video.src = url;
            document.body.append(video);
            """
    }
}
