internal import DurableLog
internal import Posix
package import Recordings
internal import Telemetry
package import Wire

extension RecordingStore {
    /// Deletes a recording durably: bytes, media and all but the fact that it was. Also when
    /// the disk is full. Once more, or for an id never seen, changes nothing.
    package func delete(_ id: RecordingID) async throws(Problem) {
        try await with(id) { entry async throws(Problem) in
            while true {
                let step = await entry.turn { state, later in
                    self.deleteStep(entry, &state, later)
                }
                switch step {
                case .again: continue
                case .done: return
                case .refused(let problem): throw problem
                }
            }
        }
    }

    private enum DeleteStep: Sendable {
        case again
        case done
        case refused(Problem)
    }

    private func deleteStep(
        _ entry: Entry, _ state: inout EntryState,
        _ later: @escaping @Sendable (DeleteStep) -> Void
    ) -> DeleteStep? {
        switch state.phase {
        case .loading, .creating, .deleting:
            state.waiters.append { later(.again) }
            return nil
        case .absent, .deleted(.deleted): return .done
        // Asked for by somebody: a device must not send it again by itself.
        case .deleted(.expired): break
        case .recording, .finalizing, .finalized, .unreadable: break
        }
        do throws(LogError) {
            try remove(entry, .deleted, &state) { problem in
                later(problem.map { .refused($0) } ?? .done)
            }
        } catch { return .refused(refusal(error)) }
        return nil
    }

    /// Begins a deletion: `then` is called with its outcome once the log has it, on the log's
    /// thread. Until then everything about the recording waits.
    func remove(
        _ entry: Entry, _ reason: Problem.GoneReason, _ state: inout EntryState,
        then: @escaping @Sendable (Problem?) -> Void
    ) throws(LogError) {
        let kind: FrameKind = reason == .expired ? .expired : .delete
        try log.append(Frame(kind, entry.id), payload: []) { [self] result in
            then(removalCommitted(entry, reason, result))
        }
        state.beginDeletion(reason)
        state.pendingCount += 1
    }

    /// Runs on: the log's thread.
    private func removalCommitted(
        _ entry: Entry, _ reason: Problem.GoneReason, _ result: Result<FrameLocation, LogError>
    ) -> Problem? {
        let (problem, waiters) = entry.state.withLock {
            state -> (Problem?, [@Sendable () -> Void]) in
            state.pendingCount -= 1
            switch result {
            case .success(let location):
                bury(entry, reason, &state, location)
                return (nil, state.takeWaiters())
            case .failure(let error):
                state.endDeletion(isDurable: false)
                // While it stood at the door, the assembler left it alone.
                urge(entry, &state)
                return (refusal(error), state.takeWaiters())
            }
        }
        for waiter in waiters { waiter() }
        return problem
    }

    /// The deletion is durable: its bytes leave the log now, its files soon.
    private func bury(
        _ entry: Entry, _ reason: Problem.GoneReason, _ state: inout EntryState,
        _ deletion: FrameLocation
    ) {
        let asked = state.finalize?.waiters ?? []
        state.waiters += asked.map { waiter in { waiter(.gone(reason: reason)) } }
        state.removedAt = clock.milliseconds()
        state.endDeletion(isDurable: true)
        state.finalize = nil
        state.publication = nil
        log.release(state.unmoved.map(\.location))
        assembler.lag(by: -state.unmovedBytes)
        state.unmoved = []
        state.unmovedBytes = 0
        state.accepted = ChunkRuns()
        state.durable = ChunkRuns()
        admission.settle(&state)
        state.controls.append(deletion)
        switch reason {
        case .deleted:
            urge(entry, &state)
            metrics.deleted.add(1)
        // Nobody waits for it.
        case .expired: queue(entry, &state)
        }
    }
}
