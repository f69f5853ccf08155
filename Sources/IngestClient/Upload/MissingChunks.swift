internal import Recordings
internal import Wire

/// Which chunks a server still lacks, by what its status says.
struct MissingChunks {
    private let gaps: [Range<Int64>]
    /// Below this nothing is missing but the gaps.
    private let known: Int64

    init(_ status: RecordingStatus) {
        gaps = status.gaps.map { $0.start..<max($0.start, $0.end) }
        let gapBytes = gaps.reduce(Int64(0)) { $0 + $1.upperBound - $1.lowerBound }
        // A status names only the first gaps: beyond the last one named nothing is certain.
        let isWholeList = gaps.count < Problem.rangesShownMax
        known = isWholeList ? status.bytes + gapBytes : gaps.last?.lowerBound ?? 0
    }

    /// A chunk that might be there is sent rather than left out: the server knows a replay when
    /// it sees one.
    func contains(_ chunk: Range<Int64>) -> Bool {
        chunk.upperBound > known || gaps.contains { $0.overlaps(chunk) }
    }
}
