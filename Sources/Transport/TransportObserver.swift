/// What the transport tells metrics. Calls come from every loop's thread and must not block.
package protocol TransportObserver: Sendable {
    func connectionOpened()
    func connectionClosed()
    /// A handshake of this version, "TLSv1.3" say, was completed.
    func secured(_ version: String, isResumed: Bool)
    /// The transport answered or closed by itself: a malformed head, a timeout, a limit.
    /// `status` is the answer's, or 0 where the connection was closed without one.
    func refused(status: Int, _ reason: Refused)
    /// `count` bytes of a body were received (after the chunked coding is taken off).
    func bodyBytes(_ count: Int)
}
