internal import Foundation

/// Brings journal and media files together when a profile is opened, whatever happened before.
struct OutboxRecovery {
    private(set) var journal: Journal
    private(set) var findings: [String] = []
    private let folder: String
    private let limits: OutboxLimits
    private let now: Date

    /// Opens the journal. A damaged one is set aside: the media files are what counts.
    init(
        folder: String, limits: OutboxLimits, now clock: @escaping @Sendable () -> Date
    ) throws(OutboxError) {
        let now = clock()
        let rules =
            limits.telemetryEventsMax > 0
            ? ReportRules(eventsMax: limits.telemetryEventsMax, now: clock) : nil
        let path = folder + "/outbox.sqlite"
        self.folder = folder
        self.limits = limits
        self.now = now
        var damage: String?
        var journal: Journal?
        do throws(OutboxError) {
            let opened = try Journal(path: path, rules: rules)
            damage = try opened.damage()
            if damage == nil { journal = opened } else { try opened.close() }
        } catch {
            guard case .damaged(_, let reason) = error else { throw error }
            damage = reason
        }
        if let journal {
            self.journal = journal
            return
        }
        let aside = "\(path).damaged-\(OutboxRecording.milliseconds(now))"
        for ending in ["", "-wal", "-shm"]
        where FileManager.default.fileExists(atPath: path + ending) {
            guard rename(path + ending, aside + ending) == 0 else {
                throw .system("set aside", path)
            }
        }
        findings = ["the journal was damaged (\(damage ?? "")): it is kept as \(aside)"]
        self.journal = try Journal(path: path, rules: rules)
    }

    mutating func run() throws(OutboxError) {
        var names = Set(try mediaNames())
        for recording in try journal.recordings() {
            let isThere = names.remove(recording.fileName) != nil
            if recording.isUnfinishedEdit {
                findings.append(
                    "an edit of \(recording.editOf ?? "") was cut off by a crash: it is undone")
            }
            if recording.isDeleting || recording.isUnfinishedEdit {
                if isThere { try remove(recording.fileName) }
                try journal.remove(recording.id)
            } else if !recording.hasLocalCopy {
                if isThere { try remove(recording.fileName) }
            } else {
                try examine(recording, isThere: isThere)
            }
        }
        for name in names.sorted() where !name.hasPrefix(".") { try adopt(name) }
    }

    private mutating func examine(
        _ recording: OutboxRecording, isThere: Bool
    ) throws(OutboxError) {
        var recording = recording
        var reason: String? = isThere ? nil : "its media file is gone"
        if isThere {
            let file = try MediaFile(path(recording.fileName), .update)
            if try file.byteCount < recording.byteCount {
                reason = "its media file has fewer bytes than were recorded"
            } else if recording.state == .recording {
                recording = try takeRest(of: file, recording)
                findings.append(
                    "\(recording.id) was cut off by a crash: \(recording.byteCount) bytes are safe")
            }
        }
        recording = try journal.update(recording.id) { recording in
            switch recording.state {
            case .recording:
                recording.endReason = OutboxHappening.crashReason
                recording.state = recording.sendPolicy == .recordOnly ? .kept : .pending
            case .uploading: recording.state = .pending
            case .pending, .sent, .parked, .kept, .failed: break
            }
            guard let reason else { return }
            if recording.state == .sent {
                recording.hasLocalCopy = false
            } else {
                recording.state = .failed
                recording.reason = reason
            }
        }
        if let reason, recording.state == .failed { findings.append("\(recording.id): \(reason)") }
    }

    /// Cuts into chunks what lies beyond the last one: all of it, but for a torn last page; in
    /// place of that comes the mark that a stream of Ogg has ended.
    private func takeRest(
        of file: MediaFile, _ recording: OutboxRecording
    ) throws(OutboxError) -> OutboxRecording {
        var end = try file.byteCount
        if recording.isCutAtOggPages {
            let tail = try OggTail(file)
            let whole = max(tail.end, recording.byteCount)
            if whole < end { try file.truncate(to: whole) }
            end = whole
            if tail.end == whole, let mark = tail.endMark {
                do throws(OutboxError) {
                    try file.write(mark, at: end)
                    end += Int64(mark.count)
                } catch  where error.isNoRoom {
                    // It plays without: the server ends it.
                    try file.truncate(to: end)
                }
            }
        }
        guard end > recording.byteCount else { return recording }
        try file.sync()
        var cut = ChunkCut(
            offset: recording.byteCount, sequence: recording.chunkCount,
            chunkBytesMax: limits.chunkBytesMax)
        var offset = recording.byteCount
        while offset < end {
            let piece = offset..<min(end, offset + Int64(limits.chunkBytesMax))
            cut.append([UInt8](try file.read(piece)))
            offset = piece.upperBound
        }
        return try journal.add(cut.take(), to: recording.id)
    }

    /// A media file that no row knows: the journal was lost, or the file was put here.
    private mutating func adopt(_ name: String) throws(OutboxError) {
        let file = try MediaFile(path(name), .update)
        guard try file.byteCount > 0 else { return try remove(name) }
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        let stem = String(parts.first ?? "")
        let isFree = Identity.isID(stem) ? try journal.recording(stem) == nil : false
        let id = isFree ? stem : Identity.newID(now)
        let recording = OutboxRecording(
            id: id,
            new: NewRecording(
                mediaType: MediaTypes.ofFile(named: name), title: name, startedAt: now,
                sendPolicy: .recordOnly), fileName: name)
        try journal.save(recording)
        _ = try takeRest(of: file, recording)
        _ = try journal.update(id) { recording in
            recording.state = .kept
            recording.reason = "found without an entry in the journal"
        }
        findings.append("\(name) had no entry in the journal: it is kept as \(id)")
    }

    private func mediaNames() throws(OutboxError) -> [String] {
        do { return try FileManager.default.contentsOfDirectory(atPath: folder + "/media") } catch {
            throw .unusable(folder: folder, reason: error.localizedDescription)
        }
    }

    private func remove(_ name: String) throws(OutboxError) {
        guard unlink(path(name)) == 0 else { throw .system("remove", path(name)) }
    }

    private func path(_ name: String) -> String { "\(folder)/media/\(name)" }
}
