import Recordings
import Testing

struct ChunkWriteTests {
    /// Every chunk, offered to every recording that up to three chunks can make: all sequences of
    /// four.
    @Test
    func `Decides as the byte by byte model does, for every sequence of four chunks`() {
        check(ChunkUniverse(byteCount: 5, sequences: 0...2), chunkCount: 3)
    }

    @Test(arguments: [
        ChunkLimits(declaredLength: 4, recordingBytesMax: 9, windowBytesMax: 9),
        ChunkLimits(recordingBytesMax: 4, windowBytesMax: 9),
        ChunkLimits(recordingBytesMax: 6, windowBytesMax: 2),
        ChunkLimits(recordingBytesMax: 6, windowBytesMax: 0),
        ChunkLimits(recordingBytesMax: 6, windowBytesMax: 9, runCountMax: 1),
        ChunkLimits(declaredLength: 5, recordingBytesMax: 4, windowBytesMax: 1, runCountMax: 2),
    ])
    func `Decides as the model does under every limit`(limits: ChunkLimits) {
        // The recordings are made without limits: they may have been set, or lowered, later.
        check(ChunkUniverse(byteCount: 6, sequences: 0...1), chunkCount: 2, limits: limits)
    }

    private func check(_ universe: ChunkUniverse, chunkCount: Int, limits: ChunkLimits? = nil) {
        let limits = limits ?? universe.limits
        for recording in universe.recordings(chunkCount: chunkCount) {
            let runs = ChunkRuns(recording.pieces)
            for offer in universe.offers {
                let decision = ChunkWrite.decide(offer, against: runs, limits: limits)
                let expected = recording.decide(offer, limits: limits)
                if decision.withoutHints != expected {
                    Issue.record(
                        "\(offer) against \(recording.pieces): \(decision), not \(expected)")
                    return
                }
            }
        }
    }

    @Test
    func `A sequence mismatch behind the last chunk names what would be accepted`() {
        let universe = ChunkUniverse(byteCount: 5, sequences: 0...2)
        var mismatches = 0
        for recording in universe.recordings(chunkCount: 2) {
            let runs = ChunkRuns(recording.pieces)
            for offer in universe.offers where offer.offset >= runs.end {
                let decision = ChunkWrite.decide(offer, against: runs, limits: universe.limits)
                guard case .sequenceMismatch(let offset, let sequence) = decision else { continue }
                mismatches += 1
                let corrected = ChunkOffer(
                    offset: offset ?? offer.offset, byteCount: offer.byteCount,
                    sequence: sequence ?? offer.sequence)
                let again = ChunkWrite.decide(corrected, against: runs, limits: universe.limits)
                guard case .accept = again, corrected != offer else {
                    Issue.record("\(offer) against \(runs.runs): \(decision), then \(again)")
                    return
                }
            }
        }
        #expect(mismatches > 100)
    }

    /// A chunk, and what the decision on it must be.
    struct Row: Sendable {
        let offer: ChunkOffer
        let decision: ChunkWrite.Decision

        static func fits(_ offset: Int64, _ byteCount: Int64, _ sequence: Int64) -> Row {
            Row(
                offer: ChunkOffer(offset: offset, byteCount: byteCount, sequence: sequence),
                decision: .accept(new: [offset..<offset + byteCount]))
        }

        static func mismatch(
            _ offset: Int64, _ byteCount: Int64, _ sequence: Int64,
            expectedOffset: Int64? = nil, expectedSequence: Int64? = nil
        ) -> Row {
            Row(
                offer: ChunkOffer(offset: offset, byteCount: byteCount, sequence: sequence),
                decision: .sequenceMismatch(
                    expectedOffset: expectedOffset, expectedSequence: expectedSequence))
        }
    }

    /// Stored: chunk 1 at 10..<20, 3 at 30..<40, 4 at 50..<60.
    private static let rows: [Row] = [
        .fits(20, 10, 2),
        .mismatch(21, 5, 2, expectedOffset: 20),
        .mismatch(20, 5, 2, expectedOffset: 25),
        .mismatch(20, 10, 1, expectedSequence: 2),
        .mismatch(20, 10, 0, expectedSequence: 2),
        .mismatch(25, 5, 1, expectedOffset: 20, expectedSequence: 2),
        .mismatch(20, 10, 3, expectedSequence: 2),
        .mismatch(22, 6, 7, expectedOffset: 24, expectedSequence: 2),
        // No number is free between 3 and 4, and 4 is at 50.
        .mismatch(40, 10, 4),
        .mismatch(40, 10, 3),
        .mismatch(40, 5, 5, expectedOffset: 45),
        .fits(0, 10, 0),
        .mismatch(0, 9, 0, expectedOffset: 1),
        .mismatch(0, 10, 1, expectedSequence: 0),
        .fits(60, 1, 5),
        .fits(61, 1, 6),
        // A number is left out: a note at the end, no contradiction now.
        .fits(60, 1, 9),
    ]

    @Test(arguments: rows)
    func `A mismatch names what is at fault`(row: Row) {
        var runs = ChunkRuns()
        runs.insert(10..<20, sequence: 1)
        runs.insert(30..<40, sequence: 3)
        runs.insert(50..<60, sequence: 4)
        let limits = ChunkLimits(recordingBytesMax: 1000, windowBytesMax: 1000)
        #expect(ChunkWrite.decide(row.offer, against: runs, limits: limits) == row.decision)
    }

    @Test
    func `An end beyond what can be counted is too large`() {
        let limits = ChunkLimits(recordingBytesMax: .max, windowBytesMax: .max)
        let offer = ChunkOffer(offset: .max, byteCount: 1, sequence: 0)
        let decision = ChunkWrite.decide(offer, against: ChunkRuns(), limits: limits)
        #expect(decision == .recordingTooLarge(limitBytes: .max))
    }
}

extension ChunkWrite.Decision {
    fileprivate var withoutHints: ChunkWrite.Decision {
        guard case .sequenceMismatch = self else { return self }
        return .sequenceMismatch(expectedOffset: nil, expectedSequence: nil)
    }
}
