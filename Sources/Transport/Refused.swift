/// Why the transport answered or closed by itself; the raw value is what metrics call it.
package enum Refused: String, Sendable, CaseIterable {
    /// What came is no request, or could be read in two ways, or is beyond a limit.
    case malformed
    /// An https target over plain HTTP.
    case misdirected
    /// Plain HTTP where TLS is spoken.
    case plain
    case tlsHandshake = "tls_handshake"
    case tlsTimeout = "tls_timeout"
    case headTimeout = "head_timeout"
    /// Slower than the least rate, or in the way of others.
    case bodyTimeout = "body_timeout"
    /// The peer took nothing of its answer.
    case writeTimeout = "write_timeout"
    case connections
    case connectionsPerAddress = "connections_per_address"
    /// No descriptor is left: accepting pauses.
    case descriptors
    /// The kernel watches no more descriptors.
    case watches
}
