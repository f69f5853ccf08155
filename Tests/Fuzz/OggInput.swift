internal import Containers

/// Fuzzed bytes never pass the checksum of a page, so those of all pages are put right, unless
/// the third byte from the end is 128 or more.
func withRightChecksums(_ input: [UInt8]) -> [UInt8] {
    guard input.count > 4, input[input.count - 3] < 128 else { return input }
    var bytes = input
    var place = 0
    while place < bytes.count {
        guard bytes[place] == OggPageHeader.capturePattern[0],
            let header = OggPageHeader(bytes.span, at: place)
        else {
            place += 1
            continue
        }
        let table = place + OggPageHeader.fixedByteCount
        let body = table + header.segmentCount
        guard body <= bytes.count else { break }
        let end = bytes[table..<body].reduce(body) { $0 + Int($1) }
        guard end <= bytes.count - 4 else { break }
        putChecksum(&bytes, place..<end)
        place = end
    }
    return bytes
}

private func putChecksum(_ bytes: inout [UInt8], _ page: Range<Int>) {
    let field = page.lowerBound + OggPageHeader.checksumOffset
    bytes.replaceSubrange(field..<field + 4, with: [0, 0, 0, 0])
    var checksum = OggChecksum()
    checksum.add(bytes.span.extracting(page))
    for index in 0..<4 {
        bytes[field + index] = UInt8(truncatingIfNeeded: checksum.value >> UInt32(8 * index))
    }
}
