/// Sends an outbox to a server, beside the recorder and for as long as it runs: what is being
/// recorded first, then the backlog.
///
/// Everything it decides follows from the outbox and from what the server says, so that it can
/// end at any moment and be run again.
public actor Uploader {
    /// When `run` returns.
    public enum Ending: Sendable {
        /// When its task is cancelled.
        case never
        /// When nothing is left that can be sent now: the rest is parked, kept, or for later.
        case whenIdle
    }

    private let outbox: Outbox
    private let network: any Network
    private let clock: any UploadClock
    private let requests: UploadRequests
    private var plan: UploadPlan
    private var listeners: [AsyncStream<UploadEvent>.Continuation] = []
    private var timer: Task<Void, Never>?

    /// Sends with the system's client of HTTP.
    public init(_ outbox: Outbox, _ options: UploadOptions) {
        self.init(
            outbox, options, network: SystemNetwork(), clock: SystemUploadClock()
        ) { Double.random(in: 0..<1) }
    }

    /// - Parameter random: numbers in 0..<1 that spread the retries.
    package init(
        _ outbox: Outbox, _ options: UploadOptions, network: any Network,
        clock: any UploadClock, random: @escaping @Sendable () -> Double
    ) {
        self.outbox = outbox
        self.network = network
        self.clock = clock
        requests = UploadRequests(
            outbox, server: options.server, applicationKey: options.applicationKey)
        plan = UploadPlan(outbox, options, random: random)
    }

    /// What happens from now on. A listener that falls far behind misses the oldest.
    public func events() -> AsyncStream<UploadEvent> {
        let (stream, continuation) = AsyncStream.makeStream(
            of: UploadEvent.self, bufferingPolicy: .bufferingNewest(1000))
        listeners.append(continuation)
        return stream
    }

    /// Sends until `ending`. Call it once; listeners hear the end.
    public func run(until ending: Ending = .never) async {
        let (inbox, signals) = AsyncStream.makeStream(of: UploadPlan.Signal.self)
        let changes = outbox.events()
        let watch = Task {
            for await _ in changes { signals.yield(.outboxChanged) }
        }
        signals.yield(.outboxChanged)
        for await signal in inbox {
            let jobs = plan.handle(signal, at: clock.now)
            for event in plan.takeEvents() {
                for listener in listeners { listener.yield(event) }
            }
            for job in jobs {
                let (requests, network) = (requests, network)
                Task {
                    signals.yield(
                        .finished(job, await Self.perform(job, requests, network)))
                }
            }
            if ending == .whenIdle, plan.isIdle { break }
            arm(signals)
        }
        timer?.cancel()
        watch.cancel()
        for listener in listeners { listener.finish() }
    }

    /// Tells the server what is left to be told, for whoever ends before `run` has come to it:
    /// until all is told, a try fails, or it took so long.
    public func tellRest(within limit: Duration = .seconds(5)) async {
        let (ends, end) = AsyncStream.makeStream(of: Void.self)
        let (outbox, requests, network, clock) = (outbox, requests, network, clock)
        let telling = Task {
            await Self.tellAll(outbox, requests, network)
            end.finish()
        }
        let waiting = Task {
            await clock.sleep(for: limit)
            end.finish()
        }
        for await _ in ends {}
        telling.cancel()
        waiting.cancel()
    }

    /// What is sent twice because `run` does the same counts once.
    @concurrent
    private static func tellAll(
        _ outbox: Outbox, _ requests: UploadRequests, _ network: any Network
    ) async {
        // A journal or a network that fails is no reason to wait: the next uploader tells it.
        while !Task.isCancelled, let report = try? outbox.takeReport() {
            let job = UploadJob(number: 0, kind: .report(report), recording: nil, round: 0)
            guard let request = try? requests.request(job),
                let answer = try? await network.exchange(request), answer.status == 202,
                (try? outbox.removeReport(report)) != nil
            else { return }
        }
    }

    private func arm(_ signals: AsyncStream<UploadPlan.Signal>.Continuation) {
        timer?.cancel()
        let now = clock.now
        guard let wakeAt = plan.wakeAt(after: now) else { return timer = nil }
        timer = Task { [clock] in
            await clock.sleep(for: wakeAt - now)
            if !Task.isCancelled { signals.yield(.timer) }
        }
    }

    /// Reading a chunk blocks, so it is not done on the actor.
    @concurrent
    private static func perform(
        _ job: UploadJob, _ requests: UploadRequests, _ network: any Network
    ) async -> UploadOutcome {
        let request: NetworkRequest
        do throws(OutboxError) { request = try requests.request(job) } catch {
            return .unreadable(error)
        }
        do throws(NetworkError) { return .answer(try await network.exchange(request)) } catch {
            return .noAnswer(error)
        }
    }
}
