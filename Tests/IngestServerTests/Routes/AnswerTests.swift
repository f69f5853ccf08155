import Foundation
import HTTP1
import Testing
import Transport
import Wire

@testable import IngestServer

@Suite("Answers")
struct AnswerTests {
    @Test(
        "A body that cannot be read is answered as HTTP says",
        arguments: [
            (.tooLarge(limitBytes: 9), 413), (.timedOut, 408), (.disconnected, 499),
            (.malformed(.malformed("no CRLF", offset: 3)), 400),
            (.malformed(.headTooLarge(limitBytes: 9)), 431),
        ] as [(BodyError, Int)])
    func bodies(error: BodyError, status: Int) {
        #expect(Outcome(error).status == status)
    }

    @Test("A problem without a type of its own is still one of RFC 9457")
    func plain() throws {
        let answer = Answer.problem(408, "Request Timeout", "Send it again.")
        #expect(answer.fields.first?.1 == "application/problem+json")
        let members = try JSONSerialization.jsonObject(with: Data(answer.body))
        let problem = try #require(members as? [String: Any])
        #expect(problem["type"] as? String == "about:blank")
        #expect(problem["status"] as? Int == 408)
        #expect(problem["detail"] as? String == "Send it again.")
    }

    @Test("A problem carries its fields")
    func retryAfter() {
        let answer = Answer.problem(.overloaded(retryAfterSeconds: 3, detail: "Later."))
        #expect(answer.status == 503)
        #expect(answer.fields.contains { $0 == ("Retry-After", "3") })
    }

    @Test(
        "What counts as JSON",
        arguments: [
            ("application/json", true), ("Application/JSON; charset=utf-8", true),
            ("application/json;charset=utf-8", true), ("application/vnd.x+json", true),
            ("text/json", false), ("text/plain", false), ("", false), ("application/jsonx", false),
        ])
    func json(type: String, isJSON: Bool) {
        #expect(JSONBody.isJSON(type) == isJSON)
    }

    @Test("A JSON body needs a length, a type, and no coding")
    func jsonHead() {
        func problem(_ fields: [(String, String)], _ framing: BodyFraming) -> Problem? {
            let head = RequestHead(
                method: "PUT", path: "/", fields: Fields(fields), framing: framing)
            do throws(Problem) { try JSONBody.check(head) } catch { return error }
            return nil
        }
        let type = ("Content-Type", "application/json")
        #expect(problem([type], .length(2)) == nil)
        #expect(problem([type], .chunked) == nil)
        #expect(problem([type], .none) == .lengthRequired)
        #expect(problem([], .length(2)) == .unsupportedMediaType)
        #expect(problem([type, ("Content-Encoding", "br")], .length(2)) == .unsupportedMediaType)
    }
}
