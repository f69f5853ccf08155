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
        case .absent, .deleted: return .done
        case .recording, .finalizing, .finalized, .unreadable: break
        }
        do throws(LogError) {
            try log.append(Frame(.delete, entry.id), payload: []) { [self] result in
                later(deletionCommitted(entry, result))
            }
        } catch { return .refused(refusal(error)) }
        state.beginDeletion()
        state.pendingCount += 1
        return nil
    }

    /// Runs on: the log's thread.
    private func deletionCommitted(
        _ entry: Entry, _ result: Result<FrameLocation, LogError>
    ) -> DeleteStep {
        let (step, waiters) = entry.state.withLock {
            state -> (DeleteStep, [@Sendable () -> Void]) in
            state.pendingCount -= 1
            switch result {
            case .success(let location):
                bury(entry, &state, location)
                return (.done, state.takeWaiters())
            case .failure(let error):
                state.endDeletion(isDurable: false)
                // While it stood at the door, the assembler left it alone.
                urge(entry, &state)
                return (.refused(refusal(error)), state.takeWaiters())
            }
        }
        for waiter in waiters { waiter() }
        return step
    }

    /// The deletion is durable: its bytes leave the log now, its files soon.
    func bury(_ entry: Entry, _ state: inout EntryState, _ deletion: FrameLocation) {
        let asked = state.finalize?.waiters ?? []
        state.waiters += asked.map { waiter in { waiter(.gone(reason: .deleted)) } }
        state.endDeletion(isDurable: true)
        state.finalize = nil
        state.publication = nil
        log.release(state.unmoved.map(\.location))
        assembler.lag(by: -state.unmovedBytes)
        state.unmoved = []
        state.unmovedBytes = 0
        state.accepted = ChunkRuns()
        state.durable = ChunkRuns()
        state.controls.append(deletion)
        urge(entry, &state)
        metrics.deleted.add(1)
    }
}
