/// What lies between two good pages: nothing, in a whole recording.
///
/// A finished file must not trip over it. Players search for the next `OggS` behind whatever they
/// cannot read, so the good pages stay where they are; but two things stop some of them:
/// - a page with a wrong checksum is an error to FFmpeg, and its search begins anew inside it. So
///   the capture pattern of such a page is overwritten with zeros: to a player it is no page any
///   more. Its checksum is never made to fit bytes that are wrong;
/// - FFmpeg, and Chromium with it, gives up the search after 65,307 bytes. So in a longer gap an
///   empty page, which is legal and holds nothing, stands every `stoneDistance` bytes.
///
/// And where the gap swallowed the tags of an Opus stream, without which nothing plays at all, a
/// page of empty tags stands at its start.
///
/// Sequence numbers and granules stay as they are: the hole shows, and players keep the time.
package struct OggGap: Equatable, Sendable {
    package enum Cause: Equatable, Sendable {
        /// The bytes never came.
        case missing
        /// A page's checksum is wrong.
        case checksum
        /// A page was cut short.
        case cut
        /// A whole page that is here already, or too late for its place.
        case outOfOrder
    }

    /// How far apart empty pages stand in a long gap: well below the 65,307 bytes that FFmpeg
    /// searches.
    package static let stoneDistance: Int64 = 49_152
    /// How many failed pages of one gap are remembered, so that memory stays bounded.
    private static let patternsMax = 256

    /// Where the capture patterns of failed pages lie.
    package private(set) var patterns: [Int64] = []
    /// Why there is a gap; the first reason of each kind.
    package private(set) var causes: [Cause] = []
    package private(set) var missingByteCount: Int64 = 0
    package private(set) var outOfOrderByteCount: Int64 = 0

    package init() {}

    package mutating func addPattern(_ offset: Int64, _ cause: Cause) {
        note(cause)
        if patterns.count < Self.patternsMax { patterns.append(offset) }
    }

    package mutating func addMissing(_ count: Int64) {
        note(.missing)
        missingByteCount += count
    }

    /// Without its own pattern, the page would no longer hide those in its packets.
    package mutating func addOutOfOrder(_ page: OggStream.Page, _ bytes: Span<UInt8>) {
        var start = 0
        while let index = OggPageReader.captureOffset(in: bytes, from: start),
            index + 4 <= bytes.count
        {
            addPattern(page.offset + Int64(index), .outOfOrder)
            start = index + 4
        }
        outOfOrderByteCount += Int64(page.byteCount)
    }

    private mutating func note(_ cause: Cause) {
        if !causes.contains(cause) { causes.append(cause) }
    }

    /// The edits that let players pass, once the gap is known to be `range`.
    ///
    /// - Parameters:
    ///   - page: the last page of the stream that goes on behind the gap; nil if none does:
    ///     then an empty page would belong to a stream that has ended, or has not begun.
    ///   - tagsFor: the Opus stream whose tags are in the gap.
    package func edits(
        in range: Range<Int64>, after page: OggPageHeader?,
        tagsFor serial: UInt32?
    ) -> [Edit] {
        var pages: [Edit] = []
        if let serial {
            pages.append(Edit(offset: range.lowerBound, bytes: OggPageHeader.emptyTags(serial)))
        }
        if let page {
            let count = (Int64(range.count) - Self.stoneByteCount) / Self.stoneDistance
            for stone in 0..<max(0, count) {
                let bytes = OggPageHeader.emptyPage(
                    serial: page.serial, sequence: page.sequence &+ UInt32(stone + 1))
                let offset = range.lowerBound + (stone + 1) * Self.stoneDistance
                pages.append(Edit(offset: offset, bytes: bytes))
            }
        }
        pages.removeAll { $0.range.upperBound > range.upperBound }
        return blankedPatterns(in: range, besides: pages) + pages
    }

    /// Blanks what is left of the patterns beside `pages`, which are in order.
    private func blankedPatterns(in range: Range<Int64>, besides pages: [Edit]) -> [Edit] {
        patterns.compactMap { pattern in
            let end = min(pattern + 4, range.upperBound)
            let isCovered = pages.contains { $0.range.overlaps(pattern..<end) }
            let zeros = [UInt8](repeating: 0, count: Int(end - pattern))
            return isCovered ? nil : Edit(offset: pattern, bytes: zeros)
        }
    }

    private static let stoneByteCount = Int64(OggPageHeader.fixedByteCount)
}
