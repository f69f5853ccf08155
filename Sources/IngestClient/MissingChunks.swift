internal import Recordings
internal import Wire

/// Which chunks a server still lacks, by what its status says.
enum MissingChunks {
    /// The sequences to send, in order. A chunk that might be there is sent rather than left out:
    /// the server knows a replay when it sees one.
    static func sequences(of file: LocalFile, given status: RecordingStatus) -> [Int64] {
        if status.state != .recording { return [] }
        let gaps = status.gaps.map { $0.start..<$0.end }
        let gapBytes = gaps.reduce(Int64(0)) { $0 + $1.upperBound - $1.lowerBound }
        // A status names only the first gaps: beyond the last one named nothing is certain.
        let isWholeList = gaps.count < Problem.rangesShownMax
        let known = isWholeList ? status.bytes + gapBytes : gaps.last?.lowerBound ?? 0
        return (0..<file.chunkCount).filter { sequence in
            let range = file.range(sequence)
            return range.upperBound > known || gaps.contains { $0.overlaps(range) }
        }
    }
}
