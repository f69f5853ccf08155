internal import Digests
internal import DurableLog
package import Posix
package import Recordings
package import Wire

/// A chunk that arrived whole and whose digest was right.
package struct ReceivedChunk: Sendable {
    package let id: RecordingID
    package let sequence: Int64
    /// Of its first byte.
    package let offset: Int64
    package let bytes: LentBytes
    /// Of all of `bytes`.
    package let crc32c: UInt32

    package init(
        id: RecordingID, sequence: Int64, offset: Int64, bytes: LentBytes, crc32c: UInt32
    ) {
        self.id = id
        self.sequence = sequence
        self.offset = offset
        self.bytes = bytes
        self.crc32c = crc32c
    }

    var range: Range<Int64> { offset..<offset + Int64(bytes.count) }

    /// The lent bytes of a part of its range.
    func bytes(in part: Range<Int64>) -> LentBytes {
        bytes[Int(part.lowerBound - offset)..<Int(part.upperBound - offset)]
    }

    func crc32c(in part: Range<Int64>) -> UInt32 {
        part == range ? crc32c : CRC32C.of(bytes(in: part).buffer)
    }
}

/// Proof that a chunk's bytes are on stable storage. Only a committed chunk makes one.
package struct Receipt: Sendable {
    fileprivate init() {}
}

/// What a 2xx to a chunk says.
package struct ChunkAnswer: Sendable {
    package let isReplay: Bool
    package let progress: Progress
    package let receipt: Receipt
}

/// How far a recording is, durably.
package struct Progress: Sendable, Equatable {
    /// End of the contiguous durable run from 0.
    package let prefix: Int64
    package let nextSequence: Int64
}

extension RecordingStore {
    /// Stores a chunk, or finds that it is there already. Returns when it is durable.
    ///
    /// The bytes stay lent until this returns; it cannot be cancelled on the way.
    package func store(_ chunk: ReceivedChunk) async throws(Problem) -> ChunkAnswer {
        try await with(chunk.id) { entry async throws(Problem) in
            var equal: Set<Range<Int64>> = []
            while true {
                let step = await entry.turn { state, later in
                    self.chunkStep(entry, chunk, equal, &state, later)
                }
                switch step {
                case .again: continue
                case .stored(let progress), .replayed(let progress):
                    var isReplay = false
                    if case .replayed = step { isReplay = true }
                    self.metrics.count(isReplay, bytes: chunk.bytes.count)
                    return ChunkAnswer(
                        isReplay: isReplay, progress: progress, receipt: Receipt())
                case .compare(let stored):
                    for range in stored where !equal.contains(range) {
                        try await self.compare(entry, chunk, range)
                        equal.insert(range)
                    }
                case .refused(let problem):
                    self.metrics.countRejected(problem)
                    throw problem
                }
            }
        }
    }

    /// How far the recording is, for the fields on an answer; nil if there is none.
    package func progress(_ id: RecordingID) async -> Progress? {
        await with(id) { entry in
            entry.state.withLock { state in
                switch state.phase {
                case .recording, .finalizing, .finalized: state.progress
                case .loading, .absent, .creating, .deleting, .deleted, .unreadable: nil
                }
            }
        }
    }

    private enum ChunkStep: Sendable {
        case again
        case stored(Progress)
        case replayed(Progress)
        case compare([Range<Int64>])
        case refused(Problem)
    }

