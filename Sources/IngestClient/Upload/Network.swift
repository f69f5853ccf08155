package import Foundation

/// The way to a server: the seam where tests answer themselves.
package protocol Network: Sendable {
    /// Sends one request and returns the answer, whatever its status.
    func exchange(_ request: NetworkRequest) async throws(NetworkError) -> NetworkAnswer
}

package struct NetworkRequest: Sendable {
    package var method: String
    package var url: URL
    package var fields: [(name: String, value: String)] = []
    package var body: Data?

    package init(
        _ method: String, _ url: URL, fields: [(name: String, value: String)] = [],
        body: Data? = nil
    ) {
        self.method = method
        self.url = url
        self.fields = fields
        self.body = body
    }
}

package struct NetworkAnswer: Sendable {
    package let status: Int
    /// In seconds, as the server asked; only whole seconds are understood (RFC 9110 10.2.3).
    package let retryAfter: Duration?
    /// `Recording-Prefix`, which only a Holdfast server sends.
    package let recordingPrefix: Int64?
    package let body: Data

    package init(
        status: Int, retryAfter: Duration? = nil, recordingPrefix: Int64? = nil,
        body: Data = Data()
    ) {
        self.status = status
        self.retryAfter = retryAfter
        self.recordingPrefix = recordingPrefix
        self.body = body
    }
}

/// No answer came: not connected, cut off, or too late.
package struct NetworkError: Error, Sendable, Equatable {
    package let reason: String

    package init(_ reason: String) { self.reason = reason }
}
