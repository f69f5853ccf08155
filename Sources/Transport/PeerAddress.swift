internal import CLinux
internal import Glibc

/// Where a peer is, as far as limits go: an IPv4 address, or the /64 of an IPv6 one, which a
/// single host may have all to itself.
struct PeerAddress: Hashable, Sendable {
    private let family: Int32
    private let bits: UInt64

    /// Of an accepted socket: see accept(2).
    init(_ storage: sockaddr_storage) {
        (family, bits) = withUnsafeBytes(of: storage) { bytes in
            func word(_ offset: Int) -> UInt32 {
                UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
            }
            switch Int32(storage.ss_family) {
            // sin_addr.
            case AF_INET: return (AF_INET, UInt64(word(4)))
            // sin6_addr: an IPv4 address that came to a socket of both (RFC 4291 section
            // 2.5.5.2), or the network.
            case AF_INET6 where word(8) == 0 && word(12) == 0 && word(16) == 0xFFFF:
                return (AF_INET, UInt64(word(20)))
            case AF_INET6: return (AF_INET6, UInt64(word(8)) << 32 | UInt64(word(12)))
            case let other: return (other, 0)
            }
        }
    }
}
