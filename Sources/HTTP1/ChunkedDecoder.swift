/// Takes the chunked coding off a body (RFC 9112 §7.1), as the bytes come and without keeping any.
package struct ChunkedDecoder: Sendable {
    /// What a call found. `consumed` counts bytes from the start of the input given.
    package enum Step: Sendable, Equatable {
        /// Everything given is used up (`consumed` is the input's count): give what follows.
        case needMore(consumed: Int)
        /// These bytes of the input are content (never empty; they end at `consumed`).
        case data(Range<Int>, consumed: Int)
        /// The body has ended; what lies behind `consumed` is the next request.
        case end(consumed: Int)
    }

    private let limits: HTTPLimits

    /// A decoder at the beginning of a body.
    package init(limits: HTTPLimits = HTTPLimits()) {
        self.limits = limits
    }

    /// Decodes up to the next content, end of body, or end of input.
    ///
    /// Call it again with the input behind `consumed`. Trailer fields are checked and dropped.
    package mutating func next(_ input: Span<UInt8>) throws(HTTPError) -> Step {
        .needMore(consumed: input.count)
    }
}
