internal import HTTP1
internal import Logging
internal import Recordings
internal import Telemetry
package import Transport
internal import Wire

/// Every request of the protocol: from its head to its answer.
///
/// Runs on: the connection's loop. Holds nothing of its own but what it was given.
package final class Router: Sendable {
    let store: RecordingStore
    let access: AccessControl
    let cors: CORS
    let reports: ClientReports
    let limits: Settings.Chunks
    let registry: MetricsRegistry
    let readiness: Readiness
    private let metrics: RequestMetrics
    let logger: Logger

    init(
        _ store: RecordingStore, _ reports: ClientReports, _ access: AccessControl,
        _ cors: CORS, _ limits: Settings.Chunks, _ registry: MetricsRegistry,
        _ readiness: Readiness, _ logger: Logger
    ) {
        self.store = store
        self.reports = reports
        self.access = access
        self.cors = cors
        self.limits = limits
        self.registry = registry
        self.readiness = readiness
        self.logger = logger
        metrics = RequestMetrics(registry)
    }

    /// Answers one request, whatever it asks for.
    package func handle(_ exchange: Exchange) async {
        let start = ContinuousClock.now
        let head = exchange.head
        var name = "none"
        var outcome: Outcome
        do throws(Problem) {
            if head.path == "*" { throw Problem.methodNotAllowed(allow: Self.methods) }
            let route = try Route.parse(method: head.method, path: head.path, query: head.query)
            name = route.name
            let shown: Credential
            switch try access.judge(route, head) {
            case .admitted(let credential): shown = credential
            case .unknown(let id, let credential):
                shown = try await access.admit(route.deed, credential, to: id)
            }
            if case .chunk(let id, let offset) = route {
                // Here, and not in `dispatch`: a chunk's task needs 2.4 KiB of stack less.
                outcome = await chunk(exchange, id, offset: offset)
            } else {
                outcome = try await dispatch(route, exchange, shown)
            }
        } catch {
            outcome = .answer(answer(error.delayed(by: .random(in: 0..<1)), to: head))
        }
        if case .answer(var answer) = outcome {
            // Nothing for most: adding nothing would copy the fields all the same.
            let others = cors.fields(head)
            if !others.isEmpty { answer.fields += others }
            await exchange.respond(answer.status, answer.fields, answer.body)
        }
        let duration = ContinuousClock.now - start
        metrics.count(route: name, status: outcome.status, duration)
        logger.debug(
            "request",
            metadata: [
                "method": "\(head.method)", "path": "\(head.path)", "route": "\(name)",
                "status": "\(outcome.status)", "peer": "\(exchange.peer)",
                "duration": "\(duration)",
            ])
    }

    private func dispatch(
        _ route: Route, _ exchange: Exchange, _ shown: Credential
    ) async throws(Problem) -> Outcome {
        switch route {
        case .createRecording(let id): try await create(exchange, id, shown.owner)
        case .createAnonymous: try await createAnonymous(exchange, shown.owner)
        case .chunk(let id, let offset): await chunk(exchange, id, offset: offset)
        case .chunkAnonymousOffset(let id): await chunk(exchange, id, offset: nil)
        case .finalize(let id): try await finalize(exchange, id, shown)
        case .status(let id): .answer(try await status(id))
        case .recording(let id): .answer(try await recording(id))
        case .media(let id, let asReceived):
            try await media(exchange, id, asReceived: asReceived)
        case .waveform(let id, let format):
            .answer(try await waveform(exchange, id, format))
        case .link(let id): try await link(exchange, id)
        case .list(let query): .answer(try await list(query))
        case .delete(let id): .answer(try await delete(exchange, id, shown))
        case .telemetry: try await telemetry(exchange, shown)
        case .metrics: .answer(await exposition())
        case .health: .answer(health())
        case .ready: .answer(ready())
        case .openapi: .answer(openapi())
        }
    }

    /// What some resource here takes: the answer to `OPTIONS *`.
    private static let methods = ["GET", "HEAD", "PUT", "POST", "DELETE", "OPTIONS"]

    /// Known everywhere, and allowed nowhere here.
    private static let unused: Set<String> = ["PATCH", "TRACE", "QUERY"]

    /// OPTIONS is answered with what the resource allows (RFC 9110 §9.3.7); a method that nobody
    /// knows with 501, one that is known with 405 (§9.1).
    private func answer(_ problem: Problem, to head: RequestHead) -> Answer {
        guard case .methodNotAllowed(let allow) = problem else { return .problem(problem) }
        let method = head.method
        if method == "OPTIONS" {
            return Answer(204, problem.fields + cors.preflight(head, methods: allow))
        }
        if Self.methods.contains(method) || Self.unused.contains(method) {
            return .problem(problem)
        }
        var answer = Answer.problem(
            501, "Not Implemented", "This server knows no method of that name.")
        answer.fields += problem.fields
        return answer
    }
}
