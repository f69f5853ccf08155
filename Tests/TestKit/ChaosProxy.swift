internal import Glibc
package import Posix

/// A proxy in front of a server on this machine through which things go wrong, as a seed says: one
/// fate for each connection. None lasts for ever, for a client keeps a good one.
package final class ChaosProxy: Sendable {
    /// What happens to a connection.
    package enum Fault: String, Sendable, CaseIterable {
        /// Everything comes late.
        case delay
        /// Everything comes at 256 KiB a second.
        case throttle
        /// Everything comes a few bytes at a time.
        case slow
        /// It breaks before the server has the request.
        case cutRequest
        /// The server has done what it was asked for, and its answer is cut off.
        case cutResponse
        /// Taken, and never heard of again.
        case blackHole
        /// Reset at once.
        case reset
        /// Something else answers.
        case wrongStatus
        /// Good for a while, then it breaks, whatever is on its way.
        case cutLater
    }

    /// What meets those connections that are not left alone for a while.
    private static let atOnce = Fault.allCases.filter { $0 != .cutLater }

    private struct State {
        var random: SeededRandom
        var counts: [Fault: Int] = [:]
        var connections = 0
        var isCalm = false
    }

    package let port: UInt16
    private let listener: ProxySocket.Listener
    private let state: Lock<State>

    /// Listens on a free port of 127.0.0.1.
    ///
    /// - Parameters:
    ///   - faultsInHundred: so many connections of a hundred meet a fault at once; the others
    ///     break later.
    ///   - lifeBytesMax: these break after so many bytes at most.
    package init(
        server: UInt16, seed: UInt64, faultsInHundred: UInt64, lifeBytesMax: Int
    ) throws(SystemError) {
        listener = try ProxySocket.Listener()
        port = listener.port
        state = Lock(State(random: SeededRandom(seed)))
        Thread.start("chaos proxy") { [listener, state] in
            while let client = listener.accept() {
                let (fault, chance) = state.withLock { state -> (Fault?, Int) in
                    state.connections += 1
                    let chance = Int(state.random.next() % 10_000)
                    let isFault = state.random.next() % 100 < faultsInHundred
                    let fault = state.random.next() % UInt64(Self.atOnce.count)
                    guard !state.isCalm else { return (nil, chance) }
                    let chosen = isFault ? Self.atOnce[Int(fault)] : .cutLater
                    state.counts[chosen, default: 0] += 1
                    return (chosen, chance)
                }
                state.signal()
                Self.serve(client, server, fault, chance, lifeBytesMax)
            }
        }
    }

    deinit { listener.close() }

    /// How often which fault was met.
    package var faults: String {
        state.withLock { state in
            state.counts.sorted { $0.key.rawValue < $1.key.rawValue }
                .map { "\($0.key) \($0.value)" }.joined(separator: ", ")
        }
    }

    package var connections: Int { state.withLock { $0.connections } }

    /// Blocks until there were so many connections, or `isOver` says that there will be no more.
    package func wait(forConnections count: Int, orUntil isOver: () -> Bool) {
        while !isOver() {
            let isReached = state.wait(
                atMost: .milliseconds(100), until: { $0.connections >= count }
            ) { $0.connections >= count }
            if isReached { return }
        }
    }

    /// Nothing goes wrong from now on.
    package func calm() { state.withLock { $0.isCalm = true } }

    /// - Parameter chance: 0 to 9,999; where it breaks, or how late it comes.
    private static func serve(
        _ client: consuming Descriptor, _ port: UInt16, _ fault: Fault?, _ chance: Int,
        _ lifeBytesMax: Int
    ) {
        if fault == .reset {
            ProxySocket.resetOnClose(client.raw)
            return
        }
        // The client of a server that is gone sees its connection close, as it would itself.
        guard let server = try? ProxySocket.connect(to: port) else { return }
        let pair = ProxySocket.Pair(client: client, server: server)
        let life = 1 + chance * lifeBytesMax / 10_000
        switch fault {
        case .blackHole:
            Thread.start("black hole") {
                // Everything is swallowed; this ends with the client's patience.
                var piece = [UInt8](repeating: 0, count: 16 << 10)
                while ProxySocket.receive(pair.client.raw, &piece) > 0 {}
            }
        case .wrongStatus:
            Thread.start("wrong status") { answerWrongly(pair) }
        case .cutRequest: run(pair, upBytesMax: chance)
        case .cutResponse: run(pair, downBytesMax: chance % 150)
        case .slow: run(pair, upBytesMax: life, pieceBytes: 512, delay: 1)
        case .throttle: run(pair, upBytesMax: life, pieceBytes: 4 << 10, delay: 16)
        case .delay:
            Thread.start("delay") {
                ProxySocket.sleep(milliseconds: chance / 20)
                run(pair, upBytesMax: life)
            }
        case .cutLater: run(pair, upBytesMax: life)
        case nil, .reset: run(pair)
        }
    }

    /// Hands on in both directions, until one ends or has had its bytes.
    private static func run(
        _ pair: ProxySocket.Pair, upBytesMax: Int? = nil, downBytesMax: Int? = nil,
        pieceBytes: Int = 16 << 10, delay milliseconds: Int = 0
    ) {
        Thread.start("chaos, up") {
            pass(pair.client.raw, pair.server.raw, upBytesMax, pieceBytes, milliseconds)
            pair.hangUp()
        }
        Thread.start("chaos, down") {
            pass(pair.server.raw, pair.client.raw, downBytesMax, pieceBytes, milliseconds)
            pair.hangUp()
        }
    }

    private static func pass(
        _ source: Int32, _ target: Int32, _ bytesMax: Int?, _ pieceBytes: Int,
        _ milliseconds: Int
    ) {
        var left = bytesMax ?? .max
        var piece = [UInt8](repeating: 0, count: pieceBytes)
        while true {
            let count = ProxySocket.receive(source, &piece)
            guard count > 0 else { return }
            if milliseconds > 0 { ProxySocket.sleep(milliseconds: milliseconds) }
            let sent = min(count, left)
            guard ProxySocket.sendAll(piece[..<sent], to: target) else { return }
            left -= sent
            if left == 0 { return }
        }
    }

    private static func answerWrongly(_ pair: ProxySocket.Pair) {
        let page = "<html>502 Bad Gateway</html>"
        let answer = """
            HTTP/1.1 502 Bad Gateway\r\nContent-Type: text/html\r\n\
            Content-Length: \(page.utf8.count)\r\nConnection: close\r\n\r\n\(page)
            """
        var piece = [UInt8](repeating: 0, count: 16 << 10)
        _ = ProxySocket.receive(pair.client.raw, &piece)
        _ = ProxySocket.sendAll(Array(answer.utf8)[...], to: pair.client.raw)
        shutdown(pair.client.raw, Int32(SHUT_WR))
        // What the client still sends is taken: a reset would cost it the answer.
        while ProxySocket.receive(pair.client.raw, &piece) > 0 {}
    }
}
