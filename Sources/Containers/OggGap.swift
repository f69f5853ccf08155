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

    package mutating func addOutOfOrder(_ range: Range<Int64>) {
        addPattern(range.lowerBound, .outOfOrder)
        outOfOrderByteCount += Int64(range.count)
    }

    private mutating func note(_ cause: Cause) {
        if !causes.contains(cause) { causes.append(cause) }
    }

    /// The edits that let players pass, once the gap is known to be `range`. `serial` and
    /// `sequence` are those of the page before it, nil if there is none: then nothing can play
    /// up to here, and no empty page helps.
    package func edits(
        in range: Range<Int64>, after page: (serial: UInt32, sequence: UInt32)?
    ) -> [Edit] {
        let stones = page == nil ? 0 : Self.stoneCount(in: range)
        var edits: [Edit] = []
        for pattern in patterns where !Self.isUnderStone(pattern, in: range, stones: stones) {
            let count = min(4, range.upperBound - pattern)
            edits.append(
                Edit(offset: pattern, bytes: [UInt8](repeating: 0, count: Int(count))))
        }
        guard let page else { return edits }
        for stone in 0..<stones {
            let bytes = OggPageHeader.emptyPage(
                serial: page.serial, sequence: page.sequence &+ UInt32(stone + 1))
            let offset = range.lowerBound + Int64(stone + 1) * Self.stoneDistance
            edits.append(Edit(offset: offset, bytes: bytes))
        }
        return edits
    }

    private static let stoneByteCount = Int64(OggPageHeader.fixedByteCount)

    private static func stoneCount(in range: Range<Int64>) -> Int {
        Int(max(0, Int64(range.count) - stoneByteCount) / stoneDistance)
    }

    /// Whether an empty page will overwrite any of the four bytes at `pattern`.
    private static func isUnderStone(
        _ pattern: Int64, in range: Range<Int64>, stones: Int
    ) -> Bool {
        let end = pattern - range.lowerBound + 3
        return (1...Int64.max).contains(end / stoneDistance)
            && end / stoneDistance <= Int64(stones) && end % stoneDistance < stoneByteCount + 3
    }
}
