/// The head of a Block or SimpleBlock, byte by byte: track, relative timestamp, flags, and the
/// lengths of its frames (RFC 9559 §10).
struct BlockHeader: Equatable, Sendable {
    enum Progress: Equatable {
        case incomplete, invalid, whole
    }

    /// The bits of the flags (RFC 9559 §10.1, §10.2).
    enum Flag {
        static let key: UInt8 = 0x80
        static let lacing: UInt8 = 0x06
    }

    private enum Field: Equatable {
        case track, timestamp, flags, laceCount, laceLengths
    }

    private(set) var track: Int64 = 0
    /// Relative to the cluster's, in the segment's ticks.
    private(set) var timestamp: Int16 = 0
    private(set) var flags: UInt8 = 0
    /// Where the flags are, from the start of the block's payload.
    private(set) var flagsPlace = 0
    /// Bytes of each frame in the order of the block; valid once whole.
    private(set) var frameByteCounts = ShortList<Int64>()
    /// Bytes read so far.
    private(set) var byteCount = 0

    private let payloadByteCount: Int64
    private var field = Field.track
    /// Bytes still to come of the field or number at hand, and its value so far.
    private var missing = 0
    private var value: Int64 = 0
    private var width = 0
    private var laceCount = 0
    private var laceByteCount: Int64 = 0

    /// The fewest bytes of a block: track, timestamp, flags.
    static let byteCountMin: Int64 = 4

    init(payloadByteCount: Int64) {
        self.payloadByteCount = payloadByteCount
    }

    mutating func take(_ byte: UInt8) -> Progress {
        byteCount += 1
        guard Int64(byteCount) <= payloadByteCount else { return .invalid }
        switch field {
        case .track:
            guard takeNumber(byte) else { return .invalid }
            guard missing == 0 else { return .incomplete }
            track = value
            begin(.timestamp)
            missing = 2
        case .timestamp:
            value = value << 8 | Int64(byte)
            missing -= 1
            guard missing == 0 else { return .incomplete }
            timestamp = Int16(truncatingIfNeeded: value)
            begin(.flags)
        case .flags:
            flags = byte
            flagsPlace = byteCount - 1
            guard flags & Flag.lacing != 0 else {
                frameByteCounts.append(payloadByteCount - Int64(byteCount))
                return .whole
            }
            begin(.laceCount)
        case .laceCount:
            laceCount = Int(byte) + 1
            begin(.laceLengths)
            let isFixed = flags & Flag.lacing == 0x04
            return isFixed || laceCount == 1 ? endLacing(isFixed: isFixed) : .incomplete
        case .laceLengths:
            return takeLaceLength(byte)
        }
        return .incomplete
    }

    private mutating func begin(_ next: Field) {
        field = next
        value = 0
        missing = 0
        width = 0
    }

    /// Takes one byte of a variable-length number into `value`; false when none begins so.
    private mutating func takeNumber(_ byte: UInt8) -> Bool {
        guard missing == 0 else {
            value = value << 8 | Int64(byte)
            missing -= 1
            return true
        }
        width = EBMLNumber.byteCount(first: byte)
        guard width <= EBMLNumber.lengthBytesMax else { return false }
        value = Int64(byte) & ((1 << Int64(8 - width)) - 1)
        missing = width - 1
        return true
    }

    /// Xiph lengths are sums of bytes up to one below 255; EBML lengths are a number, then
    /// signed differences (RFC 9559 §10.3).
    private mutating func takeLaceLength(_ byte: UInt8) -> Progress {
        if flags & Flag.lacing == 0x02 {
            value += Int64(byte)
            guard byte < 255 else { return .incomplete }
        } else {
            guard takeNumber(byte) else { return .invalid }
            guard missing == 0 else { return .incomplete }
            if let last = frameByteCounts.last {
                value = last + value - ((1 << Int64(7 * width - 1)) - 1)
            }
        }
        guard value >= 0, value <= payloadByteCount else { return .invalid }
        frameByteCounts.append(value)
        laceByteCount += value
        begin(.laceLengths)
        return frameByteCounts.count == laceCount - 1 ? endLacing(isFixed: false) : .incomplete
    }

    private mutating func endLacing(isFixed: Bool) -> Progress {
        let rest = payloadByteCount - Int64(byteCount) - laceByteCount
        guard rest >= 0 else { return .invalid }
        guard isFixed else {
            frameByteCounts.append(rest)
            return .whole
        }
        guard rest % Int64(laceCount) == 0 else { return .invalid }
        for _ in 0..<laceCount { frameByteCounts.append(rest / Int64(laceCount)) }
        return .whole
    }
}
