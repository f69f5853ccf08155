internal import Wire

/// A whole response: what every route but the media's returns.
struct Answer: Sendable {
    let status: Int
    var fields: [(String, String)]
    let body: [UInt8]

    init(_ status: Int, _ fields: [(String, String)] = [], _ body: [UInt8] = []) {
        self.status = status
        self.fields = fields
        self.body = body
    }

    /// `value` as JSON, never cached: it tells how things stand now.
    static func json(
        _ status: Int, _ value: some Encodable, _ fields: [(String, String)] = []
    ) -> Answer {
        let common = [
            (Names.contentType, DocumentTypes.json), (Names.cacheControl, "no-store"),
        ]
        return Answer(status, common + fields, WireJSON.encode(value))
    }

    static func text(_ status: Int, _ text: String, type: String) -> Answer {
        Answer(
            status, [(Names.contentType, type), (Names.cacheControl, "no-store")],
            Array(text.utf8))
    }

    /// RFC 9457, with the fields that let a client go on.
    static func problem(_ problem: Problem) -> Answer {
        Answer(problem.status, problemFields + problem.fields, problem.body)
    }

    /// A problem that is HTTP's own, for which PROTOCOL.md has no type (RFC 9457 §4.2.1).
    static func problem(_ status: Int, _ title: String, _ detail: String) -> Answer {
        let body = PlainProblem(
            type: "about:blank", title: title, status: status, detail: detail)
        var answer = json(status, body)
        answer.fields = problemFields
        return answer
    }

    private static let problemFields = [
        (Names.contentType, DocumentTypes.problem), (Names.cacheControl, "no-store"),
    ]

    private struct PlainProblem: Encodable {
        let type: String
        let title: String
        let status: Int
        let detail: String
    }
}
