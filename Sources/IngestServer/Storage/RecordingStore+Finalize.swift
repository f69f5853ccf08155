internal import DurableLog
internal import Posix
package import Recordings
package import Wire

extension RecordingStore {
    /// Publishes a recording: returns once the artifact is durable.
    ///
    /// A repeated call gives the stored answer, or joins a finalize under way. Errors: `gaps`,
    /// `length-exceeded`, `recording-digest-mismatch` (it goes on recording), and
    /// `finalize-conflict` for other values than the fixed ones.
    package func finalize(
        _ id: RecordingID, _ request: FinalizeRequest
    ) async throws(Problem) -> RecordingStatus {
        let startedAt = ContinuousClock.now
        return try await with(id) { entry async throws(Problem) in
            while true {
                let step = await entry.turn { state, later in
                    self.finalizeStep(entry, request, startedAt, &state, later)
                }
                switch step {
                case .again: continue
                case .published: return try self.status(of: entry)
                case .refused(let problem): throw problem
                }
            }
        }
    }

    private enum FinalizeStep: Sendable {
        case again
        case published
        case refused(Problem)
    }

    private func finalizeStep(
        _ entry: Entry, _ request: FinalizeRequest, _ startedAt: ContinuousClock.Instant,
        _ state: inout EntryState, _ later: @escaping @Sendable (FinalizeStep) -> Void
    ) -> FinalizeStep? {
        switch state.phase {
        case .loading, .creating, .deleting:
            state.waiters.append { later(.again) }
            return nil
        case .absent: return .refused(.notFound)
        case .deleted(let reason): return .refused(.gone(reason: reason))
        case .unreadable(let why): return .refused(.internalError(detail: why))
        case .finalized:
            guard let publication = state.publication else { return .refused(.notFound) }
            if publication.request == request { return .published }
            guard publication.isAbandoned == true else {
                return .refused(.finalizeConflict(stored: publication.request))
            }
            if state.finalize != nil { return join(entry, request, &state, later) }
        case .finalizing:
            return join(entry, request, &state, later)
        case .recording:
            break
        }
        if state.pendingCount > 0 {
            // Chunks in flight were here first: their outcome decides.
            state.waiters.append { later(.again) }
            return nil
        }
        if let problem = refusal(of: request, state) { return .refused(problem) }
        if assembler.isClosing { return .refused(Self.stopping) }
        if state.phase == .recording { state.go(to: .finalizing) }
        state.finalize = FinalizeState(
            request: request, length: request.length, requestedAt: clock.milliseconds(),
            startedAt: startedAt, waiters: [Self.answer(later)])
        admission.settle(&state)
        urge(entry, &state)
        return nil
    }

    private func join(
        _ entry: Entry, _ request: FinalizeRequest, _ state: inout EntryState,
        _ later: @escaping @Sendable (FinalizeStep) -> Void
    ) -> FinalizeStep? {
        guard let finalize = state.finalize else { return .refused(.notFound) }
        // Looked at under the entry's lock: `close` answers whoever joined before.
        if assembler.isClosing { return .refused(Self.stopping) }
        if finalize.isAbandoned {
            // Retention's binds nobody: once it is published, this one is looked at.
            state.waiters.append { later(.again) }
            urge(entry, &state)
            return nil
        }
        if finalize.request == request {
            state.finalize?.waiters.append(Self.answer(later))
            return nil
        }
        if case .fixed = finalize.step {
            return .refused(.finalizeConflict(stored: finalize.request))
        }
        // Not fixed yet: it may still be refused for its digest.
        state.waiters.append { later(.again) }
        return nil
    }

    private static func answer(
        _ later: @escaping @Sendable (FinalizeStep) -> Void
    ) -> @Sendable (Problem?) -> Void {
        { problem in later(problem.map { .refused($0) } ?? .published) }
    }

    private func refusal(of request: FinalizeRequest, _ state: EntryState) -> Problem? {
        // Nothing could be made of it: a file so long cannot be had.
        if request.length > max(settings.recordingBytesMax, state.durable.end) {
            return .recordingTooLarge(limitBytes: settings.recordingBytesMax)
        }
        if state.durable.end > request.length {
            return .lengthExceeded(length: request.length, end: state.durable.end)
        }
        if request.incomplete == true { return nil }
        let gaps = state.durable.gaps(in: 0..<request.length)
        if gaps.isEmpty { return nil }
        return .gaps(
            missing: gaps,
            missingSequences: state.missingSequences(
                below: request.chunkCount, limit: 100))
    }

    /// Fixes a finalize whose digest is known: its frame in the log. Runs on: the assembler.
    func fix(_ entry: Entry, _ state: inout EntryState) {
        guard let finalize = state.finalize else { return }
        let payload = FinalizePayload(finalize).encoded
        do throws(LogError) {
            try log.append(Frame(.finalize, entry.id), payload: payload) { result in
                self.fixed(entry, result)
            }
            state.pendingCount += 1
        } catch {
            unfix(entry, refusal(error), &state)
        }
    }

    /// Runs on: the log's thread.
    private func fixed(_ entry: Entry, _ result: Result<FrameLocation, LogError>) {
        let waiters = entry.state.withLock { state -> [@Sendable () -> Void] in
            state.pendingCount -= 1
            switch result {
            case .success(let location):
                if case .deleted = state.phase {
                    log.release(location)
                } else {
                    state.controls.append(location)
                    state.finalize?.step = .fixed
                    if state.finalize?.isAbandoned == true {
                        queue(entry, &state)
                    } else {
                        urge(entry, &state)
                    }
                }
            case .failure(let error): unfix(entry, refusal(error), &state)
            }
            return state.takeWaiters()
        }
        for waiter in waiters { waiter() }
    }

    /// Goes back to recording; whoever asked hears why.
    func unfix(_ entry: Entry, _ problem: Problem, _ state: inout EntryState) {
        // A deletion has ended it already.
        guard let finalize = state.finalize else { return }
        state.finalize = nil
        if state.settledPhase == .finalizing { state.go(to: .recording) }
        state.waiters += finalize.waiters.map { waiter in { waiter(problem) } }
        admission.settle(&state)
        // The creation's frame and late bytes may still have to go home.
        queue(entry, &state)
    }
}
