import TestKit
import Testing

extension Service {
    /// Real recordings, delivered in every manner that a network has.
    @Suite("Delivery") struct DeliveryTests {
        enum Manner: String, CaseIterable {
            case inOrder, shuffled, doubled, cutAmidTheBody, byField
        }

        @Test("every byte that was sent comes back", arguments: Manner.allCases)
        func everyByteComesBack(manner: Manner) throws {
            let server = try ServerProcess()
            let client = RecordingClient(port: server.port)
            var random = SeededRandom(0xDE11_4E4A)
            for recording in try SharedRecordings.all() {
                let id = random.recordingID()
                let created = try client.create(id, mediaType: recording.mediaType)
                #expect(created.status == 201, "\(recording): \(created)")
                let chunks =
                    manner == .shuffled
                    ? recording.chunks.shuffled(using: &random)
                    : recording.chunks
                for chunk in chunks { try deliver(chunk, to: id, manner, client) }
                try expectWhole(recording, id, client)
            }
        }

        private func deliver(
            _ chunk: SharedChunk, to id: String, _ manner: Manner, _ client: RecordingClient
        ) throws {
            let bytes = try chunk.bytes()
            switch manner {
            case .inOrder, .shuffled, .doubled: break
            case .cutAmidTheBody:
                try client.cutShort(
                    id, chunk.sequence, at: chunk.offset, bytes, after: bytes.count / 2)
            case .byField:
                let answer = try client.request(
                    "POST", "/recordings/\(id)/chunks",
                    [
                        ("Chunk-Sequence", "\(chunk.sequence)"),
                        ("Chunk-Offset", "\(chunk.offset)"),
                        ("Content-Digest", RecordingClient.sha256Digest(bytes)),
                    ], bytes)
                #expect(answer.status == 201, "\(chunk): \(answer)")
                return
            }
            let answer = try client.put(id, chunk.sequence, at: chunk.offset, bytes)
            #expect(answer.status == 201, "\(chunk): \(answer)")
            #expect(answer["Recording-Prefix"] != nil)
            guard manner == .doubled else { return }
            let again = try client.put(id, chunk.sequence, at: chunk.offset, bytes)
            #expect(again.status == 200, "\(chunk) again: \(again)")
            #expect(again["Chunk-Replayed"] == "?1")
        }

        private func expectWhole(
            _ recording: SharedRecording, _ id: String, _ client: RecordingClient
        ) throws {
            let digest = RecordingClient.sha256Digest(try recording.bytes())
            let finalized = try client.finalize(
                id, length: recording.byteCount, chunkCount: Int64(recording.chunks.count),
                digest: digest)
            #expect(finalized.status == 200, "\(recording): \(finalized)")
            let status = try client.status(id).json()
            #expect(status["state"]?.text == "finalized", "\(recording)")
            #expect(status["receivedDigest"]?.text == digest, "\(recording)")
            #expect(status["bytes"]?.integer == recording.byteCount, "\(recording)")
            let received = try client.received(id)
            #expect(received.status == 200, "\(recording)")
            let sha256 = RecordingClient.sha256Text(received.body)
            #expect(sha256 == recording.sha256, "\(recording) came back otherwise")
        }
    }
}
