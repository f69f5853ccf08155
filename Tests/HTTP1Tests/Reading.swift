import HTTP1

/// What a connection makes of the bytes it gets: the requests, and how it ends. Two ways to feed
/// the same bytes must give the same reading.
struct Reading: Equatable {
    struct Message: Equatable {
        var head: RequestHead
        var body: [UInt8]
    }

    enum End: Equatable {
        /// Waits for more, this many bytes into a message.
        case waiting(Int)
        case refused(HTTPError)
    }

    var messages: [Message] = []
    var end = End.waiting(0)
}

/// A connection without a socket: heads, bodies, pipelined requests.
struct Reader {
    private enum State {
        case head
        case length(Int64)
        case chunked(ChunkedDecoder)
    }

    private let limits: HTTPLimits
    private var parser: HeadParser
    private var state = State.head
    private var pending: [UInt8] = []
    private(set) var reading = Reading()

    init(limits: HTTPLimits = HTTPLimits()) {
        self.limits = limits
        self.parser = HeadParser(limits: limits)
    }

    static func read(
        _ bytes: [UInt8], pieces: [Range<Int>], limits: HTTPLimits = HTTPLimits()
    ) -> Reading {
        var reader = Reader(limits: limits)
        for piece in pieces { reader.feed(bytes[piece]) }
        return reader.reading
    }

    static func whole(_ bytes: [UInt8], limits: HTTPLimits = HTTPLimits()) -> Reading {
        read(bytes, pieces: [0..<bytes.count], limits: limits)
    }

    static func byteByByte(_ bytes: [UInt8], limits: HTTPLimits = HTTPLimits()) -> Reading {
        read(bytes, pieces: bytes.indices.map { $0..<$0 + 1 }, limits: limits)
    }

    mutating func feed(_ piece: ArraySlice<UInt8>) {
        guard case .waiting = reading.end else { return }
        pending += piece
        do throws(HTTPError) {
            while try step() {}
            reading.end = .waiting(pending.count)
        } catch {
            reading.end = .refused(error)
        }
    }

    /// Takes one head or piece of body off `pending`; false when more is needed.
    private mutating func step() throws(HTTPError) -> Bool {
        switch state {
        case .head:
            let bytes = pending
            guard let (head, consumed) = try parser.parse(bytes.span) else { return false }
            pending.removeFirst(consumed)
            reading.messages.append(Reading.Message(head: head, body: []))
            switch head.framing {
            case .none: break
            case .length(let count): state = .length(count)
            case .chunked: state = .chunked(ChunkedDecoder(limits: limits))
            }
            return true
        case .length(let count):
            let taken = Int(min(count, Int64(pending.count)))
            appendBody(pending[..<taken])
            pending.removeFirst(taken)
            state = count == Int64(taken) ? .head : .length(count - Int64(taken))
            return count == Int64(taken)
        case .chunked(var decoder):
            let step = try decoder.next(pending.span)
            state = .chunked(decoder)
            switch step {
            case .needMore(let consumed):
                pending.removeFirst(consumed)
                return false
            case .data(let range, let consumed):
                appendBody(pending[range])
                pending.removeFirst(consumed)
            case .end(let consumed):
                pending.removeFirst(consumed)
                state = .head
            }
            return true
        }
    }

    private mutating func appendBody(_ bytes: ArraySlice<UInt8>) {
        reading.messages[reading.messages.count - 1].body += bytes
    }
}
