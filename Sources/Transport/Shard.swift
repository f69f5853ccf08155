internal import Glibc
internal import HTTP1
internal import Logging
internal import Posix
internal import Reactor

/// A server's part on one loop: its listener, its connections, its slabs.
// SAFETY: everything that changes is touched only on the loop's thread; others reach it through
// `loop.perform`.
final class Shard: @unchecked Sendable {
    /// Where bytes go that nobody wants.
    private static let binBytes = 64 << 10
    /// Pause of accepting while descriptors are short.
    private static let exhaustedPause: Int64 = 100_000_000
    /// Connections accepted before the others get a turn.
    private static let acceptsMax = 64

    let loop: EventLoop
    let limits: LoopLimits
    /// The most that an input buffer holds: a head at its limit and one receive.
    let inputBytes: Int
    let observer: any TransportObserver
    let logger: Logger
    let handler: ExchangeHandler
    let budget: BodyBudget
    let admission: Admission
    /// Nil for plain HTTP.
    let tls: TLSSource?
    var pool = SlabPool()
    private(set) var isDraining = false
    private var listener: Registration?
    /// Waits for the last connection to close, once nothing is accepted any more.
    private var lastClosed: LoopContinuation<Void>?
    private var connections: [Connection] = []
    private var dateSecond = Int64.min
    private var dateText = ""
    private var binSlab: Slab?

    init(
        _ loop: EventLoop, _ limits: TransportLimits, _ logger: Logger,
        _ observer: any TransportObserver, _ budget: BodyBudget, _ admission: Admission,
        _ tls: TLSSource?, _ handler: @escaping ExchangeHandler
    ) {
        self.loop = loop
        self.limits = LoopLimits(limits)
        inputBytes = max(16 << 10, limits.http.headBytesMax) + SlabPool.slackBytes
        self.logger = logger
        self.observer = observer
        self.budget = budget
        self.admission = admission
        self.tls = tls
        self.handler = handler
    }

    var connectionCount: Int { connections.count }

    /// Accepts and serves until a drain has closed the last connection.
    func run(_ socket: consuming Descriptor) async {
        let listener: Registration
        do throws(SystemError) {
            listener = try loop.register(socket)
        } catch {
            logger.critical("cannot listen", metadata: ["error": "\(error)"])
            return
        }
        self.listener = listener
        if isDraining { loop.cancel(listener) }
        await accept(listener)
        loop.close(listener)
        self.listener = nil
        if !connections.isEmpty { await withLoopContinuation { lastClosed = $0 } }
    }

    /// Accepts until the listener is cancelled.
    private func accept(_ listener: Registration) async {
        var accepted = 0
        var isExhausted = false
        while true {
            switch AcceptOutcome.accept(listener.raw) {
            case .accepted(let raw, let address):
                isExhausted = false
                add(Descriptor(owning: raw), admission.enter(address))?.begin()
            case .aborted: break
            case .none:
                guard await loop.readable(listener, until: .never) == .ready else { return }
            case .exhausted(let number):
                if !isExhausted {
                    let failure = SystemError("accept4", "", number)
                    logger.warning("accepting pauses", metadata: ["error": "\(failure)"])
                }
                isExhausted = true
                observer.refused(status: 0, .descriptors)
                await loop.sleep(until: .now() + Self.exhaustedPause)
                if isDraining { return }
            }
            accepted += 1
            if accepted.isMultiple(of: Self.acceptsMax) { await Task.yield() }
        }
    }

    private func add(_ socket: consuming Descriptor, _ ticket: Admission.Ticket) -> Connection? {
        if case .drop(let reason) = ticket.verdict {
            admission.leave(ticket)
            observer.refused(status: 0, reason)
            return nil
        }
        do throws(SystemError) {
            let connection = Connection(try loop.register(socket), self, ticket)
            connection.index = connections.count
            connections.append(connection)
            observer.connectionOpened()
            return connection
        } catch {
            admission.leave(ticket)
            logger.warning("a connection is dropped", metadata: ["error": "\(error)"])
            observer.refused(status: 0, .watches)
            return nil
        }
    }

    /// Closes a connection that has been served.
    func remove(_ connection: Connection) {
        let last = connections.removeLast()
        if last !== connection {
            connections[connection.index] = last
            last.index = connection.index
        }
        loop.close(connection.registration)
        admission.leave(connection.ticket)
        observer.connectionClosed()
        if connections.isEmpty, let lastClosed {
            self.lastClosed = nil
            lastClosed.resume(returning: ())
        }
    }

    /// Stops accepting and closes the idle connections; the others close after their answer.
    func beginDrain() {
        isDraining = true
        if let listener { loop.cancel(listener) }
        for connection in connections where !connection.isBusy {
            loop.cancel(connection.registration)
        }
    }

    /// Cuts every connection, whatever it is doing.
    func closeAll() {
        for connection in connections {
            _ = shutdown(connection.socket, Int32(SHUT_RDWR))
            connection.task?.cancel()
            loop.cancel(connection.registration)
        }
    }

    /// The value of `Date`, worked out once a second.
    func date() -> String {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME_COARSE, &time)
        let second = Int64(time.tv_sec)
        if second != dateSecond {
            dateSecond = second
            dateText = HTTPDate.text(unixSeconds: second)
        }
        return dateText
    }

    /// Memory to receive into what is thrown away; shared by all connections of the loop.
    var bin: UnsafeMutableRawBufferPointer {
        let slab = binSlab ?? Slab(byteCount: Self.binBytes)
        binSlab = slab
        return slab.buffer
    }
}
