/// Takes the chunked coding off a body (RFC 9112 §7.1), as the bytes come and without keeping any.
package struct ChunkedDecoder: Sendable {
    /// What a call found. `consumed` counts bytes from the start of the input given.
    package enum Step: Sendable, Equatable {
        /// Everything given is used up (`consumed` is the input's count): give what follows.
        case needMore(consumed: Int)
        /// These bytes of the input are content (never empty; they end at `consumed`).
        case data(Range<Int>, consumed: Int)
        /// The body has ended; what lies behind `consumed` is the next request.
        case end(consumed: Int)
    }

    private enum State: Sendable {
        case lineStart
        case digits
        case chunkExtension(ChunkExtension)
        case lineEnd
        case data
        case dataEnd
        case dataLineFeed
        case trailers(TrailerSection)
        case end
    }

    private let limits: HTTPLimits
    private var state = State.lineStart
    /// Bytes seen of the whole coded body.
    private var offset = 0
    /// Of the chunk at hand: announced, later still to come.
    private var chunkBytes: Int64 = 0
    private var lineBytes = 0
    private var extrasBytes = 0

    /// A decoder at the beginning of a body.
    package init(limits: HTTPLimits = HTTPLimits()) {
        self.limits = limits
    }

    /// Decodes up to the next content, end of body, or end of input.
    ///
    /// Call it again with the input behind `consumed`. Trailer fields are checked and dropped.
    /// - Throws: the refusal; the decoder is of no use afterwards.
    package mutating func next(_ input: Span<UInt8>) throws(HTTPError) -> Step {
        if case .end = state { return .end(consumed: 0) }
        var index = 0
        while index < input.count {
            if case .data = state {
                let count = Int(min(chunkBytes, Int64(input.count - index)))
                chunkBytes -= Int64(count)
                offset += count
                if chunkBytes == 0 { state = .dataEnd }
                return .data(index..<index + count, consumed: index + count)
            }
            try advance(input[index])
            index += 1
            offset += 1
            if case .end = state { return .end(consumed: index) }
        }
        return .needMore(consumed: index)
    }

    private mutating func advance(_ byte: UInt8) throws(HTTPError) {
        switch state {
        case .lineStart, .digits, .chunkExtension:
            try advanceInLine(byte)
        case .lineEnd:
            try expect(Characters.lineFeed, byte)
            state = chunkBytes == 0 ? .trailers(TrailerSection()) : .data
        case .dataEnd:
            try expect(Characters.carriageReturn, byte)
            state = .dataLineFeed
        case .dataLineFeed:
            try expect(Characters.lineFeed, byte)
            state = .lineStart
        case .trailers(var trailers):
            let isLast = try trailers.advance(byte, limits, offset: offset)
            state = isLast ? .end : .trailers(trailers)
        case .data, .end:
            preconditionFailure("next() handles data and the end itself")
        }
    }

    /// The line before a chunk's data: its length and extensions.
    private mutating func advanceInLine(_ byte: UInt8) throws(HTTPError) {
        lineBytes += 1
        switch state {
        case .lineStart:
            guard let digit = Characters.hexValue(byte) else {
                throw .malformed("a chunk begins with its length", offset: offset)
            }
            lineBytes = 1
            chunkBytes = Int64(digit)
            state = .digits
        case .chunkExtension(let place):
            extrasBytes += 1
            if byte == Characters.carriageReturn, place.isWhole {
                state = .lineEnd
            } else if let next = place.after(byte) {
                state = .chunkExtension(next)
            } else {
                throw .malformed("a chunk's extension is not valid", offset: offset)
            }
        default:
            try advanceInDigits(byte)
        }
        guard lineBytes <= limits.chunkLineBytesMax, extrasBytes <= limits.chunkExtrasBytesMax
        else { throw .malformed("a chunk's line is too long", offset: offset) }
    }

    private mutating func advanceInDigits(_ byte: UInt8) throws(HTTPError) {
        if let digit = Characters.hexValue(byte) {
            guard chunkBytes <= HTTPLimits.lengthMax >> 4 else { throw .contentTooLarge }
            chunkBytes = chunkBytes << 4 | Int64(digit)
            if lineBytes > 16 { extrasBytes += 1 }
        } else if byte == Characters.carriageReturn {
            state = .lineEnd
        } else if let next = ChunkExtension.beforeSemicolon.after(byte) {
            extrasBytes += 1
            state = .chunkExtension(next)
        } else {
            throw .malformed("a chunk's length is not hexadecimal", offset: offset)
        }
    }

    private func expect(_ wanted: UInt8, _ byte: UInt8) throws(HTTPError) {
        guard byte == wanted else {
            throw .malformed("a chunk's line or data does not end in CRLF", offset: offset)
        }
    }
}
