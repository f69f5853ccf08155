internal import CLinux
internal import Glibc
internal import HTTP1
internal import Posix
internal import Reactor

/// A connected socket and what was received on it. Idle, it holds no slab and has no task.
///
/// Plain or TLS: only `receiveNow`, `sendNow` and `sendFileNow` know.
// SAFETY: created and used only on its loop's thread.
final class Connection: @unchecked Sendable {
    /// Why nothing was received.
    enum Silence: Error {
        /// The peer closed, or the connection broke.
        case ended
        case timedOut
        /// The server closes it.
        case closed
    }

    let registration: Registration
    let shard: Shard
    let ticket: Admission.Ticket
    var input = InputBuffer()
    /// Nil for plain HTTP, and once TLS has said goodbye.
    var tls: TLSChannel?
    /// The peer shook hands.
    var isSecured = false
    /// A request is being read or answered: a drain lets it end.
    var isBusy = false
    /// What serves it; nil while it is idle.
    var task: Task<Void, Never>?
    /// When the head of its first request is due; nil once that is here.
    var firstHeadDeadline: Moment?
    /// Where it lies in the shard's list.
    var index = -1
    /// Exchanges since the connection last waited.
    var exchangesWithoutWait = 0
    /// The last receive took all there was: wait for an edge before the next.
    var isDrained = true

    init(_ registration: Registration, _ shard: Shard, _ ticket: Admission.Ticket) {
        self.registration = registration
        self.shard = shard
        self.ticket = ticket
    }

    var socket: Int32 { registration.raw }

    // SAFETY: the caller keeps `buffer` across the await; a Span could not be.
    /// Receives into `buffer`, at least one byte; waits until `deadline` for it.
    ///
    /// A receive that comes back short emptied the socket (epoll(7), edge-triggered), so the
    /// next one waits first instead of asking in vain.
    func receive(
        into buffer: UnsafeMutableRawBufferPointer, until deadline: Moment
    ) async throws(Silence) -> Int {
        while true {
            if isDrained { try await waitForBytes(until: deadline) }
            let count = receiveNow(into: buffer)
            if count > 0 {
                // A record tells nothing of what is behind it.
                isDrained = tls == nil && count < buffer.count
                return count
            }
            if count == 0 { throw .ended }
            switch errno {
            case EAGAIN: isDrained = true
            case EINTR: break
            default: throw .ended
            }
        }
    }

    /// Whether a receive would come in vain.
    private var mustWait: Bool {
        if let tls, !isDrained { isDrained = !tls.canRead() }
        return isDrained
    }

    /// Nothing can be received, and there is nothing to send before.
    var isSilent: Bool { mustWait && tls?.wants != .write }

    /// Waits until there is something to receive, or may be.
    func waitForBytes(until deadline: Moment) async throws(Silence) {
        guard mustWait else { return }
        exchangesWithoutWait = 0
        let readiness =
            tls?.wants == .write
            ? await shard.loop.writable(registration, until: deadline)
            : await shard.loop.readable(registration, until: deadline)
        switch readiness {
        case .ready: isDrained = false
        case .timedOut: throw .timedOut
        case .closed: throw .closed
        }
    }

    /// Sends all of `head`, then all of `body`. `more`: something follows at once.
    ///
    /// The whole goes out with one sendmsg(2) if the socket takes it.
    func send(
        _ head: [UInt8], _ body: [UInt8] = [], more: Bool = false
    ) async throws(WriteError) {
        var sent = 0
        while sent < head.count + body.count {
            let count = head.withUnsafeBytes { head in
                body.withUnsafeBytes { body in
                    let rest = head.dropFirst(sent)
                    return sendNow(
                        UnsafeRawBufferPointer(rebasing: rest),
                        UnsafeRawBufferPointer(rebasing: body.dropFirst(max(0, sent - head.count))),
                        more: more)
                }
            }
            sent += try await progress(count, "sendmsg")
        }
    }

    /// Sends all of `bytes`, which stay in place meanwhile.
    func send(_ bytes: UnsafeRawBufferPointer, more: Bool) async throws(WriteError) {
        let none = UnsafeRawBufferPointer(start: nil, count: 0)
        var sent = 0
        while sent < bytes.count {
            let rest = UnsafeRawBufferPointer(rebasing: bytes.dropFirst(sent))
            sent += try await progress(sendNow(rest, none, more: more), "sendmsg")
        }
    }

