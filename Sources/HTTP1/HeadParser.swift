/// Reads request heads, one after the other, from bytes that may come in any pieces.
package struct HeadParser: Sendable {
    private let limits: HTTPLimits

    /// A parser at the beginning of a connection.
    package init(limits: HTTPLimits = HTTPLimits()) {
        self.limits = limits
    }

    /// Something other than empty lines has come: a request is on its way, and the connection is
    /// not idle.
    package private(set) var hasBegun = false

    /// Reads a head at the start of `bytes`.
    ///
    /// `bytes` holds everything since the end of the message before: after nil, call again with
    /// the same bytes and more behind them. Each byte is looked at once, however they come.
    ///
    /// - Returns: the head and how many bytes it took, or nil if more bytes are needed.
    /// - Throws: the refusal; the parser is of no use afterwards.
    package mutating func parse(
        _ bytes: Span<UInt8>
    ) throws(HTTPError) -> (head: RequestHead, consumedBytes: Int)? {
        nil
    }
}
