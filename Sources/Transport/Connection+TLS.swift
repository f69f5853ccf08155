internal import Glibc
internal import Logging
internal import Posix
internal import Reactor

extension Connection {
    /// How a connection that speaks TLS begins.
    enum Beginning {
        case secured
        /// Nobody is there any more, or somebody who does not speak TLS well.
        case over
        /// Somebody speaks plain HTTP.
        case plain
    }

    /// The type of a record that begins a handshake (RFC 8446 §5.1).
    private static let handshakeRecord: UInt8 = 22

    /// Shakes hands, within `tlsHandshakeTimeout`.
    func secure(by context: TLSContext) async -> Beginning {
        let deadline = shard.loop.now + shard.limits.tlsHandshakeTimeout
        do throws(Silence) {
            try await waitForBytes(until: deadline)
        } catch {
            if error == .timedOut { shard.observer.refused(status: 0, .tlsTimeout) }
            return .over
        }
        var first: UInt8 = 0
        guard recv(socket, &first, 1, Int32(MSG_PEEK)) == 1 else { return .over }
        if first != Self.handshakeRecord { return .plain }
        guard let channel = TLSChannel(context, socket: socket) else { return .over }
        return await shakeHands(channel, until: deadline)
    }

    private func shakeHands(_ channel: TLSChannel, until deadline: Moment) async -> Beginning {
        while true {
            let readiness: Readiness
            switch channel.greet() {
            case .done:
                tls = channel
                isSecured = true
                shard.observer.secured(channel.version, isResumed: channel.isResumed)
                return .secured
            case .wants(.read):
                readiness = await shard.loop.readable(registration, until: deadline)
            case .wants(.write):
                readiness = await shard.loop.writable(registration, until: deadline)
            case .failed(let reason):
                shard.observer.refused(status: 0, .tlsHandshake)
                shard.logger.debug("no handshake", metadata: ["reason": "\(reason)"])
                // So that the alert arrives.
                await linger()
                return .over
            }
            guard readiness == .ready else {
                if readiness == .timedOut { shard.observer.refused(status: 0, .tlsTimeout) }
                return .over
            }
        }
    }

    /// `sendmsg` of both pieces, in one record if they fit.
    func sendNow(
        _ first: UnsafeRawBufferPointer, _ second: UnsafeRawBufferPointer, by tls: TLSChannel
    ) -> Int {
        if second.isEmpty || first.count >= TLSChannel.recordBytesMax { return tls.write(first) }
        if first.isEmpty { return tls.write(second) }
        let both = shard.bin[..<min(first.count + second.count, TLSChannel.recordBytesMax)]
        let target = UnsafeMutableRawBufferPointer(rebasing: both)
        target.copyMemory(from: first)
        UnsafeMutableRawBufferPointer(rebasing: target[first.count...]).copyMemory(
            from: UnsafeRawBufferPointer(rebasing: second.prefix(target.count - first.count)))
        return tls.write(UnsafeRawBufferPointer(target))
    }
}
