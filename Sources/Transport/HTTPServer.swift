internal import Glibc
package import Logging
package import Posix
package import Reactor

/// Answers a request. Runs on its connection's loop; it may await anything, and whatever it
/// awaits comes back to the loop.
package typealias ExchangeHandler = @Sendable (Exchange) async -> Void

/// HTTP/1.1 over TCP, plain or TLS: a listener on each loop, a task for each busy connection.
package final class HTTPServer: Sendable {
    private struct Running {
        var port: UInt16
        var tasks: [Task<Void, Never>] = []
    }

    private let host: String
    private let running: Lock<Running>
    private let shards: [Shard]
    private let budget: BodyBudget
    private let admission: Admission
    private let tls: TLSSource?

    /// `loops` must be started by the caller and outlive the server. Without `tls`: plain HTTP.
    package init(
        host: String, port: UInt16, loops: [EventLoop], limits: TransportLimits = .init(),
        tls: TLSContext? = nil, logger: Logger, observer: any TransportObserver,
        handler: @escaping ExchangeHandler
    ) {
        self.host = host
        let budget = BodyBudget(limits.bodyBytesInFlightMax)
        let admission = Admission(
            connectionsMax: limits.connectionsMax, perAddressMax: limits.connectionsPerAddressMax)
        let tls = tls.map { TLSSource($0) }
        running = Lock(Running(port: port))
        shards = loops.map { loop in
            Shard(loop, limits, logger, observer, budget, admission, tls, handler)
        }
        self.tls = tls
        self.budget = budget
        self.admission = admission
    }

    /// Binds (SO_REUSEPORT) and begins to accept. Errors: EADDRINUSE and its like.
    ///
    /// The process ignores SIGPIPE from here on: a peer that is gone is an error of the write.
    package func start() throws(SystemError) {
        signal(SIGPIPE, SIG_IGN)
        let (sockets, port) = try bind()
        let tasks = zip(shards, sockets).map { shard, socket in
            Task(executorPreference: shard.loop) {
                await shard.run(Descriptor(owning: socket))
            }
        }
        running.withLock { running in
            running.port = port
            running.tasks = tasks
        }
    }

    /// A listening socket for each loop, all on one port.
    private func bind() throws(SystemError) -> ([Int32], UInt16) {
        var sockets: [Int32] = []
        var port = self.port
        do throws(SystemError) {
            for _ in shards {
                let socket = try ListenSocket.bind(host, port)
                port = try ListenSocket.port(of: socket.raw)
                sockets.append(socket.release())
            }
        } catch {
            for socket in sockets { _ = close(socket) }
            throw error
        }
        return (sockets, port)
    }

    /// New connections get this certificate; those that are open keep theirs. Only for a server
    /// that speaks TLS.
    package func renew(_ context: TLSContext) {
        precondition(tls != nil, "a plain server has no certificate")
        tls?.current = context
    }

    /// The port, once started: the one asked for, or what the system chose for 0.
    package var port: UInt16 { running.withLock { $0.port } }

    /// Connections open now.
    package var connectionCount: Int { admission.connectionCount }

    /// Bodies that wait for memory.
    package var waitingBodyCount: Int { budget.waiterCount }

    /// Stops accepting, closes idle connections, lets exchanges in flight end with
    /// `Connection: close`, and after `limit` cuts the rest. Returns when all are closed, or
    /// one second after the limit; says how many connections were still open then.
    @discardableResult
    package func drain(within limit: Duration) async -> Int {
        let tasks = running.withLock { $0.tasks }
        guard let timer = shards.first?.loop else { return 0 }
        for shard in shards { shard.loop.perform { shard.beginDrain() } }
        let deadline = Moment.now() + limit
        let ended = Gate()
        let cutting = Task(executorPreference: timer) {
            await timer.sleep(until: deadline)
            if Task.isCancelled { return }
            self.cutAll(tasks)
            await timer.sleep(until: deadline + Self.cutGrace)
            ended.open()
        }
        let ending = Task(executorPreference: timer) {
            for task in tasks { await task.value }
            ended.open()
        }
        await ended.wait()
        cutting.cancel()
        ending.cancel()
        return connectionCount
    }

    /// How long a handler may take to notice that its connection was cut.
    private static let cutGrace: Int64 = 1_000_000_000

    private func cutAll(_ tasks: [Task<Void, Never>]) {
        for shard in shards { shard.loop.perform { shard.closeAll() } }
        for task in tasks { task.cancel() }
        budget.close()
    }
}

/// Opens once; one task waits for it.
private final class Gate: Sendable {
    private struct State {
        var isOpen = false
        var waiter: LoopContinuation<Void>?
    }

    private let state = Lock(State())

    func open() {
        let waiter = state.withLock { state in
            state.isOpen = true
            return state.waiter.take()
        }
        waiter?.resume(returning: ())
    }

    func wait() async {
        await withLoopContinuation { continuation in
            let isOpen = state.withLock { state in
                if !state.isOpen { state.waiter = continuation }
                return state.isOpen
            }
            if isOpen { continuation.resume(returning: ()) }
        }
    }
}
