/// Chunks that follow each other both in bytes and in sequence, each number once.
package struct ChunkRun: Sendable, Equatable {
    package var range: ByteRange
    package var firstSequence: Int64
    package var lastSequence: Int64

    package init(range: ByteRange, firstSequence: Int64, lastSequence: Int64) {
        precondition(!range.isEmpty, "A run has at least one byte")
        precondition(firstSequence <= lastSequence, "A run's sequences ascend")
        self.range = range
        self.firstSequence = firstSequence
        self.lastSequence = lastSequence
    }

    /// Whether `next` goes on where this run ends, in bytes and in sequence.
    func isContinued(by next: ChunkRun) -> Bool {
        range.upperBound == next.range.lowerBound && lastSequence + 1 == next.firstSequence
    }

    /// What is left without one piece: up to two runs. Exact, because a run has each number once.
    func removing(_ piece: ByteRange, sequence: Int64) -> [ChunkRun] {
        var rest: [ChunkRun] = []
        if range.lowerBound < piece.lowerBound {
            rest.append(
                ChunkRun(
                    range: range.lowerBound..<piece.lowerBound,
                    firstSequence: firstSequence, lastSequence: sequence - 1))
        }
        if piece.upperBound < range.upperBound {
            rest.append(
                ChunkRun(
                    range: piece.upperBound..<range.upperBound,
                    firstSequence: sequence + 1, lastSequence: lastSequence))
        }
        return rest
    }
}
