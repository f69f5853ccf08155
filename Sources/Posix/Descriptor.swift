internal import Glibc

/// A file descriptor with one owner, closed when the owner goes.
package struct Descriptor: ~Copyable, Sendable {
    package let raw: Int32

    package init(owning raw: Int32) {
        precondition(raw >= 0, "a descriptor is zero or more")
        self.raw = raw
    }

    deinit { _ = close(raw) }

    /// Gives the number away: whoever takes it closes it.
    package consuming func release() -> Int32 {
        let raw = raw
        discard self
        return raw
    }
}
