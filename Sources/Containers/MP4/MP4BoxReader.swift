/// Walks the boxes of an MP4 file (ISO/IEC 14496-12 §4.2) in whatever pieces it comes.
///
/// Boxes that hold boxes are entered, a few small leaves are kept whole, and all else, the media
/// above all, is only counted: memory is bounded by `leafBytesMax`.
package struct MP4BoxReader: Sendable {
    package enum Event: Equatable, Sendable {
        /// A box begins. `depth` 0 is the file itself.
        case opened(MP4BoxType, offset: Int64, depth: Int)
        /// A box that holds boxes has ended.
        case closed(MP4BoxType)
        /// The payload of a small box, at most `leafBytesMax` bytes of it.
        case leaf(MP4BoxType, [UInt8])
        /// What stands here is no box: the structure is lost from here on.
        case lost(offset: Int64)
    }

    /// The longest leaf that is kept whole: a run of 65,000 samples, an hour at 18 a second.
    package static let leafBytesMax = 1 << 20

    private enum State {
        case header
        case leaf(MP4BoxType, remaining: Int64)
        case skipping(remaining: Int64)
        /// In a box that lasts as long as the file.
        case toEnd
        case lost
    }

    /// An open box that holds boxes, and where it ends.
    private struct Container {
        let type: MP4BoxType
        let end: Int64
    }

    /// The offset of the next byte.
    package private(set) var offset: Int64 = 0
    private var state = State.header
    private var held: [UInt8] = []
    private var open: [Container] = []
    private var boxStart: Int64 = 0

    package init() {}

    /// Whether the last box was whole, and nothing is open.
    package var isAtEnd: Bool {
        switch state {
        case .header: held.isEmpty && open.isEmpty
        case .toEnd: true
        case .leaf, .skipping, .lost: false
        }
    }

    /// Whether the structure was lost on the way.
    package var isLost: Bool { if case .lost = state { true } else { false } }

    /// Where the box at the top level began that is not whole yet; the end if there is none.
    package private(set) var wholeEnd: Int64 = 0

    /// Takes the next bytes of the file.
    package mutating func append(_ bytes: Span<UInt8>, _ visit: (Event) -> Void) {
        var position = 0
        while position < bytes.count {
            let count: Int
            switch state {
            case .header:
                held.append(bytes[position])
                count = 1
                offset += 1
                if let header = MP4BoxHeader(held) {
                    held.removeAll(keepingCapacity: true)
                    begin(header, visit)
                }
            case .leaf(let type, let remaining):
                count = Int(min(remaining, Int64(bytes.count - position)))
                keep(bytes.extracting(position..<position + count))
                advance(count)
                if remaining == Int64(count) {
                    finishLeaf(type, visit)
                } else {
                    state = .leaf(type, remaining: remaining - Int64(count))
                }
            case .skipping(let remaining):
                count = Int(min(remaining, Int64(bytes.count - position)))
                advance(count)
                state = .skipping(remaining: remaining - Int64(count))
                if remaining == Int64(count) { close(visit) }
            case .toEnd, .lost:
                count = bytes.count - position
                advance(count)
            }
            position += count
        }
    }

    /// Steps over bytes that are missing. Inside media nothing is lost but them; anywhere else
    /// the boxes behind cannot be found again.
    package mutating func skip(_ count: Int64, _ visit: (Event) -> Void) {
        defer { offset += count }
        switch state {
        case .skipping(let remaining) where remaining > count:
            state = .skipping(remaining: remaining - count)
        case .toEnd, .lost: break
        case .header, .leaf, .skipping:
            state = .lost
            visit(.lost(offset: offset))
        }
    }

    private mutating func advance(_ count: Int) { offset += Int64(count) }

    private mutating func keep(_ bytes: Span<UInt8>) {
        for index in 0..<min(bytes.count, Self.leafBytesMax - held.count) {
            held.append(bytes[index])
        }
    }

    private mutating func begin(_ header: MP4BoxHeader, _ visit: (Event) -> Void) {
        boxStart = offset - Int64(header.byteCount)
        let end: Int64
        switch header.extent {
        case .bytes(let count): end = boxStart.addingReportingOverflow(count).partialValue
        case .toEnd: end = .max
        case .invalid: end = -1
        }
        // A box ends behind its own header and within the box around it.
        guard end >= offset, end <= open.last?.end ?? .max else {
            state = .lost
            visit(.lost(offset: boxStart))
            return
        }
        visit(.opened(header.type, offset: boxStart, depth: open.count))
        if header.type.holdsBoxes {
            open.append(Container(type: header.type, end: end))
            close(visit)
        } else if header.extent == .toEnd {
            state = .toEnd
        } else if header.type.isKept {
            state = .leaf(header.type, remaining: end - offset)
            if end == offset { finishLeaf(header.type, visit) }
        } else {
            state = .skipping(remaining: end - offset)
            if end == offset { close(visit) }
        }
    }

    private mutating func finishLeaf(_ type: MP4BoxType, _ visit: (Event) -> Void) {
        visit(.leaf(type, held))
        held = []
        close(visit)
    }

    /// Closes every box that ends here and awaits the next header.
    private mutating func close(_ visit: (Event) -> Void) {
        state = .header
        while let last = open.last, last.end == offset {
            open.removeLast()
            visit(.closed(last.type))
        }
        if open.isEmpty { wholeEnd = offset }
    }
}
