internal import HTTP1

/// The transport's own answers: to what is no request, or comes at the wrong time.
enum Refusal {
    /// A whole response in the form of RFC 9457, after which the connection is closed.
    static func bytes(
        _ status: Int, _ reason: String, retryAfterSeconds: Int? = nil, date: String
    ) -> [UInt8] {
        let body = Array(
            #"{"type":"about:blank","status":\#(status),"detail":"\#(escaped(reason))"}"#.utf8)
        var fields = Fields([("Content-Type", "application/problem+json")])
        if let retryAfterSeconds { fields.append("Retry-After", String(retryAfterSeconds)) }
        let head = ResponseHead(status: status, fields: fields)
            .bytes(contentLength: Int64(body.count), keepsAlive: false, date: date)
        return head + body
    }

    /// As the inside of a JSON string (RFC 8259 §7).
    private static func escaped(_ text: String) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": escaped += "\\\(scalar)"
            case "\u{0}"..<" ": escaped += " "
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }
}
