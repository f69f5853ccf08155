internal import CLinux
internal import Glibc

/// Where a peer is, as far as limits go: an IPv4 address, or the /64 of an IPv6 one, which a
/// single host may have all to itself.
struct PeerAddress: Hashable, Sendable {
    private let family: UInt16
    private let bits: UInt64

    /// Of an accepted socket: see accept(2).
    init(_ storage: sockaddr_storage) {
        family = storage.ss_family
        bits = withUnsafeBytes(of: storage) { bytes in
            switch Int32(storage.ss_family) {
            // sin_addr, and the first half of sin6_addr, in network order.
            case AF_INET: UInt64(bytes.loadUnaligned(fromByteOffset: 4, as: UInt32.self))
            case AF_INET6: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self)
            default: 0
            }
        }
    }
}