    private func chunkStep(
        _ entry: Entry, _ chunk: ReceivedChunk, _ equal: Set<Range<Int64>>,
        _ state: inout EntryState, _ later: @escaping @Sendable (ChunkStep) -> Void
    ) -> ChunkStep? {
        switch state.phase {
        case .loading, .creating, .deleting:
            state.waiters.append { later(.again) }
            return nil
        case .absent: return .refused(.notFound)
        case .deleted(let reason): return .refused(.gone(reason: reason))
        case .unreadable(let why): return .refused(.internalError(detail: why))
        case .recording, .finalizing, .finalized: break
        }
        guard chunk.offset >= 0, (0..<Int64.max).contains(chunk.sequence) else {
            return .refused(.badRequest(detail: "An offset or a sequence is out of range."))
        }
        if let publication = state.publication, publication.isComplete,
            chunk.offset > publication.length - Int64(chunk.bytes.count)
        {
            return .refused(alreadyFinalized(entry))
        }
        let offer = ChunkOffer(
            offset: chunk.offset, byteCount: Int64(chunk.bytes.count), sequence: chunk.sequence)
        let decision = ChunkWrite.decide(
            offer, against: state.accepted,
            limits: ChunkLimits(
                declaredLength: nil, recordingBytesMax: settings.recordingBytesMax,
                windowBytesMax: settings.windowBytesMax))
        switch decision {
        case .accept(let new): return append(entry, chunk, new, &state, later)
        case .compare(let stored, let new):
            guard stored.allSatisfy({ state.durable.covered($0) == [$0] }) else {
                // Another connection's bytes are on their way to disk: share their outcome.
                state.waiters.append { later(.again) }
                return nil
            }
            guard stored.allSatisfy(equal.contains) else { return .compare(stored) }
            if new.isEmpty { return .replayed(state.progress) }
            return append(entry, chunk, new, &state, later)
        case .sequenceMismatch(let offset, let sequence):
            return .refused(
                .sequenceMismatch(expectedOffset: offset, expectedSequence: sequence))
        case .tooFarAhead(_, let window):
            return .refused(.tooFarAhead(windowBytes: window, prefix: state.durable.prefix))
        case .tooLong(let length, let end):
            return .refused(.lengthExceeded(length: length, end: end))
        case .recordingTooLarge(let limit):
            return .refused(.recordingTooLarge(limitBytes: limit))
        case .empty: return .refused(.chunkEmpty)
        }
    }

    /// Hands the new pieces to the log; the answer comes with their commit.
    private func append(
        _ entry: Entry, _ chunk: ReceivedChunk, _ new: [Range<Int64>],
        _ state: inout EntryState, _ later: @escaping @Sendable (ChunkStep) -> Void
    ) -> ChunkStep? {
        assembler.admit(Int64(chunk.bytes.count), self)
        if let problem = refusalOfNewBytes(entry, new, state) { return .refused(problem) }
        // Nearly every chunk is one new piece, and needs no count of those on their way.
        let commit = new.count == 1 ? nil : PieceCommit(count: new.count)
        for (number, part) in new.enumerated() {
            let frame = Frame(
                .chunk, entry.id, sequence: chunk.sequence, offset: part.lowerBound)
            do throws(LogError) {
                try log.append(
                    frame, payload: chunk.bytes(in: part), crc32c: chunk.crc32c(in: part)
                ) { [self] result in
                    let outcome = committed(entry, chunk.sequence, part, result)
                    if let commit {
                        if let step = commit.finish(outcome.step) { later(step) }
                    } else {
                        later(outcome.step)
                    }
                    for waiter in outcome.waiters { waiter() }
                }
            } catch {
                guard let commit else { return .refused(refusal(error)) }
                // What was queued before goes on and comes back; the rest never was.
                let rest = new.count - number
                guard let step = commit.cancel(rest, refusal(error)) else { return nil }
                return step
            }
            state.accepted.insert(part, sequence: chunk.sequence)
            state.pendingCount += 1
            admission.chunkCount(by: 1)
        }
        if state.promisedBytes > 0 { admission.settle(&state) }
        return nil
    }

    private func refusalOfNewBytes(
        _ entry: Entry, _ new: [Range<Int64>], _ state: borrowing EntryState
    ) -> Problem? {
        let end = new.last?.upperBound ?? 0
        switch state.phase {
        case .finalizing:
            if let finalize = state.finalize, end > finalize.length, !finalize.isAbandoned {
                return .lengthExceeded(length: finalize.length, end: state.durable.end)
            }
            return Self.finalizing
        case .finalized:
            guard let publication = state.publication else { return alreadyFinalized(entry) }
            if state.finalize != nil { return Self.finalizing }
            if !publication.isComplete, publication.isAbandoned != true, end > publication.length {
                return .lengthExceeded(length: publication.length, end: state.durable.end)
            }
            guard new.allSatisfy(publication.isOpen) else { return alreadyFinalized(entry) }
        default: break
        }
        return admission.refusalOfChunk(state, room: assembler.roomBytes)
    }

