internal import Containers

/// Cuts and joins, without encoding anything anew. Every edit is a new recording; what it was
/// made from is kept here until the edit was sent, or undone.
///
/// In Ogg Opus the start and the end of an edit are exact to the sample; where something is cut
/// out, or two recordings meet, whole packets go or stay (20 ms in a recording of Holdfast's
/// own). In WebM video can only begin at a key frame: the start goes back to the one before it,
/// and behind a cut it goes on at the next one, so that nothing stays of what was to go.
extension Outbox {
    /// Keeps what lies from `start` to `end`; nil is the recording's end.
    public func trim(
        _ id: String, from start: Duration = .zero, to end: Duration? = nil
    ) throws(EditError) -> OutboxRecording {
        let range = try Self.range(start, end)
        return try edit([id], [[SplicePiece(time: range)]], .inside)[0]
    }

    /// Takes out what lies from `start` to `end`; nil is the recording's end.
    public func cutOut(
        _ id: String, from start: Duration, to end: Duration?
    ) throws(EditError) -> OutboxRecording {
        let range = try Self.range(start, end)
        let pieces = [0..<range.lowerBound, range.upperBound..<Int64.max]
        return try edit([id], [pieces.map { SplicePiece(time: $0) }], .inside)[0]
    }

    /// Makes two recordings of one.
    public func split(
        _ id: String, at time: Duration
    ) throws(EditError) -> (first: OutboxRecording, second: OutboxRecording) {
        let place = Self.nanoseconds(time)
        let halves = [0..<place, place..<Int64.max].map { [SplicePiece(time: $0)] }
        let made = try edit([id], halves, .inside)
        return (made[0], made[1])
    }

    /// Makes one recording of several, in this order. Errors: their tracks differ.
    public func join(_ ids: [String]) throws(EditError) -> OutboxRecording {
        guard ids.count > 1, Set(ids).count == ids.count else {
            throw .impossible("It takes two recordings or more to join, each of them once.")
        }
        let pieces = ids.indices.map { SplicePiece(source: $0, time: 0..<Int64.max) }
        return try edit(ids, [pieces], .outside)[0]
    }

    /// Takes an edit back: it goes, with what else was made in the same way from the same
    /// recordings, and these are sent as the edit would have been.
    ///
    /// - Returns: what it was made from.
    ///
    /// Errors: it is no edit, or was sent already.
    public func undoEdit(_ id: String) throws(EditError) -> [OutboxRecording] {
        let edit = try EditError.wrapping { () throws(OutboxError) in try recording(id) }
        guard let origins = edit.editOf else {
            throw .impossible("The recording \(id) was not made by an edit.")
        }
        let all = try EditError.wrapping { () throws(OutboxError) in try recordings() }
        let siblings = all.filter { $0.editOf == origins }
        if let sent = siblings.first(where: { $0.state == .sent }) {
            throw .impossible("The edit \(sent.id) was sent already.")
        }
        if let later = all.first(where: { other in
            siblings.contains { other.isMade(from: $0.id) }
        }) {
            throw .impossible("It was edited further: undo \(later.id) first.")
        }
        return try EditError.wrapping { () throws(OutboxError) in
            let restored = edit.origins.filter { id in all.contains { $0.id == id } }
            for id in restored { try schedule(id, edit.sendPolicy) }
            for sibling in siblings { try delete(sibling.id) }
            var now: [OutboxRecording] = []
            for id in restored { now.append(try recording(id)) }
            return now
        }
    }

    /// What edits were made from goes once these were sent and their own copies are gone, too.
    package func removeOriginalsOfSentEdits() throws(OutboxError) {
        let all = try recordings()
        for original in all where original.state == .kept {
            let edits = all.filter { $0.isMade(from: original.id) }
            let areSent = edits.allSatisfy { $0.state == .sent && !$0.hasLocalCopy }
            if !edits.isEmpty, areSent { try delete(original.id) }
        }
    }

    /// - Parameter results: the pieces of each new recording.
    private func edit(
        _ ids: [String], _ results: [[SplicePiece]], _ seam: SpliceSeam
    ) throws(EditError) -> [OutboxRecording] {
        var originals: [OutboxRecording] = []
        for id in ids {
            let found = try EditError.wrapping { () throws(OutboxError) in try recording(id) }
            guard found.state != .recording, found.hasLocalCopy else {
                let reason = found.hasLocalCopy ? "is still being recorded" : "is not here any more"
                throw .impossible("The recording \(id) \(reason).")
            }
            originals.append(found)
        }
        let splicer = try Splicer(self, originals)
        var plans: [Splicer.Plan] = []
        for pieces in results { plans.append(try splicer.plan(pieces, seam)) }
        // Before there is anything new: the unedited one must not go out any more.
        try setAside(originals)
        var made: [OutboxRecording] = []
        do throws(EditError) {
            for plan in plans { made.append(try splicer.write(plan)) }
            let policy = originals[0].sendPolicy
            for id in made.map(\.id) {
                try EditError.wrapping { () throws(OutboxError) in try schedule(id, policy) }
            }
        } catch {
            // The first failure is what counts; what is left over is listed, and can be deleted.
            for edit in made { try? delete(edit.id) }
            for original in originals { try? schedule(original.id, original.sendPolicy) }
            throw error
        }
        return try EditError.wrapping { () throws(OutboxError) in
            var now: [OutboxRecording] = []
            for edit in made { now.append(try recording(edit.id)) }
            return now
        }
    }

    private func setAside(_ originals: [OutboxRecording]) throws(EditError) {
        try EditError.wrapping { () throws(OutboxError) in
            for original in originals where original.state != .sent { try keep(original.id) }
        }
    }

    private func schedule(_ id: String, _ policy: SendPolicy) throws(OutboxError) {
        guard try recording(id).state != .sent else { return }
        switch policy {
        case .now: try sendNow(id)
        case .recordOnly: try keep(id)
        case .sendAt(let date): try sendAt(id, date)
        }
    }

    private static func range(
        _ start: Duration, _ end: Duration?
    ) throws(EditError) -> Range<Int64> {
        let start = nanoseconds(start)
        let end = end.map { nanoseconds($0) } ?? .max
        guard start < end else { throw .impossible("The end must come after the start.") }
        return start..<end
    }

    private static func nanoseconds(_ time: Duration) -> Int64 {
        // From before the start to two hundred years.
        Int64(max(0, min(6e18, (time / .nanoseconds(1)).rounded())))
    }
}

extension OutboxRecording {
    /// The recordings that it was made from by an edit.
    var origins: [String] { editOf?.split(separator: " ").map(String.init) ?? [] }

    /// A crash came before all of it was written; what it is made from is still here.
    var isUnfinishedEdit: Bool { editOf != nil && state == .recording }

    func isMade(from id: String) -> Bool { origins.contains(id) }
}
