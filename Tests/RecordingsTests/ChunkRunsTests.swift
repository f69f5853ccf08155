import Recordings
import Testing

struct ChunkRunsTests {
    private static let recordings = ChunkUniverse(byteCount: 5, sequences: 0...2)
        .recordings(chunkCount: 3)

    @Test
    func `Says of every recording what the byte by byte model says`() {
        #expect(Self.recordings.count > 1000)
        for recording in Self.recordings {
            let runs = ChunkRuns(recording.pieces)
            let missing = runs.missingSequences(limit: 99).flatMap { Array($0) }
            let stored = recording.ranges(in: recording.universe, stored: true)
            let areRunsRight = runs.runs == recording.runs && runs.ranges.ranges == stored
            let areCountsRight =
                runs.prefix == recording.prefix && runs.end == recording.end
                && runs.byteCount == recording.byteCount
            let areSequencesRight =
                runs.nextSequence == recording.nextSequence
                && missing == recording.missingSequences
            if !areRunsRight || !areCountsRight || !areSequencesRight {
                Issue.record("\(recording.pieces): \(runs)")
                return
            }
        }
    }

    @Test
    func `Covered parts and gaps of every range are the model's`() {
        let ranges = (Int64(0)...6).flatMap { lower in (lower...6).map { lower..<$0 } }
        for recording in ChunkUniverse(byteCount: 5, sequences: 0...1).recordings(chunkCount: 3) {
            let runs = ChunkRuns(recording.pieces)
            for range in ranges {
                let isRight =
                    runs.covered(range) == recording.ranges(in: range, stored: true)
                    && runs.gaps(in: range) == recording.ranges(in: range, stored: false)
                if !isRight {
                    Issue.record("\(range) of \(recording.pieces): \(runs.covered(range))")
                    return
                }
            }
        }
    }

    @Test
    func `The order of the inserts does not matter`() {
        for recording in Self.recordings {
            let runs = ChunkRuns(recording.pieces)
            if ChunkRuns(recording.pieces.reversed()) != runs {
                Issue.record("\(recording.pieces), last first")
                return
            }
        }
    }

    @Test
    func `Removing any piece leaves what the others alone make`() {
        for recording in Self.recordings {
            let all = ChunkRuns(recording.pieces)
            for piece in recording.pieces {
                var rest = recording
                rest.remove(piece)
                var runs = all
                runs.remove(piece.range, sequence: piece.sequence)
                if runs != ChunkRuns(rest.pieces) {
                    Issue.record("\(recording.pieces) without \(piece): \(runs)")
                    return
                }
            }
        }
    }

    @Test
    func `A recording that comes in order is one run`() {
        var runs = ChunkRuns()
        for sequence in Int64(0)..<1000 {
            runs.insert(sequence * 10..<(sequence + 1) * 10, sequence: sequence)
        }
        #expect(runs.runs.count == 1)
        #expect(runs.prefix == 10_000)
        #expect(runs.nextSequence == 1000)
    }

    @Test
    func `Runs read back one by one are the recording they were written from`() {
        var runs = ChunkRuns()
        for (lower, sequence) in [(40, 5), (0, 0), (10, 1), (30, 3), (20, 1)] as [(Int64, Int64)] {
            runs.insert(lower..<lower + 10, sequence: sequence)
        }
        var back = ChunkRuns()
        for run in runs.runs.reversed() { back.insert(run) }
        #expect(back == runs)
        #expect(runs.prefix == 50)
        #expect(runs.missingSequences(limit: 9) == [2..<3, 4..<5])
        #expect(runs.missingSequences(limit: 1) == [2..<3])
    }
}
