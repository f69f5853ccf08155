import HTTP1
import TestKit

extension RequestRow {
    /// The meaning of what a parser says.
    static func meaning(of bytes: [UInt8], limits: HTTPLimits = HTTPLimits()) -> String {
        var parser = HeadParser(limits: limits)
        do throws(HTTPError) {
            guard let (head, consumed) = try parser.parse(bytes.span) else { return "more" }
            let rest = bytes.count - consumed
            return meaning(of: head) + (rest == 0 ? "" : " +\(rest)")
        } catch {
            return String(error.status)
        }
    }

    static func meaning(of head: RequestHead) -> String {
        let body =
            switch head.framing {
            case .none: "none"
            case .length(let count): String(count)
            case .chunked: "chunked"
            }
        return [
            head.method, head.path + (head.query.map { "?" + $0 } ?? ""),
            head.authority.isEmpty ? "-" : head.authority,
            head.version == .http10 ? "1.0" : "1.1", body, head.keepsAlive ? "keep" : "close",
            head.expectsContinue ? "continue" : nil, head.namesHTTPS ? "https" : nil,
        ].compactMap { $0 }.joined(separator: " ")
    }
}
