internal import Posix
internal import Recordings
internal import Wire

extension RecordingStore {
    /// Why a chunk is refused whatever its bytes are; nil if that cannot be said without them.
    ///
    /// `offer`: what the request's head says; nil if it does not say how long the chunk is.
    func refusal(_ id: RecordingID, _ offer: ChunkOffer?) async -> Problem? {
        await with(id) { entry in entry.state.withLock { refusal(offer, $0) } }
    }

    private func refusal(_ offer: ChunkOffer?, _ state: borrowing EntryState) -> Problem? {
        switch state.phase {
        case .loading, .creating, .deleting: return nil
        case .absent: return .notFound
        case .deleted(let reason): return .gone(reason: reason)
        case .unreadable(let why): return .internalError(detail: why)
        case .recording, .finalizing, .finalized: break
        }
        guard let offer else { return nil }
        let limits = ChunkLimits(
            declaredLength: nil, recordingBytesMax: settings.recordingBytesMax,
            windowBytesMax: settings.windowBytesMax)
        switch ChunkWrite.decide(offer, against: state.accepted, limits: limits) {
        case .accept, .compare: return nil
        case .sequenceMismatch(let offset, let sequence):
            return .sequenceMismatch(expectedOffset: offset, expectedSequence: sequence)
        case .tooFarAhead(_, let window):
            return .tooFarAhead(windowBytes: window, prefix: state.durable.prefix)
        case .tooLong(let length, let end):
            return .lengthExceeded(length: length, end: end)
        case .recordingTooLarge(let limit): return .recordingTooLarge(limitBytes: limit)
        case .empty: return .chunkEmpty
        }
    }
}
