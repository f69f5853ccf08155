import TestKit
import Testing

extension Service {
    /// What is served at the end, as players ask for it.
    @Suite("Artifact") struct ArtifactTests {
        @Test("the artifact answers whole, in part, and only when it has changed")
        func artifactAnswersRanges() throws {
            let server = try ServerProcess()
            let client = RecordingClient(port: server.port)
            var random = SeededRandom(0xA27)
            for name in ["cr-vp8-opus-gum-ts1000", "fx-ogg-opus-ts1000", "ff-webm-audio-pipe"] {
                let recording = try SharedRecordings.fixture(name)
                let id = random.recordingID()
                try client.deliver(recording, as: id)
                let target = "/recordings/\(id)/media"
                let whole = try client.get(target)
                #expect(whole.status == 200)
                #expect(whole["X-Content-Type-Options"] == "nosniff")
                let isSame = try client.get(target).body == whole.body
                #expect(isSame)
                let part = try client.request("GET", target, [("Range", "bytes=100-299")])
                #expect(part.status == 206)
                #expect(part["Content-Range"] == "bytes 100-299/\(whole.body.count)")
                let isThatPart = part.body == [UInt8](whole.body[100..<300])
                #expect(isThatPart)
                let head = try client.request("HEAD", target)
                #expect(head.status == 200)
                #expect(head["Content-Length"] == "\(whole.body.count)")
                let etag = try #require(whole["ETag"])
                let unchanged = try client.request("GET", target, [("If-None-Match", etag)])
                #expect(unchanged.status == 304)
            }
        }

        @Test("a list shows the recordings newest first, page by page")
        func listsPageByPage() throws {
            let server = try ServerProcess()
            let client = RecordingClient(port: server.port)
            var random = SeededRandom(0x115)
            let ids = (0..<5).map { _ in random.recordingID() }
            for id in ids { #expect(try client.create(id).status == 201) }
            var seen: [String] = []
            var target = "/recordings?limit=2"
            while true {
                let page = try client.get(target).json()
                seen += page["recordings"]?.list?.compactMap { $0["id"]?.text } ?? []
                guard let next = page["next"]?.text else { break }
                try #require(seen.count <= ids.count)
                target = "/recordings?limit=2&after=\(next)"
            }
            #expect(seen == ids.sorted(by: >))
        }
    }
}

extension RecordingClient {
    /// Creates a recording, sends all its chunks in order and finalizes it.
    func deliver(_ recording: SharedRecording, as id: String) throws {
        #expect(try create(id, mediaType: recording.mediaType).status == 201)
        for chunk in recording.chunks {
            let answer = try put(id, chunk.sequence, at: chunk.offset, try chunk.bytes())
            #expect(answer.status == 201, "\(recording): \(answer)")
        }
        let answer = try finalize(
            id, length: recording.byteCount, chunkCount: Int64(recording.chunks.count))
        #expect(answer.status == 200, "\(recording): \(answer)")
    }
}
