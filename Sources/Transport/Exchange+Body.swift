internal import HTTP1
package import Posix
internal import Reactor

// SAFETY: buffers here are parts of the connection's input or of the exchange's slab, which stay in
// place until the exchange ends; nobody else writes to them. Span cannot be kept across an await.
extension Exchange {
    /// One receive takes at most this much, so that observers run while the bytes are in cache.
    private static let receiveBytesMax = 256 << 10
    /// The same for a chunked body: what lies behind its end must fit in the input buffer.
    private static let chunkedReceiveBytesMax = 16 << 10

    /// The whole body, contiguous, valid until the handler returns. Call it once, before the
    /// answer.
    ///
    /// Sends `100 Continue` first if the client waits for it (RFC 9110 §10.1.1). Its length
    /// (chunked: `maxBytes`) is reserved from `bodyBytesInFlightMax` before a byte is read.
    /// `observe` sees every piece as it comes, in order.
    package func readBody(
        maxBytes: Int, observe: (UnsafeRawBufferPointer) -> Void = { _ in }
    ) async throws(BodyError) -> LentBytes {
        precondition(!hasResponded, "the body is read before the answer")
        precondition(!isBodyAsked, "a body is read once")
        isBodyAsked = true
        if isBodyWhole { return LentBytes(Self.noBytes) }
        let lent: LentBytes
        switch head.framing {
        case .none: return LentBytes(Self.noBytes)
        case .length(let length):
            guard length <= maxBytes else { throw .tooLarge(limitBytes: maxBytes) }
            try await reserve(Int(length))
            lent = try await readLength(Int(length), observe)
        case .chunked:
            try await reserve(maxBytes)
            lent = try await readChunked(maxBytes, observe)
        }
        isBodyWhole = true
        connection.shard.observer.bodyBytes(lent.count)
        return lent
    }

    private static var noBytes: UnsafeRawBufferPointer { .init(start: nil, count: 0) }

    /// Waits for room in memory, then lets the client go on.
    private func reserve(_ byteCount: Int) async throws(BodyError) {
        let reserved = await connection.shard.budget.reserve(
            byteCount, for: connection.ticket.address)
        guard let reserved else {
            isBroken = true
            throw .disconnected
        }
        reservedBytes = reserved
        // Also to a client that sent some of it already, so that how the bytes come changes
        // nothing.
        guard head.expectsContinue else { return }
        do throws(WriteError) {
            try await connection.send(ResponseHead.continueBytes)
        } catch {
            isBroken = true
            throw .disconnected
        }
    }

    private func readLength(
        _ length: Int, _ observe: (UnsafeRawBufferPointer) -> Void
    ) async throws(BodyError) -> LentBytes {
        let shard = connection.shard
        let came = UnsafeRawBufferPointer(rebasing: connection.input.bytes.prefix(length))
        if came.count > 0 { observe(came) }
        connection.input.consume(came.count)
        if came.count == length { return LentBytes(came) }
        let slab = shard.pool.lease(length)
        self.slab = slab
        slab.buffer.copyMemory(from: came)
        connection.input.giveBack(&shard.pool)
        let pace = Pace(shard, connection.ticket.address)
        var filled = came.count
        while filled < length {
            // Ask for more than there is to come: see `SlabPool.slackBytes`.
            let end = min(filled + Self.receiveBytesMax, length + SlabPool.slackBytes)
            let count = try await receive(
                UnsafeMutableRawBufferPointer(rebasing: slab.buffer[filled..<end]), pace, filled)
            let ours = min(count, length - filled)
            let piece = UnsafeRawBufferPointer(slab.buffer)[filled..<filled + count]
            observe(UnsafeRawBufferPointer(rebasing: piece.prefix(ours)))
            filled += ours
            if ours < count {
                connection.input.append(
                    UnsafeRawBufferPointer(rebasing: piece.dropFirst(ours)),
                    limit: shard.inputBytes, &shard.pool)
            }
        }
        return slab.lend(0..<length)
    }

    private func receive(
        _ buffer: UnsafeMutableRawBufferPointer, _ pace: Pace, _ received: Int
    ) async throws(BodyError) -> Int {
        do throws(Connection.Silence) {
            return try await pace.receive(connection, into: buffer, received: received)
        } catch .timedOut {
            connection.shard.observer.refused(status: 408, .bodyTimeout)
            throw .timedOut
        } catch {
            isBroken = true
            throw .disconnected
        }
    }
}

extension Exchange {
    /// Decodes in place: content moves down over the framing that stood before it.
    private func readChunked(
        _ maxBytes: Int, _ observe: (UnsafeRawBufferPointer) -> Void
    ) async throws(BodyError) -> LentBytes {
        let shard = connection.shard
        let slab = shard.pool.lease(maxBytes)
        self.slab = slab
        var decoding = ChunkedBody(slab, maxBytes, shard.limits.http)
        let ended = try decoding.decode(connection.input.bytes, observe)
        connection.input.consume(ended ?? connection.input.count)
        if ended != nil { return slab.lend(0..<decoding.filled) }
        connection.input.giveBack(&shard.pool)
        let pace = Pace(shard, connection.ticket.address)
        while true {
            let start = decoding.filled
            let buffer = UnsafeMutableRawBufferPointer(
                rebasing: slab.buffer[start...].prefix(Self.chunkedReceiveBytesMax))
            let count = try await receive(buffer, pace, start)
            let raw = UnsafeRawBufferPointer(rebasing: buffer.prefix(count))
            guard let end = try decoding.decode(raw, observe) else { continue }
            connection.input.append(
                UnsafeRawBufferPointer(rebasing: raw.dropFirst(end)),
                limit: shard.inputBytes, &shard.pool)
            return slab.lend(0..<decoding.filled)
        }
    }
}

/// A chunked body on its way into a slab.
// SAFETY: `raw` and what was decoded may overlap in the slab: that takes memmove(3), which Span
// does not have.
private struct ChunkedBody {
    private let slab: Slab
    private let maxBytes: Int
    private var decoder: ChunkedDecoder
    /// Bytes of content so far.
    private(set) var filled = 0

    init(_ slab: Slab, _ maxBytes: Int, _ limits: HTTPLimits) {
        self.slab = slab
        self.maxBytes = maxBytes
        decoder = ChunkedDecoder(limits: limits)
    }

    /// Takes `raw` in, which may lie in the slab at or behind `filled`. Returns where in `raw`
    /// the body ended, or nil if more is to come.
    mutating func decode(
        _ raw: UnsafeRawBufferPointer, _ observe: (UnsafeRawBufferPointer) -> Void
    ) throws(BodyError) -> Int? {
        var used = 0
        while used < raw.count {
            let rest = UnsafeRawBufferPointer(rebasing: raw[used...])
            let step: ChunkedDecoder.Step
            do throws(HTTPError) {
                step = try decoder.next(rest.assumingMemoryBound(to: UInt8.self).span)
            } catch {
                throw .malformed(error)
            }
            switch step {
            case .needMore(let consumed): used += consumed
            case .end(let consumed): return used + consumed
            case .data(let range, let consumed):
                guard filled + range.count <= maxBytes else {
                    throw .tooLarge(limitBytes: maxBytes)
                }
                let place = UnsafeMutableRawBufferPointer(
                    rebasing: slab.buffer[filled..<filled + range.count])
                // memmove(3): the places may overlap.
                place.copyMemory(from: UnsafeRawBufferPointer(rebasing: rest[range]))
                observe(UnsafeRawBufferPointer(place))
                filled += range.count
                used += consumed
            }
        }
        return nil
    }
}
