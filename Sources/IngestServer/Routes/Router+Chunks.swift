internal import Digests
internal import Posix
internal import Recordings
internal import Transport
internal import Wire

extension Router {
    /// `PUT /recordings/{id}/chunks/{offset}`, and POST with `Chunk-Offset`.
    ///
    /// The whole body is here and its digests are right before anything of it counts.
    func chunk(_ exchange: Exchange, _ id: RecordingID, offset: Int64?) async -> Outcome {
        do throws(Problem) {
            let head = try ChunkHead(exchange.head, offset: offset, limits)
            if exchange.isBodyLong, let problem = await store.refusal(id, head.offer) {
                throw problem
            }
            switch await receive(exchange, id, head) {
            case .failure(let error): return Outcome(error)
            case .success(let body):
                try body.check(head.digests)
                return .answer(Self.stored(try await store.store(body.chunk(id, head))))
            }
        } catch {
            var answer = Answer.problem(error.delayed(by: .random(in: 0..<1)))
            if let progress = await store.progress(id) { answer.fields += progress.fields }
            return .answer(answer)
        }
    }

    /// Computes the digests as the bytes come: CRC-32C always, for the log needs it.
    private func receive(
        _ exchange: Exchange, _ id: RecordingID, _ head: ChunkHead
    ) async -> Result<ChunkBody, BodyError> {
        var crc32c: UInt32 = 0
        var sha256 = head.namesSHA256 ? SHA256Digest() : nil
        do throws(BodyError) {
            let bytes = try await exchange.readBody(maxBytes: limits.chunkBytesMax) { piece in
                crc32c = CRC32C.of(piece, from: crc32c)
                sha256?.update(piece)
            }
            return .success(ChunkBody(bytes: bytes, crc32c: crc32c, sha256: sha256?.value))
        } catch {
            return .failure(error)
        }
    }

    private static func stored(_ answer: ChunkAnswer) -> Answer {
        if answer.isReplay {
            return Answer(
                200, [(Names.chunkReplayed, StructuredField.trueText)] + answer.progress.fields)
        }
        return Answer(201, answer.progress.fields)
    }
}

/// A chunk's bytes as they came, with the digests computed on the way.
struct ChunkBody: Sendable {
    let bytes: LentBytes
    let crc32c: UInt32
    /// 32 bytes; nil unless the client named one.
    let sha256: [UInt8]?

    /// Errors: `chunk-empty`; `digest-mismatch` with the digest of what came.
    func check(_ digests: [ContentDigest]) throws(Problem) {
        if bytes.count == 0 { throw .chunkEmpty }
        for digest in digests {
            let computed: ContentDigest
            switch digest {
            case .crc32c: computed = .crc32c(crc32c)
            case .sha256: computed = .sha256(sha256 ?? [])
            }
            if computed != digest { throw .digestMismatch(computed: computed.text) }
        }
    }

    func chunk(_ id: RecordingID, _ head: ChunkHead) throws(Problem) -> ReceivedChunk {
        guard head.offset <= Int64.max - Int64(bytes.count) else {
            throw .badRequest(detail: "The chunk would end beyond the largest offset there is.")
        }
        return ReceivedChunk(
            id: id, sequence: head.sequence, offset: head.offset, bytes: bytes, crc32c: crc32c)
    }
}

extension Progress {
    /// What every answer to a chunk, and the status, says.
    var fields: [(String, String)] {
        [
            (Names.recordingPrefix, String(prefix)),
            (Names.recordingNextSequence, String(nextSequence)),
        ]
    }
}
