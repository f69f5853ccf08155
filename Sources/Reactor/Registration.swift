internal import Posix

/// What a wait came to.
package enum Readiness: Sendable, Equatable {
    /// Try the system call again; it also says if the peer is gone.
    case ready
    /// The deadline passed first.
    case timedOut
    /// The registration was cancelled: give it up.
    case closed
}

/// Who waits for a descriptor without a task: an idle connection costs no more than itself.
package protocol ReadinessHandler: AnyObject {
    /// The wait is over. Called once for each `EventLoop.whenReadable`, on the loop's thread.
    func became(_ readiness: Readiness)
}

/// A descriptor that a loop watches, or a timer when it has none. At most one task or handler
/// waits on it at a time.
// SAFETY: everything but `loop` and `key` is touched only on the loop's thread.
package final class Registration: @unchecked Sendable {
    enum Interest { case read, write }

    /// Where it lies in the loop's table, and which life of that place this is: what epoll
    /// hands back, so that an event for an earlier descriptor is recognized.
    let key: UInt64
    private var owned: Descriptor?

    enum Waiter {
        case task(LoopContinuation<Readiness>)
        case handler(any ReadinessHandler)
    }

    var waiter: Waiter?
    var interest = Interest.read
    var deadline = Moment.never
    /// When the heap will look at it: never later than `deadline` while somebody waits.
    var scheduled = Moment.never
    var heapIndex = -1

    private var isReadable = false
    private var isWritable = false
    private var isHungUp = false
    private var isBroken = false
    var isCancelled = false

    init(key: UInt64, owning descriptor: consuming Descriptor?) {
        self.key = key
        owned = consume descriptor
    }

    /// The descriptor; -1 for a timer, and after close.
    package var raw: Int32 {
        switch owned {
        case .some(let descriptor): descriptor.raw
        case .none: -1
        }
    }

    /// Closes the descriptor, which also takes it out of epoll.
    func closeDescriptor() { owned = nil }

    /// Notes what epoll reported.
    func note(readable: Bool, writable: Bool, hungUp: Bool, broken: Bool) {
        if readable { isReadable = true }
        if writable { isWritable = true }
        if hungUp { isHungUp = true }
        if broken { isBroken = true }
    }

    /// Whether the call is worth trying; forgets the edge. A peer that is gone stays ready: no
    /// further edge tells of it.
    func take(_ interest: Interest) -> Bool {
        switch interest {
        case .read:
            defer { isReadable = false }
            return isReadable || isHungUp || isBroken
        case .write:
            defer { isWritable = false }
            return isWritable || isBroken
        }
    }
}
