internal import Foundation

extension Outbox {
    /// Begins a recording: its file and its row are durable when this returns.
    ///
    /// Errors: no room, or the disk refuses; then there is no recording.
    public func begin(_ new: NewRecording) throws(OutboxError) -> OpenRecording {
        try makeRoom(forBytes: 0)
        let id = Identity.newID(now())
        let recording = OutboxRecording(
            id: id, new: new, fileName: "\(id).\(MediaTypes.ending(of: new.mediaType))")
        let file = try MediaFile("\(folder)/media/\(recording.fileName)", .create)
        try MediaFile.syncFolder("\(folder)/media")
        try journal.save(recording)
        tell(.begun(id: id))
        return OpenRecording(recording, file, in: self)
    }

    /// Sees to it that `count` bytes more fit quota and disk: copies of what was sent go first.
    ///
    /// Errors: `quotaReached`, `diskFull`.
    func makeRoom(forBytes count: Int64) throws(OutboxError) {
        let needed = limits.freeDiskBytesMin + count
        var freeBytes = try MediaFile.freeBytes(folder)
        var storedBytes = state.withLock { $0.storedBytes }
        if storedBytes + count > limits.quotaBytes || freeBytes < needed {
            // Grace is a courtesy; a recording that goes on is not.
            for recording in try journal.copies(sentBefore: .max) {
                try removeCopy(recording)
                freeBytes = try MediaFile.freeBytes(folder)
                storedBytes = state.withLock { $0.storedBytes }
                if storedBytes + count <= limits.quotaBytes, freeBytes >= needed { break }
            }
        }
        guard storedBytes + count <= limits.quotaBytes else {
            throw .quotaReached(quotaBytes: limits.quotaBytes)
        }
        guard freeBytes >= needed else {
            throw .diskFull(freeBytes: freeBytes, neededBytes: needed)
        }
        warn(storedBytes: storedBytes + count, freeBytes: freeBytes)
    }

    /// Once each time that a threshold is passed.
    private func warn(storedBytes: Int64, freeBytes: Int64) {
        let isQuotaNear = storedBytes > limits.quotaWarningBytes
        let isDiskNear = freeBytes < limits.freeDiskBytesMin * 2
        let (tellsQuota, tellsDisk) = state.withLock { state in
            defer { (state.isQuotaNear, state.isDiskNear) = (isQuotaNear, isDiskNear) }
            return (isQuotaNear && !state.isQuotaNear, isDiskNear && !state.isDiskNear)
        }
        if tellsQuota {
            tell(.quotaNear(storedBytes: storedBytes, quotaBytes: limits.quotaBytes))
        }
        if tellsDisk {
            tell(.diskNear(freeBytes: freeBytes, neededBytes: limits.freeDiskBytesMin))
        }
    }

    /// The local copy of what was sent goes; its row stays, for whoever lists it.
    func removeCopy(_ recording: OutboxRecording) throws(OutboxError) {
        _ = try journal.update(recording.id) { $0.hasLocalCopy = false }
        try journal.removeChunks(of: recording.id)
        try remove(recording.fileName)
        state.withLock { $0.storedBytes -= recording.byteCount }
        tell(.copyRemoved(id: recording.id))
    }

    /// A file that is gone already is fine: the step was taken before.
    func remove(_ fileName: String) throws(OutboxError) {
        let path = "\(folder)/media/\(fileName)"
        guard unlink(path) == 0 || errno == ENOENT else { throw .system("remove", path) }
    }

    /// Copies whose grace time is over go. Called on opening and by the uploader, now and then.
    package func removeCopiesPastGrace() throws(OutboxError) {
        let before = OutboxRecording.milliseconds(now()) - limits.graceSeconds * 1000
        for recording in try journal.copies(sentBefore: before) {
            try removeCopy(recording)
        }
        try removeOriginalsOfSentEdits()
    }
}

extension OutboxRecording {
    init(id: String, new: NewRecording, fileName: String) {
        self.init(
            id: id, state: .recording, mediaType: new.mediaType, title: new.title,
            device: new.device, startedAt: new.startedAt, sendPolicy: new.sendPolicy,
            editOf: new.editOf, mediaPath: "", serverID: id, fileName: fileName,
            isCutAtOggPages: new.isCutAtOggPages, token: Identity.newToken())
    }
}
