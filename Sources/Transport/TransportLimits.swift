package import HTTP1

/// What one connection, and all of them together, may take. Every limit is enforced.
package struct TransportLimits: Sendable {
    /// Connections open at once over all loops; those beyond are answered 503.
    package var connectionsMax = 10_000
    /// Those of one address (IPv6: of one /64); those beyond are answered 503.
    package var connectionsPerAddressMax = 8_000
    /// From accept to the end of the handshake of TLS.
    package var tlsHandshakeTimeout: Duration = .seconds(10)
    /// From the first byte of a head (for a new connection: from accept, or the end of the
    /// handshake) to its last.
    package var headTimeout: Duration = .seconds(10)
    /// A connection without a request in flight is closed after this, and a body in which
    /// nothing at all comes for as long.
    package var idleTimeout: Duration = .seconds(60)
    /// The least average rate of a body, in bytes per second, once `bodyGrace` is over.
    package var bodyBytesPerSecondMin = 1024
    /// A body may be slower than the least rate for this long.
    package var bodyGrace: Duration = .seconds(10)
    /// A write that makes no progress for this long ends its connection.
    package var writeTimeout: Duration = .seconds(30)
    /// After an answer to a request that was not read whole, at most this much is read and
    /// thrown away, so that the client sees the answer.
    package var lingerBytesMax = 1 << 20
    /// The same, as a time.
    package var lingerTime: Duration = .seconds(2)
    /// Memory for bodies over all loops, in bytes. A body that finds no room waits for its
    /// turn, in order of arrival; meanwhile those that have room must be whole within
    /// `bodyGrace`.
    package var bodyBytesInFlightMax = 256 << 20
    /// Limits on heads and chunk lines.
    package var http = HTTPLimits()

    package init() {}
}
