internal import Foundation
internal import Wire

/// Requests about one recording, sent again until the server has really answered.
struct Requests: Sendable {
    let options: SendOptions
    let id: String
    /// What the recording is created with and reached by.
    let token: String?
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

    /// The creation: it shows the application's key.
    func creation(_ creation: Creation) -> NetworkRequest {
        var request = json("PUT", url(), creation)
        if let key = options.applicationKey {
            request.fields.append((Names.applicationKey, key))
        }
        return request
    }

    /// The first answer that does not ask to come again: 2xx, or a problem.
    func answer(_ request: NetworkRequest) async throws(SendError) -> Reply {
        var request = request
        if let token { request.fields.append((Names.authorization, "Bearer \(token)")) }
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
        case .problem(let problem) where problem.isOfAccess:
            throw .refused(
                status: problem.status, problem: problem.name,
                detail: problem.explainAccess(creating: request.url == url()))
        case .problem(let problem): throw problem.refusal
        }
    }

    enum Reply: Sendable {
        case success(Data)
        case problem(RemoteProblem)
    }
}
