import Recordings

/// All recordings that a few chunks can make in a few bytes, and all chunks that can be offered.
struct ChunkUniverse {
    let byteCount: Int64
    let sequences: ClosedRange<Int64>
    let limits: ChunkLimits
    /// One byte more than fits, so that every limit is passed by some.
    let offers: [ChunkOffer]

    init(
        byteCount: Int64, sequences: ClosedRange<Int64>, limits: ChunkLimits? = nil
    ) {
        self.byteCount = byteCount
        self.sequences = sequences
        self.limits =
            limits ?? ChunkLimits(recordingBytesMax: byteCount, windowBytesMax: byteCount)
        var offers: [ChunkOffer] = []
        for offset in 0...byteCount {
            for count in 0...byteCount + 1 - offset {
                for sequence in sequences {
                    offers.append(
                        ChunkOffer(offset: offset, byteCount: count, sequence: sequence))
                }
            }
        }
        self.offers = offers
    }

    /// Every recording that up to `chunkCount` chunks make, each once. What is equal where it
    /// overlaps is taken to be equal: its new bytes are stored.
    func recordings(chunkCount: Int) -> [NaiveRecording] {
        let empty = NaiveRecording(byteCount: Int(byteCount))
        var seen: Set<NaiveRecording> = [empty]
        var all = [empty]
        var frontier = [empty]
        for _ in 0..<chunkCount {
            var reached: [NaiveRecording] = []
            for recording in frontier {
                for offer in offers {
                    let next = store(offer, in: recording)
                    if seen.insert(next).inserted { reached.append(next) }
                }
            }
            all += reached
            frontier = reached
        }
        return all
    }

    private func store(_ offer: ChunkOffer, in recording: NaiveRecording) -> NaiveRecording {
        var next = recording
        switch recording.decide(offer, limits: limits) {
        case .accept(let new), .compare(_, let new):
            for range in new { next.insert(range, sequence: offer.sequence) }
        case .sequenceMismatch, .tooFarAhead, .tooLong, .recordingTooLarge, .empty:
            break
        }
        return next
    }
}
