internal import HTTP1
internal import Reactor

/// `TransportLimits` as the loops use them: times in nanoseconds, worked out once.
struct LoopLimits: Sendable {
    let tlsHandshakeTimeout: Int64
    let headTimeout: Int64
    let idleTimeout: Int64
    let bodyGrace: Int64
    let nanosecondsPerBodyByte: Int64
    let writeTimeout: Int64
    let lingerBytesMax: Int
    let lingerTime: Int64
    let http: HTTPLimits

    init(_ limits: TransportLimits) {
        tlsHandshakeTimeout = limits.tlsHandshakeTimeout.nanoseconds
        headTimeout = limits.headTimeout.nanoseconds
        idleTimeout = limits.idleTimeout.nanoseconds
        bodyGrace = limits.bodyGrace.nanoseconds
        nanosecondsPerBodyByte = 1_000_000_000 / Int64(max(1, limits.bodyBytesPerSecondMin))
        writeTimeout = limits.writeTimeout.nanoseconds
        lingerBytesMax = limits.lingerBytesMax
        lingerTime = limits.lingerTime.nanoseconds
        http = limits.http
    }
}
