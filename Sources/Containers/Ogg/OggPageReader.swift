/// Cuts a stream of bytes into Ogg pages (RFC 3533 §6), whatever pieces it comes in, and finds the
/// next page again after damage.
///
/// It holds at most one page that is not whole yet, 65,307 bytes. A page counts only if its
/// checksum is right; where it is not, the search goes on behind the failed capture pattern, so
/// that a page cut short does not swallow those behind it.
package struct OggPageReader: Sendable {
    package enum Event: Equatable, Sendable {
        /// A whole page with the right checksum. `offset` is that of its first byte.
        case page(OggPageHeader, offset: Int64, byteCount: Int)
        /// What begins here like a page is none: its checksum is wrong, or it was cut short.
        case broken(offset: Int64, isCut: Bool)
    }

    /// Hears of every event in order; `bytes` is the whole page, or empty for a broken one.
    package typealias Visitor = (_ event: Event, _ bytes: Span<UInt8>) -> Void

    /// How often, inside one failed page, another beginning is believed. Without a limit a hostile
    /// file of nothing but beginnings would be read 65,307 / 28 times over.
    private static let failuresMax = 16

    /// The offset of the first byte that is not decided yet.
    package private(set) var offset: Int64
    /// From there on: less than one page.
    private var held: [UInt8] = []
    private var failedEnd: Int64 = 0
    private var failures = 0

    package init(offset: Int64 = 0) { self.offset = offset }

    /// How many bytes wait for the rest of their page.
    package var heldByteCount: Int { held.count }

    /// Takes the next bytes of the stream.
    package mutating func append(_ bytes: Span<UInt8>, _ visit: Visitor) {
        var position = 0
        while !held.isEmpty, position < bytes.count {
            let wanted = max(1, Self.byteCountNeeded(held.span) - held.count)
            let end = min(bytes.count, position + wanted)
            hold(bytes.extracting(position..<end))
            position = end
            walkHeld(isLast: false, visit)
        }
        guard position < bytes.count else { return }
        let rest = bytes.extracting(position..<bytes.count)
        let used = walk(rest, isLast: false, visit)
        hold(rest.extracting(used..<rest.count))
    }

    /// No more bytes will come behind those held: whatever is not whole by now is cut short.
    package mutating func cut(_ visit: Visitor) {
        walkHeld(isLast: true, visit)
    }

    /// Steps over `count` bytes that are missing from the stream.
    package mutating func skip(_ count: Int64, _ visit: Visitor) {
        cut(visit)
        offset += count
    }

    private mutating func hold(_ bytes: Span<UInt8>) {
        held.reserveCapacity(held.count + bytes.count)
        for index in bytes.indices { held.append(bytes[index]) }
    }

    private mutating func walkHeld(isLast: Bool, _ visit: Visitor) {
        var bytes: [UInt8] = []
        swap(&bytes, &held)
        let used = walk(bytes.span, isLast: isLast, visit)
        bytes.removeFirst(used)
        held = bytes
    }

    /// Decides as many bytes as can be decided and says how many.
    private mutating func walk(_ bytes: Span<UInt8>, isLast: Bool, _ visit: Visitor) -> Int {
        let base = offset
        var index = 0
        while true {
            guard let start = Self.captureOffset(in: bytes, from: index) else {
                index = bytes.count
                break
            }
            index = start
            let byteCount = Self.byteCountNeeded(bytes.extracting(start..<bytes.count))
            if start + byteCount > bytes.count {
                if !isLast { break }
                visit(.broken(offset: base + Int64(start), isCut: true), Span())
                index = start + 1
                continue
            }
            let page = bytes.extracting(start..<start + byteCount)
            if let header = OggPageHeader(page, at: 0), header.checksum == Self.checksum(page) {
                visit(.page(header, offset: base + Int64(start), byteCount: byteCount), page)
                index = start + byteCount
            } else {
                visit(.broken(offset: base + Int64(start), isCut: false), Span())
                index = start + behindFailure(at: base + Int64(start), byteCount: byteCount)
            }
        }
        offset = base + Int64(index)
        return index
    }

    /// How far to go on behind a failed page before the next beginning is believed.
    private mutating func behindFailure(at start: Int64, byteCount: Int) -> Int {
        if start >= failedEnd {
            failedEnd = start + Int64(byteCount)
            failures = 0
        }
        failures += 1
        return failures > Self.failuresMax ? max(1, Int(failedEnd - start)) : 1
    }

    /// Where the next capture pattern begins, or what could still become one at the end.
    static func captureOffset(in bytes: Span<UInt8>, from start: Int) -> Int? {
        var index = start
        while index < bytes.count {
            var matched = 0
            while matched < 4, index + matched < bytes.count,
                bytes[index + matched] == OggPageHeader.capturePattern[matched]
            {
                matched += 1
            }
            if matched == 4 || (matched > 0 && index + matched == bytes.count) { return index }
            index += 1
        }
        return nil
    }

    /// How many bytes the page at the start of `bytes` has, as far as they tell by now.
    private static func byteCountNeeded(_ bytes: Span<UInt8>) -> Int {
        guard bytes.count >= OggPageHeader.fixedByteCount else {
            return OggPageHeader.fixedByteCount
        }
        let headerCount = OggPageHeader.fixedByteCount + Int(bytes[26])
        guard bytes.count >= headerCount else { return headerCount }
        var count = headerCount
        for index in OggPageHeader.fixedByteCount..<headerCount { count += Int(bytes[index]) }
        return count
    }

    /// The checksum of a whole page: its own four bytes count as zeros.
    private static func checksum(_ page: Span<UInt8>) -> UInt32 {
        var checksum = OggChecksum()
        checksum.add(page.extracting(0..<OggPageHeader.checksumOffset))
        checksum.addZeros(4)
        checksum.add(page.extracting(OggPageHeader.checksumOffset + 4..<page.count))
        return checksum.value
    }
}
