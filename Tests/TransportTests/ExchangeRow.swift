import Testing

/// Everything that a client sends on one connection, and everything that comes back.
struct ExchangeRow: Sendable, CustomTestStringConvertible {
    enum Ending: Sendable {
        /// The connection takes another request.
        case lives
        /// The last answer says that it is closed, and it is.
        case closes
        /// The last answer to HTTP/1.0 says that it is kept, and it is.
        case isKept
        /// More is needed for an answer: none comes when the client has no more to send.
        case waits
    }

    enum Reply: Sendable {
        case interim
        case pong
        /// To HEAD.
        case pongHead
        case echo(String)
        /// What the handler says, without anything in it.
        case status(Int)
        /// The status without a body, and so without a length.
        case bodyless(Int)
        /// "/refuse" does not look at the body.
        case no
        /// The transport's own.
        case refused(Int, String)
    }

    /// Of RFC 9112, unless it names another.
    let section: String
    let raw: String
    let replies: [Reply]
    let ending: Ending

    init(_ section: String, _ raw: String, _ replies: [Reply], _ ending: Ending) {
        self.section = section
        self.raw = raw
        self.replies = replies
        self.ending = ending
    }

    var testDescription: String {
        section + ": "
            + raw.replacing("\r", with: "\\r").replacing("\n", with: "\\n").prefix(200)
    }

    /// Letter for letter, all dates alike.
    var answers: String {
        replies.indices.map { index in
            replies[index].text(ending: index == replies.count - 1 ? ending : .lives)
        }.joined()
    }
}

extension ExchangeRow.Reply {
    /// The date of every answer, as tests see it.
    static let date = "Xxx, 00 Xxx 0000 00:00:00 GMT"

    func text(ending: ExchangeRow.Ending) -> String {
        switch self {
        case .interim: "HTTP/1.1 100 Continue\r\n\r\n"
        case .pong: whole(200, "Kind: ball\r\n", "pong", ending)
        case .pongHead: String(whole(200, "Kind: ball\r\n", "pong", ending).dropLast(4))
        case .echo(let text): whole(200, "", text, ending)
        case .status(let status): whole(status, "", "", ending)
        case .bodyless(let status): whole(status, "", nil, ending)
        case .no: whole(409, "", "no", ending)
        case .refused(let status, let reason):
            whole(
                status, "Content-Type: application/problem+json\r\n",
                #"{"type":"about:blank","status":\#(status),"detail":"\#(reason)"}"#, ending)
        }
    }

    private func whole(
        _ status: Int, _ fields: String, _ body: String?, _ ending: ExchangeRow.Ending
    ) -> String {
        let length = body.map { "Content-Length: \($0.utf8.count)\r\n" } ?? ""
        let connection =
            switch ending {
            case .lives, .waits: ""
            case .closes: "Connection: close\r\n"
            case .isKept: "Connection: keep-alive\r\n"
            }
        return "HTTP/1.1 \(status) \(Self.phrases[status] ?? "?")\r\nDate: \(Self.date)\r\n"
            + fields + length + connection + "\r\n" + (body ?? "")
    }

    private static let phrases = [
        200: "OK", 204: "No Content", 304: "Not Modified", 400: "Bad Request", 409: "Conflict",
        413: "Content Too Large", 414: "URI Too Long", 417: "Expectation Failed",
        421: "Misdirected Request", 431: "Request Header Fields Too Large",
        500: "Internal Server Error", 501: "Not Implemented",
        505: "HTTP Version Not Supported",
    ]
}
