/// What a peer may make this side hold or look at before it is refused.
package struct HTTPLimits: Sendable, Equatable {
    /// Bytes of a whole request head, empty lines before it included; more is 431.
    package var headBytesMax = 16 * 1024
    /// Bytes of the request target; more is 414 (RFC 9112 §3).
    package var targetBytesMax = 8 * 1024
    /// Bytes of the method; more is 501 (RFC 9112 §3).
    package var methodBytesMax = 32
    /// Field lines in a head; more is 431 (RFC 6585 §5).
    package var fieldCountMax = 100
    /// Bytes of one chunk's first line without its CRLF: digits and extensions (RFC 9112 §7.1.1).
    package var chunkLineBytesMax = 256
    /// Bytes of chunk extensions and leading zeros in a whole body.
    package var chunkExtrasBytesMax = 16 * 1024
    /// Bytes of a whole trailer section; more is 431.
    package var trailerBytesMax = 8 * 1024

    /// The greatest length that a field or a chunk may name, below 2^60: no sum with an offset
    /// overflows. More is 413.
    package static let lengthMax: Int64 = (1 << 60) - 1

    /// The limits that a server starts with.
    package init() {}
}