    /// Sends a range of a file: sendfile(2). ENODATA if the file ends before the range does.
    func send(file: Int32, range: Range<Int64>) async throws(WriteError) {
        /// At most this much in one call, so that a fast reader leaves others their turn.
        let stepBytes: Int64 = 1 << 20
        var offset = range.lowerBound
        var turnEnd = offset + stepBytes
        while offset < range.upperBound {
            let wanted = Int(min(stepBytes, range.upperBound - offset))
            let count = sendFileNow(file, at: offset, wanted)
            if count == 0 {
                throw .failed(SystemError("sendfile", "the file ended early", ENODATA))
            }
            offset += Int64(try await progress(count, "sendfile"))
            guard offset >= turnEnd else { continue }
            turnEnd = offset + stepBytes
            await Task.yield()
        }
    }

    /// Sends what there is room for now; nil if there is none.
    func sendSome(_ bytes: UnsafeRawBufferPointer, more: Bool) throws(WriteError) -> Int? {
        let none = UnsafeRawBufferPointer(start: nil, count: 0)
        return try taken(sendNow(bytes, none, more: more), "sendmsg")
    }

    /// What a write came to: the bytes taken; 0 after waiting for room.
    private func progress(_ count: Int, _ operation: String) async throws(WriteError) -> Int {
        if let count = try taken(count, operation) { return count }
        try await waitForRoom()
        return 0
    }

    /// The bytes that a write took; nil if there was no room.
    private func taken(_ count: Int, _ operation: String) throws(WriteError) -> Int? {
        if count >= 0 { return count }
        let number = errno
        switch number {
        case EINTR: return 0
        case EAGAIN: return nil
        case EPIPE, ECONNRESET, ENOTCONN, ETIMEDOUT: throw .disconnected
        default: throw .failed(SystemError(operation, "", number))
        }
    }

    /// Waits until writing is worth trying again, after a write for which there was no room.
    func waitForRoom() async throws(WriteError) {
        let deadline = shard.loop.now + shard.limits.writeTimeout
        let readiness =
            tls?.wants == .read
            ? await shard.loop.readable(registration, until: deadline)
            : await shard.loop.writable(registration, until: deadline)
        switch readiness {
        case .ready: return
        case .timedOut:
            shard.observer.refused(status: 0, .writeTimeout)
            throw .timedOut
        case .closed: throw .disconnected
        }
    }

    private func receiveNow(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        if let tls { return tls.read(into: buffer) }
        return recv(socket, buffer.baseAddress, buffer.count, 0)
    }

    private func sendFileNow(_ file: Int32, at offset: Int64, _ count: Int) -> Int {
        if let tls { return tls.send(file: file, at: offset, count, by: shard.bin) }
        return holdfast_sendfile(socket, file, off_t(offset), count)
    }

    // SAFETY: both pieces stay in place for the call; the kernel copies from them, never to them.
    /// One sendmsg(2) of both pieces.
    private func sendNow(
        _ first: UnsafeRawBufferPointer, _ second: UnsafeRawBufferPointer, more: Bool
    ) -> Int {
        if let tls { return sendNow(first, second, by: tls) }
        let flags = Int32(MSG_NOSIGNAL) | (more ? Int32(MSG_MORE) : 0)
        if second.isEmpty { return Glibc.send(socket, first.baseAddress, first.count, flags) }
        if first.isEmpty { return Glibc.send(socket, second.baseAddress, second.count, flags) }
        return withUnsafeTemporaryAllocation(of: iovec.self, capacity: 2) { vectors in
            vectors[0] = iovec(
                iov_base: UnsafeMutableRawPointer(mutating: first.baseAddress),
                iov_len: first.count)
            vectors[1] = iovec(
                iov_base: UnsafeMutableRawPointer(mutating: second.baseAddress),
                iov_len: second.count)
            var message = msghdr()
            message.msg_iov = vectors.baseAddress
            message.msg_iovlen = 2
            return sendmsg(socket, &message, flags)
        }
    }
}
