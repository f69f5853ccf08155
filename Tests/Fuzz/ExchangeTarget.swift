internal import HTTP1
internal import Logging
internal import Reactor
internal import Posix
internal import TestKit
internal import Transport

/// What a client sends on one connection to a real server, in one piece and in two: never a trap,
/// never a failure, and the same answers.
///
/// The input's last two bytes say where it is cut.
func exchange(_ input: [UInt8]) {
    let bytes = Array(input.dropLast(2))
    guard !bytes.isEmpty else { return }
    let place = input.suffix(2).reduce(0) { $0 << 8 | Int($1) } % bytes.count
    let whole = answers(to: [bytes[...]])
    let cut = answers(to: [bytes[..<place], bytes[place...]])
    expect(whole == cut, "two readings: \(whole) and, cut at \(place), \(cut)")
    expect(!whole.contains("HTTP/1.1 500"), "a failure: \(whole)")
}

private func answers(to pieces: [ArraySlice<UInt8>]) -> String {
    guard let connection = try? RawConnection(port: server.port) else {
        fatalError("the server takes no connection")
    }
    for piece in pieces where !piece.isEmpty {
        // A server that refuses early may close before it took all.
        try? connection.send(Array(piece))
    }
    connection.endSending()
    let text = String(decoding: connection.readToEnd(), as: UTF8.self)
    return text.replacing(#/\r\nDate: [^\r\n]*/#, with: "")
}

private let server: HTTPServer = {
    let loop = EventLoop(name: "fuzz-loop")
    loop.start()
    var limits = TransportLimits()
    // Small, so that inputs of a few hundred bytes reach them.
    limits.http.headBytesMax = 400
    limits.http.targetBytesMax = 100
    limits.http.fieldCountMax = 12
    limits.http.chunkExtrasBytesMax = 60
    limits.http.trailerBytesMax = 80
    var logger = Logger(label: "fuzz")
    logger.logLevel = .critical
    let server = HTTPServer(
        host: "127.0.0.1", port: 0, loops: [loop], limits: limits, logger: logger,
        observer: Nobody(), handler: answer)
    do {
        try server.start()
    } catch {
        fatalError("no server: \(error)")
    }
    return server
}()

/// By the first letter of the path: not read, or given back.
@Sendable private func answer(_ exchange: Exchange) async {
    guard !exchange.head.path.hasPrefix("/n") else { return await exchange.respond(404) }
    do throws(BodyError) {
        let body = try await exchange.readBody(maxBytes: 300)
        await exchange.respond(200, [("Path", exchange.head.path)], Array(body.buffer))
    } catch {
        switch error {
        case .tooLarge: await exchange.respond(413)
        case .timedOut: await exchange.respond(408)
        case .malformed(let error): await exchange.respond(error.status)
        case .disconnected: break
        }
    }
}

private struct Nobody: TransportObserver {
    func connectionOpened() {}
    func connectionClosed() {}
    func secured(_ version: String, isResumed: Bool) {}
    func refused(status: Int, _ reason: Refused) {}
    func bodyBytes(_ count: Int) {}
}
