internal import Foundation
package import Logging
internal import Posix
internal import Reactor
internal import Telemetry
internal import Transport

/// The whole server, put together: event loops, storage, routes, listeners.
package final class Service: Sendable {
    package static let version = "0.1.0"

    let settings: Settings
    let logger: Logger
    private let loops: [EventLoop]
    let store: RecordingStore
    private let reports: ClientReports
    let server: HTTPServer
    let keys: Keys
    /// What to tell whoever started it: the keys that this first start has made. Nil otherwise.
    package let welcome: String?
    private let renewals: [Task<Void, Never>]
    private let isDraining: Lock<Bool>

    private init(
        _ settings: Settings, _ logger: Logger, _ loops: [EventLoop], _ store: RecordingStore,
        _ reports: ClientReports, _ server: HTTPServer, _ keys: Keys, _ welcome: String?,
        _ renewals: [Task<Void, Never>], _ isDraining: Lock<Bool>
    ) {
        self.settings = settings
        self.logger = logger
        self.loops = loops
        self.store = store
        self.reports = reports
        self.server = server
        self.keys = keys
        self.welcome = welcome
        self.renewals = renewals
        self.isDraining = isDraining
    }

    /// Recovers what the data folder holds, and serves. Blocks until it listens. Errors: a
    /// sentence for whoever starts it.
    package static func start(
        _ settings: Settings, _ logger: Logger
    ) throws(ServiceError) -> Service {
        let registry = MetricsRegistry()
        ProcessMetrics.register(in: registry)
        let address = try address(settings)
        let cors = try cors(settings)
        let tls = try settings.tlsFiles.map { files throws(ServiceError) in
            try tlsContext(files)
        }
        let store = try openStore(settings, registry, logger)
        let (keys, first) = try openKeys(settings, store)
        let reports = reports(settings, registry, logger)
        let isDraining = Lock(false)
        let router = Router(
            store, reports, AccessControl(store, keys, settings.access), cors, settings.chunks,
            registry, readiness(store, isDraining), logger)
        let loops = startLoops(settings)
        let server = HTTPServer(
            host: address.host, port: address.port, loops: loops,
            limits: limits(settings, logger), tls: tls, logger: logger,
            observer: TransportMetrics(registry)
        ) { exchange in await router.handle(exchange) }
        registry.gauge("holdfast_bodies_waiting", "Bodies that wait for memory.") { [weak server] in
            Double(server?.waitingBodyCount ?? 0)
        }
        do throws(SystemError) {
            try server.start()
        } catch {
            store.close()
            throw ServiceError("It cannot listen on \(settings.listen): \(error).")
        }
        Audit(logger).note("start", by: "process", settings.changes)
        let url = "http\(tls == nil ? "" : "s")://\(address.urlHost):\(server.port)"
        logger.notice(
            "listening on \(url)",
            metadata: ["data": "\(settings.data)", "loops": "\(loops.count)"])
        return Service(
            settings, logger, loops, store, reports, server, keys, welcome(first, url),
            [renewing(settings, server, loops, logger), watching(keys, store.clock, loops, logger)]
                .compactMap(\.self), isDraining)
    }

    /// Where it listens: the port asked for, or what the system chose for 0.
    package var port: UInt16 { server.port }

    /// Takes no new requests, lets those under way end, at most `drainSeconds`, and closes the
    /// store. What is acknowledged was durable before; nothing depends on this.
    package func drain() async {
        isDraining.withLock { $0 = true }
        for renewal in renewals { renewal.cancel() }
        let left = await server.drain(within: .seconds(settings.drainSeconds))
        if left > 0 {
            logger.warning("connections cut off", metadata: ["connections": "\(left)"])
        }
        await reports.close()
        store.close()
        for loop in loops { loop.stop() }
    }

    /// `listen`, checked before.
    static func address(_ settings: Settings) throws(ServiceError) -> ListenAddress {
        do throws(SettingsError) {
            let (host, port) = try settings.address
            return ListenAddress(host: host, port: port)
        } catch {
            throw ServiceError("\(error)")
        }
    }

    /// `corsOrigins`, checked before.
    private static func cors(_ settings: Settings) throws(ServiceError) -> CORS {
        do throws(SettingsError) { return try CORS(settings.access.corsOrigins) } catch {
            throw ServiceError("\(error)")
        }
    }

    /// Files and pipes of the server itself, and connections that are being refused.
    private static let ownDescriptors = 512

    /// The settings' limits, with no more connections than there may be descriptors: one that
    /// is too many is better refused than left waiting, and the log's files must open.
    private static func limits(_ settings: Settings, _ logger: Logger) -> TransportLimits {
        var limits = settings.transportLimits
        let descriptors = DescriptorLimit.raise()
        let room = descriptors - min(ownDescriptors, descriptors / 2)
        guard room < limits.connectionsMax else { return limits }
        logger.warning(
            "fewer connections than connectionsMax, for want of descriptors (ulimit -n)",
            metadata: ["connections": "\(room)", "descriptors": "\(descriptors)"])
        limits.connectionsMax = room
        return limits
    }

    private static func readiness(
        _ store: RecordingStore, _ isDraining: Lock<Bool>
    ) -> Readiness {
        Readiness {
            let draining = isDraining.withLock { $0 }
            return (draining ? ["The server is stopping."] : []) + store.obstacles
        }
    }

    private static func startLoops(_ settings: Settings) -> [EventLoop] {
        let count =
            settings.loops > 0 ? settings.loops : ProcessInfo.processInfo.activeProcessorCount
        return (0..<count).map { number in
            let loop = EventLoop(name: "loop-\(number)")
            loop.start()
            return loop
        }
    }
}

/// Why the server cannot start, as a sentence.
package struct ServiceError: Error, Sendable, CustomStringConvertible {
    package let description: String

    init(_ description: String) { self.description = description }
}

/// Where to listen.
struct ListenAddress {
    let host: String
    let port: UInt16

    /// As a URL writes it: an IPv6 address in brackets (RFC 3986 §3.2.2).
    var urlHost: String { host.contains(":") ? "[\(host)]" : host }
}
