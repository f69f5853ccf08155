/// Which blocks of which WebM files make the new one, and when each plays in it.
///
/// Video can only begin at a key frame. The start of the whole goes back to the last key frame
/// before it; a piece behind a cut begins at the next key frame, so that nothing of what was to go
/// stays. Every piece ends where it was asked to, to the block. Sound alone begins and ends to
/// the block.
package struct WebMSplice: Equatable, Sendable {
    /// A block that stays, with its time in the new file, in ticks.
    package struct Entry: Equatable, Sendable {
        package var source: Int
        package var block: Int
        package var time: Int64
    }

    /// A new cluster begins at least so often, in nanoseconds.
    private static let clusterNanosecondsMax: Int64 = 5_000_000_000

    package private(set) var clusters: [[Entry]] = []
    /// What plays, in ticks; the last frame of a video lasts nobody knows how long.
    package private(set) var length: Int64 = 0
    private let tick: Int64

    /// What plays, in seconds.
    package var seconds: Double { Double(length) * Double(tick) / 1e9 }

    /// - Parameter pieces: in the order in which they play.
    ///
    /// Errors: `empty`; `different`, if sources do not fit together.
    package init(
        _ sources: [WebMBlocks], _ pieces: [SplicePiece], seam: SpliceSeam
    ) throws(SpliceError) {
        guard let first = sources.first, sources.allSatisfy({ first.fits($0) }) else {
            throw .different("Their tracks differ: other codecs, measures or channels.")
        }
        tick = first.tick
        for (index, piece) in pieces.enumerated() {
            let isInside = seam == .inside
            add(
                piece, sources[piece.source], goesBack: index == 0 || !isInside,
                endsInside: isInside && index < pieces.count - 1)
        }
        guard !clusters.isEmpty else { throw .empty("Nothing would be left of it.") }
    }

    private mutating func add(
        _ piece: SplicePiece, _ source: WebMBlocks, goesBack: Bool, endsInside: Bool
    ) {
        let wanted = ticks(piece.time.lowerBound)..<ticks(piece.time.upperBound)
        guard let start = Self.start(source, wanted.lowerBound, goesBack), start < wanted.upperBound
        else { return }
        let ends = source.ends
        let base = length
        var isFirst = true
        var hasKey: Set<Int64> = []
        for (index, block) in source.blocks.enumerated() where block.time >= start {
            let isSound = !source.videoTracks.contains(block.track)
            let last = endsInside && isSound ? ends[index] - 1 : block.time
            guard last < wanted.upperBound else { continue }
            if block.isKey { hasKey.insert(block.track) }
            guard isSound || hasKey.contains(block.track) else { continue }
            let entry = Entry(
                source: piece.source, block: index, time: base + block.time - start)
            append(entry, beginsPiece: isFirst)
            isFirst = false
            length = max(length, base + ends[index] - start)
        }
    }

    private mutating func append(_ entry: Entry, beginsPiece: Bool) {
        guard !beginsPiece, let first = clusters.last?.first,
            case let distance = entry.time - first.time,
            distance < Self.clusterNanosecondsMax / tick, Int16(exactly: distance) != nil
        else {
            clusters.append([entry])
            return
        }
        clusters[clusters.count - 1].append(entry)
    }

    /// Where a piece that was asked to begin at `time` can begin; nil: nowhere.
    private static func start(_ source: WebMBlocks, _ time: Int64, _ goesBack: Bool) -> Int64? {
        let hasVideo = !source.videoTracks.isEmpty
        let places = source.blocks.filter {
            $0.isKey && (!hasVideo || source.videoTracks.contains($0.track))
        }.map(\.time)
        let behind = places.filter { $0 >= time }.min()
        let before = places.filter { $0 <= time }.max()
        return goesBack ? before ?? behind : behind
    }

    private func ticks(_ nanoseconds: Int64) -> Int64 { nanoseconds / tick }
}

extension WebMBlocks {
    /// When each block ends: where the next one of its track begins; the last one of a track lasts
    /// as long as the one before it.
    fileprivate var ends: [Int64] {
        var ends = blocks.map(\.time)
        var last: [Int64: (index: Int, length: Int64)] = [:]
        for (index, block) in blocks.enumerated() {
            if let before = last[block.track] {
                let length = max(0, block.time - blocks[before.index].time)
                ends[before.index] = blocks[before.index].time + length
                last[block.track] = (index, length)
            } else {
                last[block.track] = (index, 0)
            }
        }
        for (index, length) in last.values { ends[index] = blocks[index].time + length }
        return ends
    }
}
