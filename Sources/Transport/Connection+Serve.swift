internal import Glibc
internal import HTTP1
internal import Posix
internal import Reactor

extension Connection: ReadinessHandler {
    /// What reading a head came to.
    private enum Arrival {
        case request(RequestHead)
        case refused(HTTPError)
        case tooSlow
        /// There is no request, and nobody to answer.
        case gone
        /// Nothing of it is here yet, and need not be before the deadline.
        case nothing(Moment)
    }

    /// At most this much is received with a head: of a longer body, what comes here is copied; a
    /// short one (4 KiB) is whole with it and costs no second call.
    private static let headReadBytes = 8192
    /// A peer that sends request after request gives the others a turn after so many.
    private static let exchangesMax = 16

    /// Begins: a task serves it as soon as there is something to read, and ends when there is
    /// nothing more. With too many connections, the first request is answered 503.
    func begin() {
        if shard.tls == nil {
            let deadline = shard.loop.now + shard.limits.headTimeout
            firstHeadDeadline = deadline
            idle(until: deadline)
        } else {
            task = Task(executorPreference: shard.loop) { await self.serveSecured() }
        }
    }

    /// Something came to an idle connection, or its time is over.
    func became(_ readiness: Readiness) {
        guard readiness == .ready else { return end() }
        isDrained = false
        task = Task(executorPreference: shard.loop) { await self.serve() }
    }

    /// Waits for the next request without a task.
    private func idle(until deadline: Moment) {
        task = nil
        exchangesWithoutWait = 0
        if let known = shard.loop.whenReadable(registration, until: deadline, self) {
            became(known)
        }
    }

    private func serveSecured() async {
        if let context = shard.tls?.current {
            switch await secure(by: context) {
            case .secured:
                firstHeadDeadline = shard.loop.now + shard.limits.headTimeout
                return await serve()
            case .plain: await refuse(400, .plain, "this port speaks TLS: use https")
            case .over: break
            }
        }
        end()
    }

    /// Answers request after request, until nothing more is here or one side has enough.
    private func serve() async {
        while true {
            switch await nextHead() {
            case .request(let head):
                guard await accept(head) else { return end() }
            case .refused(let error):
                await refuse(error.status, .malformed, error.reason)
                return end()
            case .tooSlow:
                await refuse(408, .headTimeout, "the head took too long")
                return end()
            case .gone: return end()
            case .nothing(let deadline): return idle(until: deadline)
            }
            firstHeadDeadline = nil
            exchangesWithoutWait += 1
            if exchangesWithoutWait >= Self.exchangesMax {
                exchangesWithoutWait = 0
                await Task.yield()
            }
        }
    }

    /// Answers the request. Returns whether the connection can serve another.
    private func accept(_ head: RequestHead) async -> Bool {
        if case .refuse(let reason) = ticket.verdict {
            await refuse(503, reason, "too many connections", retryAfterSeconds: 1)
            return false
        }
        if head.namesHTTPS, !isSecured {
            // RFC 9110 §7.4: not over a connection that is not secured.
            await refuse(421, .misdirected, "an https target over plain HTTP")
            return false
        }
        let exchange = Exchange(head, self)
        await shard.handler(exchange)
        switch await exchange.finish() {
        case .keep: return true
        case .close: return false
        case .linger:
            await linger()
            return false
        }
    }

    private func nextHead() async -> Arrival {
        isBusy = false
        var parser = HeadParser(limits: shard.limits.http)
        var deadline = firstHeadDeadline ?? shard.loop.now + shard.limits.idleTimeout
        while true {
            if !input.isEmpty {
                do throws(HTTPError) {
                    let bytes = input.bytes.assumingMemoryBound(to: UInt8.self)
                    if let (head, count) = try parser.parse(bytes.span) {
                        input.consume(count)
                        isBusy = true
                        return .request(head)
                    }
                } catch {
                    return .refused(error)
                }
                if parser.hasBegun, !isBusy {
                    isBusy = true
                    deadline = firstHeadDeadline ?? shard.loop.now + shard.limits.headTimeout
                }
            }
            if shard.isDraining, !isBusy { return .gone }
            input.giveBack(&shard.pool)
            if input.isEmpty, isSilent { return .nothing(deadline) }
            do throws(Silence) {
                try await waitForBytes(until: deadline)
                let room = input.room(shard.inputBytes, &shard.pool)
                input.filled(
                    try await receive(
                        into: UnsafeMutableRawBufferPointer(
                            rebasing: room.prefix(Self.headReadBytes)),
                        until: deadline))
            } catch {
                return isBusy && error == .timedOut ? .tooSlow : .gone
            }
        }
    }

    /// Answers by itself, without a handler, and lingers.
    private func refuse(
        _ status: Int, _ reason: Refused, _ detail: String, retryAfterSeconds: Int? = nil
    ) async {
        shard.observer.refused(status: status, reason)
        let answer = Refusal.bytes(
            status, detail, retryAfterSeconds: retryAfterSeconds, date: shard.date())
        do throws(WriteError) {
            try await send(answer)
            await linger()
        } catch {
            // The peer is gone: it wants no answer.
        }
    }

    /// Says that nothing more will be sent, and throws away what still comes, within limits: to
    /// close with bytes unread would reset the connection, and the peer might never see the
    /// answer (RFC 9112 §9.6).
    func linger() async {
        input.discard(&shard.pool)
        // What still comes need not be decrypted to be thrown away.
        tls?.sayGoodbye()
        tls = nil
        guard shutdown(socket, Int32(SHUT_WR)) == 0 else { return }
        let deadline = shard.loop.now + shard.limits.lingerTime
        var left = shard.limits.lingerBytesMax
        while left > 0 {
            do throws(Silence) {
                left -= try await receive(into: shard.bin, until: deadline)
            } catch {
                return
            }
        }
    }

    private func end() {
        tls?.sayGoodbye()
        task = nil
        input.discard(&shard.pool)
        shard.remove(self)
    }
}
