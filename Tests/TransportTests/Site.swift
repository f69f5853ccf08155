import HTTP1
import Logging
import Posix
import Reactor
import Transport

/// Notes what the transport tells metrics.
final class Recorder: TransportObserver {
    struct Facts {
        var opened = 0
        var closed = 0
        var handshakes: [String] = []
        var refusals: [Int] = []
        var reasons: [Refused] = []
        var bodyBytes = 0
    }

    private let facts = Lock(Facts())

    var current: Facts { facts.withLock { $0 } }

    /// Blocks until the facts are as they should be.
    func wait(until isReady: (Facts) -> Bool) {
        facts.wait(until: { isReady($0) }, then: { _ in })
    }

    func connectionOpened() { change { $0.opened += 1 } }
    func connectionClosed() { change { $0.closed += 1 } }
    func secured(_ version: String, isResumed: Bool) {
        change { $0.handshakes.append(version + (isResumed ? " resumed" : "")) }
    }
    func refused(status: Int, _ reason: Refused) {
        change {
            $0.refusals.append(status); $0.reasons.append(reason)
        }
    }
    func bodyBytes(_ count: Int) { change { $0.bodyBytes += count } }

    private func change(_ body: (inout Facts) -> Void) {
        facts.withLock { body(&$0) }
        facts.signal()
    }
}

/// A list that one side adds to and the other waits for.
final class Journal: Sendable {
    private let lines = Lock<[String]>([])

    func add(_ line: String) {
        lines.withLock { $0.append(line) }
        lines.signal()
    }

    /// Blocks until there are `count` lines, and returns them.
    @discardableResult
    func wait(for count: Int) -> [String] {
        lines.wait(until: { $0.count >= count }, then: { $0 })
    }

    var current: [String] { lines.withLock { $0 } }
}

/// Holds handlers back until it is opened.
final class Barrier: Sendable {
    private struct State {
        var isOpen = false
        var waiters: [LoopContinuation<Void>] = []
    }

    private let state = Lock(State())

    func pass() async {
        await withLoopContinuation { continuation in
            let isOpen = state.withLock { state in
                if !state.isOpen { state.waiters.append(continuation) }
                return state.isOpen
            }
            if isOpen { continuation.resume(returning: ()) }
        }
    }

    func open() {
        let waiters = state.withLock { state in
            state.isOpen = true
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.resume(returning: ()) }
    }
}

/// A server on a free port, for one test.
struct Site {
    let server: HTTPServer
    let loops: [EventLoop]
    let recorder: Recorder

    /// Starts a server, runs `body`, and takes everything down again.
    static func run(
        _ limits: TransportLimits = .init(), loops count: Int = 1, tls: TLSContext? = nil,
        handler: @escaping ExchangeHandler = Site.demonstration,
        _ body: (Site) async throws -> Void
    ) async throws {
        let loops = (0..<count).map { EventLoop(name: "test-loop-\($0)") }
        for loop in loops { loop.start() }
        let recorder = Recorder()
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        let server = HTTPServer(
            host: "127.0.0.1", port: 0, loops: loops, limits: limits, tls: tls,
            logger: logger, observer: recorder, handler: handler)
        try server.start()
        let site = Site(server: server, loops: loops, recorder: recorder)
        let outcome: Result<Void, any Error>
        do { outcome = .success(try await body(site)) } catch { outcome = .failure(error) }
        await server.drain(within: .zero)
        for loop in loops { loop.stop() }
        try outcome.get()
    }

    func client(receiveBufferBytes: Int32? = nil) throws -> Client {
        try Client(port: server.port, receiveBufferBytes: receiveBufferBytes)
    }

    /// Blocks until every loop has done what it was told so far.
    func settle() {
        let journal = Journal()
        for loop in loops { loop.perform { journal.add("settled") } }
        journal.wait(for: loops.count)
    }

    /// Runs `body` while the loops stand still.
    func whileStill(_ body: () throws -> Void) rethrows {
        let isOver = Lock(false)
        for loop in loops { loop.perform { isOver.wait(until: { $0 }, then: { _ in }) } }
        defer {
            isOver.withLock { $0 = true }
            isOver.signal()
        }
        try body()
    }

    /// `/echo` gives the body back, `/refuse` does not read it, `/silent` does not answer,
    /// `/status/N` answers N, and everything else is "pong".
    static let demonstration: ExchangeHandler = { exchange in
        switch exchange.head.path {
        case "/echo":
            do throws(BodyError) {
                let body = try await exchange.readBody(maxBytes: 1 << 20)
                await exchange.respond(200, [], Array(body.buffer))
            } catch {
                await exchange.respond(status(of: error))
            }
        case "/refuse": await exchange.respond(409, [], Array("no".utf8))
        case "/silent": break
        case let path where path.hasPrefix("/status/"):
            let status = Int(path.dropFirst("/status/".count)) ?? 500
            await exchange.respond(status, [], Array("pong".utf8))
        default: await exchange.respond(200, [("Kind", "ball")], Array("pong".utf8))
        }
    }

    static func status(of error: BodyError) -> Int {
        switch error {
        case .tooLarge: 413
        case .disconnected: 400
        case .timedOut: 408
        case .malformed(let error): error.status
        }
    }
}

/// Bytes that differ from place to place: their period is prime to every buffer's length.
func pattern(_ count: Int) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(count)
    while bytes.count < count { bytes += period.prefix(count - bytes.count) }
    return bytes
}

private let period: [UInt8] = (0..<4_093).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) }
