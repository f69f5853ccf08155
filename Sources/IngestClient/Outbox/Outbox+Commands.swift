public import Foundation

/// What the user decides.
extension Outbox {
    /// Sends it now, whatever was decided before: what is parked or failed as well.
    ///
    /// What the server will not have under its old id is sent as a new recording.
    public func retry(_ id: String) throws(OutboxError) {
        let time = now()
        try change(id, "sent again") { recording in
            switch recording.state {
            case .recording, .sent: return false
            case .failed, .parked:
                if recording.state == .failed || recording.needsUser {
                    recording.serverID = Identity.newID(time)
                    recording.replaces = nil
                    recording.acknowledgedBytes = 0
                }
            case .pending, .uploading, .kept: break
            }
            guard recording.hasLocalCopy else { return false }
            recording.forgetTrouble()
            recording.state = .pending
            recording.sendPolicy = .now
            return true
        }
    }

    /// Everything that was parked because the server did not answer goes on.
    public func resumeParked() throws(OutboxError) { try resumeParked(withinSeconds: nil) }

    /// Sends it as soon as there is a network; a recording under way from now on.
    public func sendNow(_ id: String) throws(OutboxError) {
        try change(id, "sent") { Self.schedule(&$0, .now) }
    }

    /// Sends it from `date` on.
    public func sendAt(_ id: String, _ date: Date) throws(OutboxError) {
        try change(id, "sent later") { Self.schedule(&$0, .sendAt(date)) }
    }

    /// Keeps it here until someone says to send it.
    public func keep(_ id: String) throws(OutboxError) {
        try change(id, "kept") { recording in
            guard recording.state != .sent else { return false }
            recording.sendPolicy = .recordOnly
            if recording.state != .recording {
                recording.state = .kept
                recording.forgetTrouble()
            }
            return true
        }
    }

    /// Removes it from this machine, whether it was sent or not. What the server has stays there.
    public func delete(_ id: String) throws(OutboxError) {
        let recording = try beginDelete(id)
        // From here on it is gone, also if the rest has to wait for the next opening.
        if recording.hasLocalCopy {
            try remove(recording.fileName)
            state.withLock { $0.storedBytes -= recording.byteCount }
        }
        try journal.remove(id)
        tell(.removed(id: id))
    }

    /// The first step of a delete, the rest of which the next opening can take.
    @discardableResult
    package func beginDelete(_ id: String) throws(OutboxError) -> OutboxRecording {
        try journal.update(id) { recording in
            guard recording.state != .recording else {
                throw OutboxError.wrongState(id: id, state: .recording, wish: "deleted")
            }
            recording.isDeleting = true
        }
    }

    private static func schedule(_ recording: inout OutboxRecording, _ policy: SendPolicy) -> Bool {
        switch recording.state {
        case .recording: break
        case .pending, .uploading, .kept, .parked:
            recording.state = .pending
            recording.forgetTrouble()
        case .sent, .failed: return false
        }
        recording.sendPolicy = policy
        return true
    }

    /// - Parameter change: false refuses.
    private func change(
        _ id: String, _ wish: String, _ change: (inout OutboxRecording) -> Bool
    ) throws(OutboxError) {
        let recording = try journal.update(id) { recording in
            let state = recording.state
            guard !recording.isDeleting else { throw OutboxError.unknown(id: id) }
            guard change(&recording) else {
                throw OutboxError.wrongState(id: id, state: state, wish: wish)
            }
        }
        tell(.changed(id: id, state: recording.state))
    }
}

extension OutboxRecording {
    mutating func forgetTrouble() {
        (attempts, lastError, reason, needsUser, parkedAt) = (0, nil, nil, false, nil)
    }
}
