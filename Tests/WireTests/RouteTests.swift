import Recordings
import Testing
import Wire

private let text = "0190f5fe-7c3a-7abc-9def-0123456789ab"
private let id = RecordingID(high: 0x0190_f5fe_7c3a_7abc, low: 0x9def_0123_4567_89ab)

struct RouteTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let method: String
        let target: String
        let result: Result<Route, Problem>

        init(_ request: String, _ route: Route) {
            self.init(request, .success(route))
        }

        init(_ request: String, problem: Problem) {
            self.init(request, .failure(problem))
        }

        /// `ID` in the request stands for the recording's id.
        private init(_ request: String, _ result: Result<Route, Problem>) {
            let parts = request.replacing("ID", with: text).split(separator: " ")
            method = String(parts[0])
            target = String(parts[1])
            self.result = result
        }

        var testDescription: String { "\(method) \(target)" }
    }

    static let found: [Row] = [
        Row("PUT /recordings/ID", .createRecording(id)),
        Row("GET /recordings/ID", .recording(id)),
        Row("HEAD /recordings/ID", .recording(id)),
        Row("DELETE /recordings/ID", .delete(id)),
        Row("POST /recordings", .createAnonymous),
        Row("GET /recordings", .list(ListQuery())),
        Row("PUT /recordings/ID/chunks/0", .chunk(id, offset: 0)),
        Row("PUT /recordings/ID/chunks/65536", .chunk(id, offset: 65536)),
        Row("PUT /recordings/ID/chunks/9223372036854775807", .chunk(id, offset: .max)),
        Row("PUT /recordings/ID/chunks/0?whatever=%zz", .chunk(id, offset: 0)),
        Row("POST /recordings/ID/chunks", .chunkAnonymousOffset(id)),
        Row("POST /recordings/ID/finalize", .finalize(id)),
        Row("GET /recordings/ID/status", .status(id)),
        Row("HEAD /recordings/ID/status", .status(id)),
        Row("GET /recordings/ID/media", .media(id, asReceived: false)),
        Row("HEAD /recordings/ID/media?as=received", .media(id, asReceived: true)),
        Row("GET /recordings/ID/media?x=1&as=%72eceived", .media(id, asReceived: true)),
        Row("POST /recordings/ID/links", .link(id)),
        Row("GET /recordings/ID/waveform", .waveform(id, nil)),
        Row("HEAD /recordings/ID/waveform?format=svg", .waveform(id, .svg)),
        Row("GET /recordings/ID/waveform?format=json", .waveform(id, .json)),
        Row("GET /recordings/ID/waveform.svg?format=json", .waveform(id, .svg)),
        Row("GET /recordings/ID/waveform.json", .waveform(id, .json)),
        Row("POST /telemetry", .telemetry),
        Row("GET /metrics", .metrics),
        Row("GET /healthz", .health),
        Row("HEAD /readyz", .ready),
        // Percent-encoded letters are the letters (RFC 3986 6.2.2.2).
        Row("GET /%72ecordings/%30190f5fe-7c3a-7abc-9def-0123456789ab/status", .status(id)),
        Row("GET /recordings?limit=1", .list(ListQuery(limit: 1))),
        Row("GET /recordings?limit=1000&&", .list(ListQuery(limit: 1000))),
        Row(
            "GET /recordings?state=finalized&after=ID&limit=5",
            .list(ListQuery(state: .finalized, after: id, limit: 5))),
        Row("GET /recordings?unknown=1", .list(ListQuery())),
    ]

    static let unknown: [String] = [
        "GET /", "GET *", "GET /x", "GET /recordings/", "PUT /recordings//chunks/0x",
        "GET //recordings", "GET /recordings/ID/", "GET /recordings/ID/other",
        "PUT /recordings/ID/chunks/", "PUT /recordings/ID/chunks/0/", "GET /metrics/",
        "PUT /recordings/ID/finalize/0", "GET /Recordings", "GET /recordings/.",
        "GET /recordings/..", "GET /recordings/%2e%2e", "GET /recordings/ID%2Fstatus",
        "GET /recordings/ID%00/status", "GET /recordings/../metrics",
        "GET /recordings/0190F5FE-7C3A-7ABC-9DEF-0123456789AB",
        "GET /recordings/1/media", "HEAD /recordings/ID./status",
    ]

    static let refused: [Row] =
        [
            Row("POST /recordings/ID", problem: allow("GET", "HEAD", "PUT", "DELETE")),
            Row("PATCH /recordings/ID", problem: allow("GET", "HEAD", "PUT", "DELETE")),
            Row("PUT /recordings", problem: allow("GET", "HEAD", "POST")),
            Row("GET /recordings/ID/chunks/0", problem: allow("PUT")),
            Row("PUT /recordings/ID/chunks", problem: allow("POST")),
            Row("GET /recordings/ID/finalize", problem: allow("POST")),
            Row("DELETE /recordings/ID/media", problem: allow("GET", "HEAD")),
            Row("POST /metrics", problem: allow("GET", "HEAD")),
            Row("get /metrics", problem: allow("GET", "HEAD")),
            Row("OPTIONS /readyz", problem: allow("GET", "HEAD")),
        ]
        + [
            "GET /%", "GET /%2", "GET /%zz", "GET /recordings/%ff", "PUT /recordings/1",
            "DELETE /recordings/..", "PUT /recordings/0190F5FE-7C3A-7ABC-9DEF-0123456789AB",
            "POST /recordings/x/finalize", "PUT /recordings/ID/chunks/-1",
            "PUT /recordings/ID/chunks/+1", "PUT /recordings/ID/chunks/007",
            "PUT /recordings/ID/chunks/1.0", "PUT /recordings/ID/chunks/9223372036854775808",
            "PUT /recordings/ID/chunks/%D9%A1", "PUT /recordings/ID/chunks/..",
            "GET /recordings?limit=0", "GET /recordings?limit=1001", "GET /recordings?limit=-1",
            "GET /recordings?limit=x", "GET /recordings?limit=", "GET /recordings?state=new",
            "GET /recordings?after=1", "GET /recordings?limit=%3",
            "GET /recordings?limit=1&limit=1",
            "GET /recordings/ID/waveform?format=png", "GET /recordings/ID/media?as=sent",
            "GET /recordings/ID/media?as",
        ].map { Row($0, problem: .badRequest(detail: "")) }

    private static func allow(_ methods: String...) -> Problem {
        .methodNotAllowed(allow: methods)
    }

    @Test(arguments: found + unknown.map { Row($0, problem: .notFound) } + refused)
    func `Reads method and target`(row: Row) {
        let parts = row.target.split(separator: "?", maxSplits: 1).map(String.init)
        let result = Result { () throws(Problem) in
            try Route.parse(
                method: row.method, path: parts[0], query: parts.count > 1 ? parts[1] : nil)
        }
        #expect(result.mapError(\.withoutDetail) == row.result)
    }

    @Test
    func `Names of routes differ`() {
        let names = Set(Self.found.compactMap { try? $0.result.get().name })
        #expect(names.count == 16)
    }

    @Test
    func `A route about a recording says which`() throws {
        for row in Self.found {
            let route = try row.result.get()
            let isAboutOne = row.target.contains("0190f5fe") || row.target.contains("%30190")
            if case .list = route { continue }
            #expect(route.recordingID == (isAboutOne ? id : nil))
        }
    }
}

extension Problem {
    fileprivate var withoutDetail: Problem {
        guard case .badRequest(let detail) = self else { return self }
        #expect(detail.hasSuffix("."))
        return .badRequest(detail: "")
    }
}
