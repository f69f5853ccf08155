/// Which packets of which Ogg Opus files make the new one, and how a player is told to play
/// exactly what was asked for.
///
/// Start and end of the whole are exact to the sample: the pre-skip hides what stays in front of
/// the start, 80 ms at least so that the decoder finds its state (RFC 7845 §4.6), and the last
/// granule hides what stays behind the end (§4.4). In between there are only whole packets.
package struct OpusSplice: Equatable, Sendable {
    /// Packets of one source, one after the other.
    package struct Run: Equatable, Sendable {
        package var source: Int
        package var packets: Range<Int>
    }

    package private(set) var runs: [Run] = []
    /// Samples at 48 kHz that a player drops at the start; always less than 65,536.
    package private(set) var preSkip: Int64 = 0
    /// The granule of the last packet: where the last sample that plays ends.
    package private(set) var endGranule: Int64 = 0

    /// Samples at 48 kHz that play.
    package var sampleCount: Int64 { endGranule - preSkip }

    /// - Parameters:
    ///   - sources: whose pieces they are.
    ///   - pieces: in the order in which they play.
    ///
    /// Errors: `empty`.
    package init(
        _ sources: [OpusTimeline], _ pieces: [SplicePiece], seam: SpliceSeam
    ) throws(SpliceError) {
        var cuts = pieces.map { Cut($0, sources[$0.source]) }.filter { !$0.range.isEmpty }
        // Whoever stands first or last after others went is cut to the sample, and may stay.
        while let index = cuts.indices.first(where: { index in
            cuts[index].run(isFirst: index == 0, isLast: index == cuts.count - 1, seam) == nil
        }) { cuts.remove(at: index) }
        guard let first = cuts.first, let last = cuts.last else {
            throw .empty("Nothing would be left of it.")
        }
        for (index, cut) in cuts.enumerated() {
            let run = cut.run(isFirst: index == 0, isLast: index == cuts.count - 1, seam)
            guard let run else { continue }
            runs.append(Run(source: cut.source, packets: run.start.packet..<run.end.packet))
            endGranule += run.end.position - run.start.position
            if index == 0 { preSkip = first.range.lowerBound - run.start.position }
            if index == cuts.count - 1 { endGranule -= run.end.position - last.range.upperBound }
        }
    }

    /// One piece as samples of its source.
    private struct Cut {
        let source: Int
        let timeline: OpusTimeline
        let range: Range<Int64>

        init(_ piece: SplicePiece, _ timeline: OpusTimeline) {
            source = piece.source
            self.timeline = timeline
            let end = timeline.preSkip + timeline.sampleCount
            func position(_ nanoseconds: Int64) -> Int64 {
                let samples = Double(max(0, nanoseconds)) * 48 / 1_000_000
                return min(end, timeline.preSkip + Int64(min(samples.rounded(), 1e15)))
            }
            range = position(piece.time.lowerBound)..<position(piece.time.upperBound)
        }

        /// Nil: not one sample of it would play.
        func run(
            isFirst: Bool, isLast: Bool, _ seam: SpliceSeam
        ) -> (start: OpusTimeline.Edge, end: OpusTimeline.Edge)? {
            let start: OpusTimeline.Edge
            if isFirst {
                let preRolled = range.lowerBound - OpusTimeline.preRoll
                start = timeline.edges(around: max(0, preRolled)).before
            } else {
                let edges = timeline.edges(around: range.lowerBound)
                start = seam == .inside ? edges.behind : edges.before
            }
            let edges = timeline.edges(around: range.upperBound)
            let end = isLast || seam == .outside ? edges.behind : edges.before
            let plays = isFirst ? max(start.position, range.lowerBound) : start.position
            let ends = isLast ? range.upperBound : end.position
            return plays < ends ? (start, end) : nil
        }
    }
}
