internal import CLinux
internal import Glibc
internal import Posix

/// epoll(7), edge-triggered, with an eventfd to wake it.
final class Poller {
    static let wakeKey = UInt64.max
    /// How many events one wait can bring.
    private static let eventsMax = 256

    private let epoll: Descriptor
    private let wakeup: Descriptor
    // SAFETY: owned by this object, used by the loop's thread.
    private let events: UnsafeMutablePointer<epoll_event>

    init() {
        do throws(SystemError) {
            epoll = Descriptor(
                owning: try systemCall("epoll_create1", "") {
                    epoll_create1(Int32(EPOLL_CLOEXEC))
                })
            wakeup = Descriptor(
                owning: try systemCall("eventfd", "") {
                    eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK))
                })
        } catch {
            preconditionFailure("an event loop needs epoll: \(error)")
        }
        events = .allocate(capacity: Self.eventsMax)
        do throws(SystemError) {
            try add(wakeup.raw, key: Self.wakeKey)
        } catch {
            preconditionFailure("an event loop needs its eventfd: \(error)")
        }
    }

    deinit { events.deallocate() }

    /// Watches a descriptor for reading, writing and hanging up, until it is closed.
    func add(_ descriptor: Int32, key: UInt64) throws(SystemError) {
        var event = epoll_event()
        event.events =
            EPOLLIN.rawValue | EPOLLOUT.rawValue | EPOLLRDHUP.rawValue | EPOLLET.rawValue
        event.data.u64 = key
        _ = try systemCall("epoll_ctl", "add") {
            epoll_ctl(epoll.raw, EPOLL_CTL_ADD, descriptor, &event)
        }
    }

    /// Ends the wait of another thread. The counter is never read: each write is a new edge.
    func wake() {
        var one: UInt64 = 1
        // It fails only if the counter is full, and then the loop was woken 2^64 - 1 times.
        _ = write(wakeup.raw, &one, 8)
    }

    /// Blocks for at most `milliseconds` (-1: for ever), then hands over every event there is.
    func wait(
        milliseconds: Int32, _ event: (_ key: UInt64, _ mask: UInt32) -> Void
    ) {
        let count = epoll_wait(epoll.raw, events, Int32(Self.eventsMax), milliseconds)
        guard count > 0 else {
            precondition(count == 0 || errno == EINTR, "epoll_wait failed: errno \(errno)")
            return
        }
        for index in 0..<Int(count) {
            event(events[index].data.u64, events[index].events)
        }
    }
}
