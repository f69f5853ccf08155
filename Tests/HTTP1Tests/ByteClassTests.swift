import HTTP1
import TestKit
import Testing

/// Each of the 256 bytes in each place of a head.
@Suite("Every byte")
struct ByteClassTests {
    private static let letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
    private static let subDelims = "!$&'()*+,;="

    /// What stands around the byte, and which bytes may stand there.
    static let places: [(before: String, after: String, allowed: Set<UInt8>)] = [
        // RFC 9110 §5.6.2; a space ends the method early and leaves an odd target.
        ("G", "T / HTTP/1.1\r\nHost: a\r\n\r\n", Set((letters + "!#$%&'*+-.^_`|~").utf8)),
        (
            "GET / HTTP/1.1\r\nHost: a\r\nX", "Y: z\r\n\r\n",
            Set((letters + ":!#$%&'*+-.^_`|~").utf8)
        ),
        // RFC 9110 §5.5.
        (
            "GET / HTTP/1.1\r\nHost: a\r\nX: y", "z\r\n\r\n",
            Set(0x20...0x7E).union(0x80...0xFF).union([0x09])
        ),
        // RFC 3986 §3.3, §3.4; "%" is followed by two digits here.
        (
            "GET /a", "20 HTTP/1.1\r\nHost: a\r\n\r\n",
            Set((letters + subDelims + "-._~%:@/?").utf8)
        ),
        (
            "GET /?a", "20 HTTP/1.1\r\nHost: a\r\n\r\n",
            Set((letters + subDelims + "-._~%:@/?").utf8)
        ),
        // RFC 3986 §3.2.2; ":" begins the port.
        (
            "GET / HTTP/1.1\r\nHost: a", "20\r\n\r\n",
            Set((letters + subDelims + "-._~%:").utf8)
        ),
    ]

    @Test("stands only where it may", arguments: places)
    func check(place: (before: String, after: String, allowed: Set<UInt8>)) {
        var wrong: [UInt8] = []
        for byte in UInt8.min...UInt8.max {
            let bytes = Array(place.before.utf8) + [byte] + Array(place.after.utf8)
            let isAllowed = RequestRow.meaning(of: bytes) != "400"
            if isAllowed != place.allowed.contains(byte) { wrong.append(byte) }
        }
        #expect(wrong.isEmpty)
    }
}
