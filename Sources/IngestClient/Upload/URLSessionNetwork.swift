internal import Foundation
internal import Wire

#if canImport(FoundationNetworking)
    internal import FoundationNetworking
#endif

/// Foundation's HTTP client, as an app on any system has it.
package struct URLSessionNetwork: Network {
    private let timeoutSeconds: Double

    /// - Parameter timeoutSeconds: a request without progress for so long has failed.
    package init(timeoutSeconds: Double = 60) { self.timeoutSeconds = timeoutSeconds }

    package func exchange(_ request: NetworkRequest) async throws(NetworkError) -> NetworkAnswer {
        // A session a request: on Linux a session keeps connections that broke, and hands them
        // out again. A connection is cheap beside a chunk (7.0 s for a GiB in MiBs, 6.8 s kept).
        let configuration = URLSessionConfiguration.ephemeral
        configuration.timeoutIntervalForRequest = timeoutSeconds
        configuration.urlCache = nil
        let session = URLSession(configuration: configuration)
        defer { session.finishTasksAndInvalidate() }
        let outcome = await withCheckedContinuation { continuation in
            let finished: @Sendable (Data?, URLResponse?, (any Error)?) -> Void = {
                continuation.resume(returning: Self.outcome($0, $1, $2))
            }
            // Not `data(for:)`: on Linux its cancellation waits for the session's queue with the
            // task's lock held, while that queue waits for the lock to hand over an answer. A
            // request that nobody wants any more ends by itself, at the latest by its timeout.
            let task =
                if let body = request.body {
                    session.uploadTask(
                        with: urlRequest(request), from: body, completionHandler: finished)
                } else {
                    session.dataTask(with: urlRequest(request), completionHandler: finished)
                }
            task.resume()
        }
        return try outcome.get()
    }

    private static func outcome(
        _ body: Data?, _ response: URLResponse?, _ error: (any Error)?
    ) -> Result<NetworkAnswer, NetworkError> {
        if let error { return .failure(NetworkError(error.localizedDescription)) }
        guard let http = response as? HTTPURLResponse else {
            return .failure(NetworkError("no answer of HTTP"))
        }
        let retryAfter = http.value(forHTTPHeaderField: Names.retryAfter).flatMap { Int($0) }
        return .success(
            NetworkAnswer(
                status: http.statusCode, retryAfter: retryAfter.map { .seconds(max(0, $0)) },
                recordingPrefix: http.value(forHTTPHeaderField: Names.recordingPrefix)
                    .flatMap { Int64($0) }, body: body ?? Data()))
    }

    private func urlRequest(_ request: NetworkRequest) -> URLRequest {
        var urlRequest = URLRequest(url: request.url)
        urlRequest.httpMethod = request.method
        for (name, value) in request.fields {
            urlRequest.setValue(value, forHTTPHeaderField: name)
        }
        return urlRequest
    }
}
