internal import Recordings

/// The received bytes that edits of a finished file replace, so that every byte can be given
/// back as it was sent.
///
/// A statement about what was received, not about what was edited: one that names a byte which
/// was never changed does no harm. Packed in payloads of 56 bytes (see `ChunkTable`): base
/// offset as `Int64`, number of entries, then for each `distance from the end of the one before
/// · 2 + (1 if longer than a byte)` as a LEB128 varint, the byte count where it is longer than
/// 1, and the bytes. About 4 bytes for the flag of one block.
struct Originals: Sendable, Equatable {
    private static let headBytes = 9
    private static let entryBytesMax = 32

    private var bytes: [UInt8] = []
    /// What each `hullPayloads` payloads lie within, so that whoever asks for the bytes of one
    /// place does not read those of seven hours.
    private var hulls: [Range<Int64>] = []
    private static let hullPayloads = 64
    /// End of the last entry, as long as the last payload can take more; nil if it cannot.
    private var openEnd: Int64?
    private var used = 0

    var isEmpty: Bool { bytes.isEmpty }
    var rowCount: Int { bytes.count / ChunkTable.payloadBytes }

    /// Each payload, `ChunkTable.payloadBytes` long.
    var payloads: some Sequence<ArraySlice<UInt8>> {
        stride(from: 0, to: bytes.count, by: ChunkTable.payloadBytes).lazy.map { start in
            bytes[start..<start + ChunkTable.payloadBytes]
        }
    }

    /// Adds what was received at `offset`. Cheapest in rising order of offset.
    mutating func insert(_ received: some Collection<UInt8>, at offset: Int64) {
        var position = offset
        var rest = received[...]
        while !rest.isEmpty {
            let part = rest.prefix(Self.entryBytesMax)
            append(part, at: position)
            position += Int64(part.count)
            rest = rest.dropFirst(part.count)
        }
    }

    /// Takes a payload in; returns false, and does nothing, if no such one is ever packed.
    mutating func append(payload: some Collection<UInt8>) -> Bool {
        let start = bytes.count
        bytes += payload
        var ranges: [Range<Int64>] = []
        let isWhole = forEach(inPayload: start, 0..<Int64.max) { part, _ in ranges.append(part) }
        guard isWhole, !ranges.isEmpty else {
            bytes.removeSubrange(start...)
            return false
        }
        openEnd = nil
        for range in ranges { widenHull(start, range) }
        return true
    }

    mutating func append(_ other: Originals) {
        for payload in other.payloads { _ = append(payload: payload) }
        openEnd = other.openEnd
        used = other.used
    }

    /// The payload at `start` has bytes of `range` now.
    private mutating func widenHull(_ start: Int, _ range: Range<Int64>) {
        let index = start / ChunkTable.payloadBytes / Self.hullPayloads
        guard index < hulls.count else { return hulls.append(range) }
        let hull = hulls[index]
        hulls[index] =
            min(hull.lowerBound, range.lowerBound)..<max(hull.upperBound, range.upperBound)
    }

    /// The parts of `range` that are held here.
    func covered(_ range: Range<Int64>) -> ByteRanges {
        var covered = ByteRanges()
        forEach(in: range) { part, _ in covered.insert(part) }
        return covered
    }

    /// Puts back what was received into `buffer`, which holds the bytes of `range`.
    func restore(_ range: Range<Int64>, in buffer: UnsafeMutableRawBufferPointer) {
        forEach(in: range) { part, received in
            for (number, byte) in received.enumerated() {
                buffer[Int(part.lowerBound - range.lowerBound) + number] = byte
            }
        }
    }

    /// Everything held here, in the order in which it was added.
    var entries: [(offset: Int64, bytes: [UInt8])] {
        var entries: [(Int64, [UInt8])] = []
        forEach(in: 0..<Int64.max) { entries.append(($0.lowerBound, Array($1))) }
        return entries
    }

