internal import CLinux
internal import Glibc
internal import Posix

/// What one accept4(2) came to.
enum AcceptOutcome: Equatable {
    case accepted(Int32, PeerAddress)
    /// Nobody waits.
    case none
    /// That one connection is gone already; try the next.
    case aborted
    /// No descriptor or memory is left: pause, so that others can end first.
    case exhausted(errno: Int32)

    static func accept(_ listener: Int32) -> AcceptOutcome {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let raw = withUnsafeMutablePointer(to: &storage) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                holdfast_accept(listener, $0, &length)
            }
        }
        return raw >= 0 ? .accepted(raw, PeerAddress(storage)) : AcceptOutcome(errno: errno)
    }

    init(errno number: Int32) {
        switch number {
        case EAGAIN: self = .none
        case EMFILE, ENFILE, ENOBUFS, ENOMEM: self = .exhausted(errno: number)
        case EBADF, EINVAL, ENOTSOCK: preconditionFailure("not a listening socket")
        // accept(2): Linux passes network errors of the new socket on; treat them like EAGAIN
        // for that connection.
        default: self = .aborted
        }
    }
}
