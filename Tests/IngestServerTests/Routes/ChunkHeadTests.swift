import Digests
import HTTP1
import Posix
import Recordings
import Testing
import Wire

@testable import IngestServer

@Suite("The head of a chunk's request")
struct ChunkHeadTests {
    @Test("Sequence, offset and digests are read")
    func whole() throws {
        let head = try read([("Chunk-Sequence", "7"), ("Content-Digest", "crc32c=:AAAAAQ==:")])
        #expect(head.sequence == 7)
        #expect(head.offset == 40)
        #expect(head.digests == [.crc32c(1)])
        #expect(!head.namesSHA256)
    }

    @Test("Digests on two lines are one field")
    func twoLines() throws {
        let sha256 = ContentDigest.sha256([UInt8](repeating: 9, count: 32))
        let head = try read([
            ("Chunk-Sequence", "0"), ("content-digest", "crc32c=:AAAAAQ==:"),
            ("Content-Digest", sha256.text),
        ])
        #expect(head.digests.count == 2)
        #expect(head.namesSHA256)
    }

    @Test("The offset comes from Chunk-Offset when the path has none")
    func offsetField() throws {
        let fields = [
            ("Chunk-Sequence", "0"), ("Chunk-Offset", "99"),
            ("Content-Digest", "crc32c=:AAAAAQ==:"),
        ]
        #expect(try read(fields, offset: nil).offset == 99)
        #expect(try read(fields, offset: 3).offset == 3)
        #expect(throws: Problem.self) { try read(Array(fields[...0]), offset: nil) }
    }

    @Test(
        "A sequence is a whole number of at most 15 digits",
        arguments: ["", "-1", "+1", "1.0", "0x1", "1 2", "1000000000000000", "?1", "\"1\""])
    func sequences(text: String) {
        #expect { try read([("Chunk-Sequence", text)]) } throws: { error in
            (error as? Problem)?.name == "bad-request"
        }
    }

    @Test("A chunk without digest is refused unless the server is told otherwise")
    func noDigest() throws {
        #expect { try read([("Chunk-Sequence", "0")]) } throws: { error in
            (error as? Problem)?.name == "digest-invalid"
        }
        var limits = Settings.Chunks()
        limits.digestRequired = false
        #expect(try read([("Chunk-Sequence", "0")], limits: limits).digests.isEmpty)
    }

    @Test(
        "The body's length decides before its first byte",
        arguments: [
            (.none, .lengthRequired), (.length(0), .chunkEmpty),
            (.length(4 << 20 + 1), .chunkTooLarge(limitBytes: 4 << 20)),
            (.length(4 << 20), nil), (.chunked, nil),
        ] as [(BodyFraming, Problem?)])
    func framing(framing: BodyFraming, problem: Problem?) {
        let fields = [("Chunk-Sequence", "0"), ("Content-Digest", "crc32c=:AAAAAQ==:")]
        var thrown: Problem?
        do throws(Problem) { _ = try read(fields, framing) } catch { thrown = error }
        #expect(thrown == problem)
    }

    @Test("A coded body is refused: offsets count the recording's own bytes")
    func coded() {
        let fields = [
            ("Chunk-Sequence", "0"), ("Content-Digest", "crc32c=:AAAAAQ==:"),
            ("Content-Encoding", "gzip"),
        ]
        #expect(throws: Problem.unsupportedMediaType) { try read(fields) }
    }

    @Test("Every digest named must be right")
    func digests() throws {
        let bytes = Array("chunk".utf8)
        let slab = Slab(byteCount: bytes.count)
        slab.buffer.copyBytes(from: bytes)
        let crc = CRC32C.of(bytes)
        let body = ChunkBody(
            bytes: slab.lend(0..<bytes.count), crc32c: crc, sha256: SHA256Digest.of(bytes))
        let right: [ContentDigest] = [.crc32c(crc), .sha256(SHA256Digest.of(bytes))]
        try body.check([])
        try body.check(right)
        #expect(throws: Problem.digestMismatch(computed: right[0].text)) {
            try body.check([right[1], .crc32c(crc ^ 1)])
        }
        #expect(throws: Problem.digestMismatch(computed: right[1].text)) {
            try body.check([right[0], .sha256([UInt8](repeating: 0, count: 32))])
        }
        let empty = ChunkBody(bytes: slab.lend(0..<0), crc32c: 0, sha256: nil)
        #expect(throws: Problem.chunkEmpty) { try empty.check([]) }
    }

    private func read(
        _ fields: [(String, String)], _ framing: BodyFraming = .length(5),
        offset: Int64? = 40, limits: Settings.Chunks = Settings.Chunks()
    ) throws(Problem) -> ChunkHead {
        let head = RequestHead(
            method: "PUT", path: "/", fields: Fields(fields), framing: framing)
        return try ChunkHead(head, offset: offset, limits)
    }
}
