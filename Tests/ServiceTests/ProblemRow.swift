import TestKit

/// One problem: how a client gets it, and what it must be told.
struct ProblemRow: Sendable {
    enum Ending: Sendable { case completes, isGone }

    let what: String
    let status: Int
    let problem: String
    /// Members of the document; nil stands for any value.
    var members: [(String, JSON?)] = []
    var fields: [(String, String)] = []
    var ending = Ending.completes
    let act: @Sendable (Scene) throws -> Answer

    /// Limits within a test's reach.
    static let settings = [
        "chunk-bytes-max": "1048576", "window-bytes-max": "4194304",
        "recording-bytes-max": "8388608",
    ]

    /// Every answer about a chunk carries how far the recording reaches.
    static let progress = [("Recording-Prefix", "2000"), ("Recording-Next-Sequence", "2")]

    static let all = chunks + digests + limits + finalizing + resources

    private static let chunks = [
        ProblemRow(
            what: "other bytes where bytes are stored", status: 409, problem: "chunk-conflict",
            members: [
                ("start", nil), ("end", nil), ("storedDigest", nil), ("receivedDigest", nil),
            ], fields: progress
        ) { try $0.client.put($0.id, 1, at: 1000, Array(repeating: 7, count: 1000)) },
        ProblemRow(
            what: "one other byte in a chunk that overlaps", status: 409,
            problem: "chunk-conflict", members: [("start", nil), ("end", nil)], fields: progress
        ) {
            var bytes = Array(($0.chunks[1] + $0.chunks[2])[500...])
            bytes[499] ^= 1
            return try $0.client.put($0.id, 2, at: 1500, bytes)
        },
        ProblemRow(
            what: "the next sequence, but not where the last chunk ends", status: 409,
            problem: "sequence-mismatch", members: [("expectedOffset", .number(2000))],
            fields: progress
        ) { try $0.client.put($0.id, 2, at: 2500, [1, 2, 3]) },
        ProblemRow(
            what: "a sequence that a chunk before it has", status: 409,
            problem: "sequence-mismatch", members: [("expectedSequence", .number(2))],
            fields: progress
        ) { try $0.client.put($0.id, 1, at: 2000, $0.chunks[2]) },
        ProblemRow(
            what: "a chunk of no bytes", status: 400, problem: "chunk-empty", fields: progress
        ) { try $0.client.put($0.id, 2, at: 2000, []) },
        ProblemRow(
            what: "a chunk without a length", status: 411, problem: "length-required"
        ) { scene in
            try Self.raw(
                scene,
                "PUT /recordings/\(scene.id)/chunks/2000 HTTP/1.1\r\nHost: here\r\n"
                    + "Chunk-Sequence: 2\r\nContent-Digest: "
                    + RecordingClient.sha256Digest(scene.chunks[2]) + "\r\n\r\n")
        },
        ProblemRow(
            what: "a chunk without its sequence", status: 400, problem: "bad-request"
        ) {
            try $0.client.request(
                "PUT", "/recordings/\($0.id)/chunks/2000",
                [("Content-Digest", RecordingClient.sha256Digest($0.chunks[2]))], $0.chunks[2])
        },
    ]

    private static let digests = [
        ProblemRow(
            what: "a wrong SHA-256", status: 400, problem: "digest-mismatch",
            members: [("computedDigest", nil)], fields: progress
        ) { try putThird($0, digest: RecordingClient.sha256Digest([1])) },
        ProblemRow(
            what: "a wrong CRC-32C beside the right SHA-256", status: 400,
            problem: "digest-mismatch", members: [("computedDigest", nil)], fields: progress
        ) {
            let digest = RecordingClient.sha256Digest($0.chunks[2])
            return try putThird($0, digest: "\(digest), crc32c=:AAAAAA==:")
        },
        ProblemRow(
            what: "a digest that is no byte sequence", status: 400, problem: "digest-invalid"
        ) { try putThird($0, digest: "sha-256=abc") },
        ProblemRow(
            what: "a digest of the wrong length", status: 400, problem: "digest-invalid"
        ) { try putThird($0, digest: "sha-256=:AAAA:") },
        ProblemRow(
            what: "no digest at all", status: 400, problem: "digest-invalid"
        ) { try putThird($0, digest: "") },
        ProblemRow(
            what: "only a digest that nobody knows", status: 400,
            problem: "digest-unsupported",
            members: [("supported", .list([.text("sha-256"), .text("crc32c")]))]
        ) { try putThird($0, digest: "md5=:AAAAAAAAAAAAAAAAAAAAAA==:") },
    ]

    private static let limits = [
        ProblemRow(
            what: "a chunk beyond the window", status: 409, problem: "too-far-ahead",
            members: [("windowBytes", .number(4_194_304)), ("prefix", .number(2000))],
            fields: progress
        ) { try $0.client.put($0.id, 50, at: 5_000_000, [1]) },
        ProblemRow(
            what: "a chunk that is too large", status: 413, problem: "chunk-too-large",
            members: [("limitBytes", .number(1_048_576))]
        ) {
            try $0.client.put($0.id, 2, at: 2000, [UInt8](repeating: 1, count: 1_048_577))
        },
        ProblemRow(
            what: "a recording that becomes too large", status: 413,
            problem: "recording-too-large", members: [("limitBytes", .number(8_388_608))]
        ) { try $0.client.put($0.id, 90, at: 8_388_600, [UInt8](repeating: 1, count: 9)) },
    ]

    private static let finalizing = [
        ProblemRow(
            what: "finalize with bytes missing", status: 409, problem: "gaps",
            members: [
                (
                    "missing",
                    .list([.members(["start": .number(2000), "end": .number(3000)])])
                ), ("missingSequences", nil),
            ]
        ) { try $0.finalize() },
        ProblemRow(
            what: "finalize with another digest", status: 409,
            problem: "recording-digest-mismatch", members: [("computedDigest", nil)]
        ) {
            _ = try $0.put(2)
            return try $0.client.finalize(
                $0.id, length: 3000, chunkCount: 3, digest: RecordingClient.sha256Digest([]))
        },
        ProblemRow(
            what: "finalize with a length below what is stored", status: 409,
            problem: "length-exceeded",
            members: [("length", .number(1500)), ("end", .number(2000))]
        ) { try $0.client.finalize($0.id, length: 1500) },
        ProblemRow(
            what: "finalize a second time with other values", status: 409,
            problem: "finalize-conflict",
            members: [("stored", nil)]
        ) {
            _ = try $0.put(2)
            _ = try $0.finalize()
            return try $0.client.finalize($0.id, length: 3000, chunkCount: 4)
        },
        ProblemRow(
            what: "new bytes for a recording that is complete", status: 409,
            problem: "already-finalized", members: [("artifact", nil)]
        ) {
            _ = try $0.put(2)
            _ = try $0.finalize()
            return try $0.client.put($0.id, 3, at: 3000, [1, 2, 3])
        },
        ProblemRow(
            what: "a byte beyond the length that an incomplete finalize declared", status: 409,
            problem: "length-exceeded", members: [("length", .number(3000))]
        ) {
            $0.isIncomplete = true
            _ = try $0.finalize()
            return try $0.client.put($0.id, 3, at: 3000, [1])
        },
    ]

    private static func putThird(_ scene: Scene, digest: String) throws -> Answer {
        try scene.client.put(scene.id, 2, at: 2000, scene.chunks[2], digest: digest)
    }

    static func raw(_ scene: Scene, _ request: String) throws -> Answer {
        let connection = try RawConnection(port: scene.client.port)
        try connection.send(request)
        return try connection.readAnswer()
    }
}
