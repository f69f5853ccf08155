internal import Foundation
internal import Wire

/// Requests about one recording, sent again until the server has really answered.
struct Requests: Sendable {
    let options: SendOptions
    let id: String
    let network: any Network
    /// A random number in 0..<1.
    let random: @Sendable () -> Double
    let report: @Sendable (SendEvent) -> Void

    /// `…/recordings/{id}` and what follows it.
    func url(_ rest: String = "", query: String? = nil) -> URL {
        let url = options.server.appending(path: "recordings/\(id)\(rest)")
        guard let query else { return url }
        return url.appending(queryItems: [URLQueryItem(name: query, value: nil)])
    }

    /// A request with a JSON document.
    func json(_ method: String, _ url: URL, _ document: some Encodable) -> NetworkRequest {
        NetworkRequest(
            method, url, fields: [(Names.contentType, DocumentTypes.json)],
            body: Data(WireJSON.encode(document)))
    }

    /// The first answer that does not ask to come again: 2xx, or a problem.
    func answer(_ request: NetworkRequest) async throws(SendError) -> Reply {
        var attempt = 0
        while true {
            attempt += 1
            let reason: String
            var retryAfter: Duration?
            do throws(NetworkError) {
                let answer = try await network.exchange(request)
                if (200..<300).contains(answer.status) { return .success(answer.body) }
                let problem = RemoteProblem(answer)
                if problem.isFinal { return .problem(problem) }
                if problem.name == "too-far-ahead" {
                    // The gap is filled by chunks that are on their way: this counts as no try.
                    attempt -= 1
                }
                reason = problem.description
                retryAfter = answer.retryAfter
            } catch {
                reason = error.reason
            }
            guard attempt < options.retries.attemptsMax, !Task.isCancelled else {
                throw .gaveUp(attempts: attempt, reason: reason)
            }
            let delay = options.retries.delay(
                afterAttempt: attempt, fraction: random(), retryAfter: retryAfter)
            report(.retrying(attempt: attempt, reason: reason, after: delay))
            // Cancelled while waiting: the check above ends it after one more try.
            try? await Task.sleep(for: delay)
        }
    }

    /// Like `answer`, where every problem is the end.
    func success(_ request: NetworkRequest) async throws(SendError) -> Data {
        switch try await answer(request) {
        case .success(let body): return body
        case .problem(let problem): throw problem.refusal
        }
    }

    enum Reply: Sendable {
        case success(Data)
        case problem(RemoteProblem)
    }
}

/// A problem as the server told it (RFC 9457), or what can be made of any other answer.
struct RemoteProblem: Sendable, CustomStringConvertible {
    let status: Int
    /// `chunk-conflict`, say; empty if the answer came from something that speaks otherwise.
    let name: String
    let detail: String

    init(_ answer: NetworkAnswer) {
        status = answer.status
        // Whatever is no problem document, a proxy's page say, has only its status.
        let document = try? JSONDecoder().decode(Document.self, from: answer.body)
        name = document?.type?.split(separator: "/").last.map(String.init) ?? ""
        detail = document?.detail ?? document?.title ?? "an answer without an explanation"
    }

    /// Sending the same request again cannot help.
    var isFinal: Bool {
        switch status {
        case 408, 425, 429: false
        case 501, 505: true
        case 500...: false
        // Damaged on the way; the next try will be better.
        default: name != "digest-mismatch" && name != "too-far-ahead"
        }
    }

    var refusal: SendError { .refused(status: status, problem: name, detail: detail) }

    var description: String { "\(detail) (\(status) \(name))" }

    private struct Document: Decodable {
        let type: String?
        let title: String?
        let detail: String?
    }
}