    /// Calls `body` with each part of an entry that lies in `range`.
    private func forEach(
        in range: Range<Int64>, _ body: (Range<Int64>, ArraySlice<UInt8>) -> Void
    ) {
        let hullBytes = Self.hullPayloads * ChunkTable.payloadBytes
        for (number, hull) in hulls.enumerated() where hull.overlaps(range) {
            let end = min(bytes.count, (number + 1) * hullBytes)
            for start in stride(from: number * hullBytes, to: end, by: ChunkTable.payloadBytes) {
                _ = forEach(inPayload: start, range, body)
            }
        }
    }

    /// Returns false where the payload's entries do not lie within it.
    private func forEach(
        inPayload start: Int, _ range: Range<Int64>,
        _ body: (Range<Int64>, ArraySlice<UInt8>) -> Void
    ) -> Bool {
        let payload = bytes[start..<start + ChunkTable.payloadBytes]
        var offset = Int64(bitPattern: payload.littleEndian(UInt64.self, at: start))
        guard offset >= 0 else { return false }
        guard offset < range.upperBound else { return true }
        var index = start + Self.headBytes
        for _ in 0..<payload[start + 8] {
            guard let code = Self.varint(payload, &index) else { return false }
            var count = 1
            if code & 1 == 1 {
                guard index < payload.endIndex else { return false }
                count = Int(payload[index])
                index += 1
            }
            let distance = Int64(code >> 1)
            guard distance <= Int64.max - offset - Int64(count), count > 0,
                count <= payload.endIndex - index
            else { return false }
            offset += distance
            let end = offset + Int64(count)
            if offset < range.upperBound, end > range.lowerBound {
                let part = max(offset, range.lowerBound)..<min(end, range.upperBound)
                let first = index + Int(part.lowerBound - offset)
                body(part, payload[first..<first + part.count])
            }
            offset = end
            index += count
        }
        return true
    }

    private mutating func append(_ part: some Collection<UInt8>, at offset: Int64) {
        let range = offset..<offset + Int64(part.count)
        let isLong = part.count > 1
        if let end = openEnd, end <= offset {
            let entry = Self.entry(distance: UInt64(offset - end), part, isLong)
            if used + entry.count <= ChunkTable.payloadBytes { return put(entry, range) }
        }
        var head: [UInt8] = []
        head.appendLittleEndian(offset)
        head.append(0)
        bytes += head + repeatElement(0, count: ChunkTable.payloadBytes - head.count)
        used = head.count
        put(Self.entry(distance: 0, part, isLong), range)
    }

    private mutating func put(_ entry: [UInt8], _ range: Range<Int64>) {
        let start = bytes.count - ChunkTable.payloadBytes
        bytes.replaceSubrange(start + used..<start + used + entry.count, with: entry)
        bytes[start + 8] += 1
        used += entry.count
        openEnd = range.upperBound
        widenHull(start, range)
    }

    private static func entry(
        distance: UInt64, _ part: some Collection<UInt8>, _ isLong: Bool
    ) -> [UInt8] {
        var entry: [UInt8] = []
        var code = distance << 1 | (isLong ? 1 : 0)
        while code >= 0x80 {
            entry.append(UInt8(code & 0x7f) | 0x80)
            code >>= 7
        }
        entry.append(UInt8(code))
        if isLong { entry.append(UInt8(part.count)) }
        return entry + part
    }

    /// Nil: it does not end within the payload and ten bytes.
    private static func varint(_ payload: ArraySlice<UInt8>, _ index: inout Int) -> UInt64? {
        var value: UInt64 = 0
        for shift in stride(from: 0, to: 64, by: 7) {
            guard index < payload.endIndex else { return nil }
            let byte = payload[index]
            index += 1
            value |= UInt64(byte & 0x7f) << UInt64(shift)
            if byte & 0x80 == 0 { return value }
        }
        return nil
    }
}
