internal import Foundation

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
        // out again; a request is a chunk of some hundred kilobytes, so a connection is cheap.
        let configuration = URLSessionConfiguration.ephemeral
        configuration.timeoutIntervalForRequest = timeoutSeconds
        configuration.urlCache = nil
        let session = URLSession(configuration: configuration)
        defer { session.finishTasksAndInvalidate() }
        do {
            let (body, response) = try await session.data(for: urlRequest(request))
            guard let http = response as? HTTPURLResponse else {
                throw NetworkError("no answer of HTTP")
            }
            let retryAfter = http.value(forHTTPHeaderField: "Retry-After").flatMap { Int($0) }
            return NetworkAnswer(
                status: http.statusCode, retryAfter: retryAfter.map { .seconds(max(0, $0)) },
                body: body)
        } catch let error as NetworkError {
            throw error
        } catch {
            throw NetworkError(error.localizedDescription)
        }
    }

    private func urlRequest(_ request: NetworkRequest) -> URLRequest {
        var urlRequest = URLRequest(url: request.url)
        urlRequest.httpMethod = request.method
        urlRequest.httpBody = request.body
        for (name, value) in request.fields {
            urlRequest.setValue(value, forHTTPHeaderField: name)
        }
        return urlRequest
    }
}
