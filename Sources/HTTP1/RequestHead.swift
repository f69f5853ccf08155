/// The version of a request (RFC 9112 §2.3). A minor version above 1 is read as 1.1.
package enum HTTPVersion: Sendable, Equatable {
    /// HTTP/1.0: closes after the answer unless both sides say otherwise.
    case http10
    /// HTTP/1.1.
    case http11
}

/// Where a request's body ends (RFC 9112 §6.3).
package enum BodyFraming: Sendable, Equatable {
    /// There is no body, and no field says how long it is.
    case none
    /// `Content-Length`; may be 0.
    case length(Int64)
    /// `Transfer-Encoding: chunked`: read it through `ChunkedDecoder`.
    case chunked
}

/// A request's head, checked: whoever holds one need not doubt its framing.
package struct RequestHead: Sendable, Equatable {
    /// Case-sensitive, as sent (RFC 9110 §9.1).
    package var method: String
    /// Percent-encoded as sent; begins with "/", or is "*" (RFC 9112 §3.2).
    package var path: String
    /// What followed the first "?", percent-encoded as sent; nil without a "?".
    package var query: String?
    /// Host and port the request names: of an absolute target, else of `Host` (RFC 9112 §3.3).
    package var authority: String
    /// The target is an absolute URI of the scheme https, which may be answered only over a
    /// connection that is secured (RFC 9110 §7.4).
    package var namesHTTPS: Bool
    /// The protocol's version.
    package var version: HTTPVersion
    /// All fields, in the order they came.
    package var fields: Fields
    /// How the body's end is found.
    package var framing: BodyFraming
    /// The client waits for `100 Continue` before it sends the body (RFC 9110 §10.1.1).
    package var expectsContinue: Bool
    /// The connection may serve another request after this one (RFC 9112 §9.3).
    package var keepsAlive: Bool

    /// A head from its parts; the parser makes them, tests may.
    package init(
        method: String, path: String, query: String? = nil, authority: String = "",
        namesHTTPS: Bool = false, version: HTTPVersion = .http11, fields: Fields = Fields(),
        framing: BodyFraming = .none,
        expectsContinue: Bool = false, keepsAlive: Bool = true
    ) {
        self.method = method
        self.path = path
        self.query = query
        self.authority = authority
        self.namesHTTPS = namesHTTPS
        self.version = version
        self.fields = fields
        self.framing = framing
        self.expectsContinue = expectsContinue
        self.keepsAlive = keepsAlive
    }
}
