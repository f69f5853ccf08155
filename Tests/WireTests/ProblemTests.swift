import Testing
import Wire

/// Every case, with all that goes over the wire but its texts.
struct ProblemTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let problem: Problem
        let status: Int
        let name: String
        var members: String = ""
        var fields: [String] = []

        var testDescription: String { name }
    }

    static let rows: [Row] = [
        Row(
            problem: .chunkConflict(
                start: 10, end: 20, storedDigest: "crc32c=:AAAAAA==:",
                receivedDigest: "crc32c=://///w==:"),
            status: 409, name: "chunk-conflict",
            members: #""end":20,"receivedDigest":"crc32c=://///w==:","start":10,"#
                + #""storedDigest":"crc32c=:AAAAAA==:""#),
        Row(
            problem: .sequenceMismatch(expectedOffset: 7, expectedSequence: 3), status: 409,
            name: "sequence-mismatch", members: #""expectedOffset":7,"expectedSequence":3"#),
        Row(
            problem: .sequenceMismatch(expectedOffset: nil, expectedSequence: 3), status: 409,
            name: "sequence-mismatch", members: #""expectedSequence":3"#),
        Row(
            problem: .sequenceMismatch(expectedOffset: nil, expectedSequence: nil), status: 409,
            name: "sequence-mismatch"),
        Row(
            problem: .gaps(missing: [0..<5, 9..<10], missingSequences: [2..<4]), status: 409,
            name: "gaps",
            members: #""missing":[{"end":5,"start":0},{"end":10,"start":9}],"missingCount":2,"#
                + #""missingSequences":[{"end":4,"start":2}]"#),
        Row(
            problem: .alreadyFinalized(artifact: "/recordings/x/media"), status: 409,
            name: "already-finalized", members: #""artifact":"/recordings/x/media""#),
        Row(
            problem: .finalizeConflict(
                stored: FinalizeRequest(
                    length: 9, chunkCount: 2, digest: "sha-256=:AA==:", incomplete: true)),
            status: 409, name: "finalize-conflict",
            members: #""stored":{"chunkCount":2,"digest":"sha-256=:AA==:","incomplete":true,"#
                + #""length":9}"#),
        Row(
            problem: .finalizeConflict(stored: FinalizeRequest(length: 0)), status: 409,
            name: "finalize-conflict", members: #""stored":{"length":0}"#),
        Row(
            problem: .recordingDigestMismatch(computed: "sha-256=:AA==:"), status: 409,
            name: "recording-digest-mismatch", members: #""computedDigest":"sha-256=:AA==:""#),
        Row(problem: .creationConflict, status: 409, name: "creation-conflict"),
        Row(
            problem: .lengthExceeded(length: 5, end: 6), status: 409, name: "length-exceeded",
            members: #""end":6,"length":5"#),
        Row(
            problem: .tooFarAhead(windowBytes: 256, prefix: 12), status: 409,
            name: "too-far-ahead", members: #""prefix":12,"windowBytes":256"#),
        Row(problem: .chunkEmpty, status: 400, name: "chunk-empty"),
        Row(
            problem: .digestMismatch(computed: "crc32c=:AAAAAA==:"), status: 400,
            name: "digest-mismatch", members: #""computedDigest":"crc32c=:AAAAAA==:""#),
        Row(
            problem: .digestInvalid(detail: "No."), status: 400, name: "digest-invalid",
            fields: ["Want-Content-Digest: sha-256=10, crc32c=5"]),
        Row(
            problem: .digestRequired, status: 400, name: "digest-invalid",
            fields: ["Want-Content-Digest: sha-256=10, crc32c=5"]),
        Row(
            problem: .digestUnsupported(supported: ["sha-256", "crc32c"]), status: 400,
            name: "digest-unsupported", members: #""supported":["sha-256","crc32c"]"#,
            fields: ["Want-Content-Digest: sha-256=10, crc32c=5"]),
        Row(
            problem: .chunkTooLarge(limitBytes: 4), status: 413, name: "chunk-too-large",
            members: #""limitBytes":4"#),
        Row(
            problem: .recordingTooLarge(limitBytes: 4), status: 413,
            name: "recording-too-large", members: #""limitBytes":4"#),
        Row(problem: .badRequest(detail: "No."), status: 400, name: "bad-request"),
        Row(
            problem: .eventInvalid(index: 3, event: "x", detail: "No."), status: 400,
            name: "event-invalid", members: #""event":"x","index":3"#),
        Row(
            problem: .eventInvalid(index: 0, event: nil, detail: "No."), status: 400,
            name: "event-invalid", members: #""index":0"#),
        Row(
            problem: .batchTooLarge(limitEvents: 5, limitBytes: 9), status: 413,
            name: "batch-too-large", members: #""limitBytes":9,"limitEvents":5"#),
        Row(
            problem: .unauthorized(.credential), status: 401, name: "unauthorized",
            members: #""reason":"credential""#,
            fields: ["WWW-Authenticate: Bearer realm=\"holdfast\""]),
        Row(
            problem: .unauthorized(.validCredential), status: 401, name: "unauthorized",
            members: #""reason":"valid-credential""#,
            fields: [
                "WWW-Authenticate: Bearer realm=\"holdfast\", error=\"invalid_token\""
            ]),
        Row(problem: .forbidden, status: 403, name: "forbidden"),
        Row(problem: .notFound, status: 404, name: "not-found"),
        Row(
            problem: .noWaveform(retryAfterSeconds: 2, detail: "Soon."), status: 404,
            name: "no-waveform", members: #""retryAfterSeconds":2"#, fields: ["Retry-After: 2"]),
        Row(
            problem: .noWaveform(retryAfterSeconds: nil, detail: "Never."), status: 404,
            name: "no-waveform"),
        Row(
            problem: .methodNotAllowed(allow: ["GET", "HEAD"]), status: 405,
            name: "method-not-allowed", members: #""allow":["GET","HEAD"]"#,
            fields: ["Allow: GET, HEAD"]),
        Row(
            problem: .gone(reason: .deleted), status: 410, name: "gone",
            members: #""reason":"deleted""#),
        Row(
            problem: .gone(reason: .expired), status: 410, name: "gone",
            members: #""reason":"expired""#),
        Row(problem: .lengthRequired, status: 411, name: "length-required"),
        Row(problem: .unsupportedMediaType, status: 415, name: "unsupported-media-type"),
        Row(
            problem: .rangeNotSatisfiable(byteCount: 77), status: 416,
            name: "range-not-satisfiable", members: #""byteCount":77"#,
            fields: ["Content-Range: bytes */77"]),
        Row(
            problem: .tooManyRequests(retryAfterSeconds: 3), status: 429,
            name: "too-many-requests", members: #""retryAfterSeconds":3"#,
            fields: ["Retry-After: 3"]),
        Row(
            problem: .overloaded(retryAfterSeconds: 2, detail: "The log is full."), status: 503,
            name: "overloaded", members: #""retryAfterSeconds":2"#, fields: ["Retry-After: 2"]),
        Row(
            problem: .insufficientStorage(retryAfterSeconds: 60, detail: "The disk is full."),
            status: 507, name: "insufficient-storage", members: #""retryAfterSeconds":60"#,
            fields: ["Retry-After: 60"]),
        Row(problem: .internalError(detail: "EIO"), status: 500, name: "internal-error"),
    ]

    @Test(arguments: rows)
    func `Status, type and fields are exact`(row: Row) {
        #expect(row.problem.status == row.status)
        #expect(row.problem.name == row.name)
        #expect(row.problem.type == "/problems/\(row.name)")
        #expect(row.problem.fields.map { "\($0.0): \($0.1)" } == row.fields)
    }

    @Test(arguments: rows)
    func `The body has the standard members and those that let a client go on`(row: Row) {
        let problem = row.problem
        // Keys are in order, so that the body is a concatenation of what is expected.
        var members = Self.split(row.members)
        members.append(#""detail":"\#(problem.detail)""#)
        members.append(#""status":\#(row.status)"#)
        members.append(#""title":"\#(problem.title)""#)
        members.append(#""type":"/problems/\#(row.name)""#)
        let expected = "{" + members.sorted().joined(separator: ",") + "}"
        #expect(String(decoding: problem.body, as: UTF8.self) == expected)
    }

    @Test(arguments: rows)
    func `Title and detail are text for people`(row: Row) {
        #expect(!row.problem.title.isEmpty && !row.problem.title.hasSuffix("."))
        #expect(row.problem.title.utf8.count <= 60)
        #expect(!row.problem.detail.isEmpty)
    }

    @Test
    func `Texts with quotes and control characters stay JSON`() throws {
        let body = Problem.badRequest(detail: "a \"b\"\n\u{1}/é").body
        let text = String(decoding: body, as: UTF8.self)
        #expect(text.contains(#""detail":"a \"b\"\n\u0001/é""#))
    }

    @Test
    func `A long list of gaps is cut, and says how long it is`() {
        let missing = (Int64(0)..<250).map { $0 * 2..<$0 * 2 + 1 }
        let body = Problem.gaps(missing: missing, missingSequences: []).body
        let text = String(decoding: body, as: UTF8.self)
        #expect(text.contains(#""missingCount":250"#))
        #expect(text.split(separator: #""start""#).count == 1 + Problem.rangesShownMax)
    }

    /// Splits at the commas between members of the object itself.
    private static func split(_ members: String) -> [String] {
        var parts: [String] = []
        var part = ""
        var depth = 0
        for character in members {
            if "[{".contains(character) { depth += 1 }
            if "]}".contains(character) { depth -= 1 }
            if character == ",", depth == 0 {
                parts.append(part)
                part = ""
            } else {
                part.append(character)
            }
        }
        return part.isEmpty ? parts : parts + [part]
    }
}