    /// What is published must not change while it is being made.
    private static let finalizing = Problem.overloaded(
        retryAfterSeconds: 1,
        detail: "The recording is being finalized. Late bytes are taken once it is published: "
            + "send them again.")

    private func alreadyFinalized(_ entry: Entry) -> Problem {
        .alreadyFinalized(artifact: "/recordings/\(entry.id.text)/media")
    }

    private struct PieceOutcome {
        let step: ChunkStep
        let waiters: [@Sendable () -> Void]
    }

    /// Runs on: the log's thread.
    private func committed(
        _ entry: Entry, _ sequence: Int64, _ part: Range<Int64>,
        _ result: Result<FrameLocation, LogError>
    ) -> PieceOutcome {
        admission.chunkCount(by: -1)
        return entry.state.withLock { state in
            state.pendingCount -= 1
            switch result {
            case .success(let location):
                if case .deleted(let reason) = state.phase {
                    log.release(location)
                    return PieceOutcome(
                        step: .refused(.gone(reason: reason)), waiters: state.takeWaiters())
                }
                state.durable.insert(part, sequence: sequence)
                state.insertUnmoved(
                    LoggedPiece(range: part, sequence: sequence, location: location, skip: 0))
                state.chunkCount += 1
                let now = clock.milliseconds()
                if state.firstChunkAt == nil { state.firstChunkAt = now }
                state.lastChunkAt = now
                assembler.lag(by: Int64(part.count))
                queue(entry, &state)
                return PieceOutcome(
                    step: .stored(state.progress), waiters: state.takeWaiters())
            case .failure(let error):
                if state.accepted.covered(part) == [part] {
                    state.accepted.remove(part, sequence: sequence)
                    admission.settle(&state)
                }
                return PieceOutcome(
                    step: .refused(refusal(error)), waiters: state.takeWaiters())
            }
        }
    }

    /// Compares the chunk with stored bytes, byte by byte.
    ///
    /// Errors: `chunk-conflict` with both digests.
    private func compare(
        _ entry: Entry, _ chunk: ReceivedChunk, _ range: Range<Int64>
    ) async throws(Problem) {
        let bytes = chunk.bytes(in: range)
        let stored = StoredBytes(entry, files: files, log: log)
        let verdict = await disk.perform { stored.compare(range, with: bytes) }
        switch verdict {
        case .equal: return
        case .different(let crc):
            // The files of a deleted recording say nothing; the next turn tells.
            if case .deleted = entry.state.withLock({ $0.phase }) { return }
            throw .chunkConflict(
                start: range.lowerBound, end: range.upperBound,
                storedDigest: ContentDigest.crc32c(crc).text,
                receivedDigest: ContentDigest.crc32c(CRC32C.of(bytes.buffer)).text)
        case .failed(let error):
            throw .overloaded(
                retryAfterSeconds: 1, detail: "The stored bytes could not be read: \(error)")
        }
    }

    /// Counts the pieces of one chunk down; the last to come back answers.
    private final class PieceCommit: Sendable {
        private let state: Lock<(left: Int, problem: Problem?)>

        init(count: Int) { state = Lock((count, nil)) }

        func finish(_ step: ChunkStep) -> ChunkStep? {
            state.withLock { state in
                state.left -= 1
                if state.problem == nil, case .refused(let problem) = step {
                    state.problem = problem
                }
                guard state.left == 0 else { return nil }
                return state.problem.map { .refused($0) } ?? step
            }
        }

        /// `count` pieces never got into the log. Answers if none is on its way.
        func cancel(_ count: Int, _ problem: Problem) -> ChunkStep? {
            state.withLock { state in
                state.left -= count
                state.problem = problem
                return state.left == 0 ? .refused(problem) : nil
            }
        }
    }
}

extension EntryState {
    var progress: Progress {
        if let publication, publication.isComplete {
            return Progress(prefix: publication.length, nextSequence: publication.nextSequence)
        }
        return Progress(prefix: durable.prefix, nextSequence: durable.nextSequence)
    }
}
