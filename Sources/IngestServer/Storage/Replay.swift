internal import Catalog
internal import DurableLog
internal import Posix
internal import Recordings
internal import Wire

/// Builds the recordings in memory from their own files and the frames that the log still has.
///
/// Frames come in the order in which they were written. What a recording's files already prove
/// is dead; everything else is live until it moves home.
final class Replay {
    private(set) var entries: [RecordingID: Entry] = [:]
    /// Bytes in the log that wait to move.
    private(set) var lag: Int64 = 0
    private(set) var problems: [String] = []
    private let settings: StorageSettings
    private let files: any FileSystem

    /// Milliseconds since 1970.
    private let openedAt: Int64

    init(_ settings: StorageSettings, _ files: any FileSystem, openedAt: Int64) {
        self.settings = settings
        self.files = files
        self.openedAt = openedAt
    }

    /// A recording that the catalog calls unfinished.
    func take(_ row: CatalogRow) {
        let activeAt = Timestamp.milliseconds(row.updatedAt) ?? openedAt
        entry(row.id).state.withLock { state in
            state.activeAt = activeAt
            state.notedAt = activeAt
        }
    }

    /// The entry of `id`, from disk if it has files there.
    func entry(_ id: RecordingID) -> Entry {
        if let entry = entries[id] { return entry }
        let folder = RecordingFolder(id, in: settings.folder)
        let entry = Entry(id, folder, .loading)
        do throws(SystemError) {
            let loaded = try LoadedEntry.load(folder, files)
            entry.state.withLock { loaded.apply(to: &$0) }
        } catch {
            problems.append("\(id.text): \(error)")
            entry.state.withLock { $0.go(to: .unreadable("\(error)")) }
        }
        entries[id] = entry
        return entry
    }

    /// What the log asks of each frame.
    func take(_ frame: RecoveredFrame) -> FrameDisposition {
        switch frame.frame.kind {
        case .finalized, .edit, .note: return .dead
        case .create, .chunk, .finalize, .delete, .expired: break
        }
        let entry = entry(frame.id)
        return entry.state.withLock { state in
            let kind = frame.frame.kind
            if case .unreadable = state.phase, kind != .delete, kind != .expired {
                // Nobody can say what of it is home: it all stays.
                state.held.append(frame.location)
                return .live
            }
            return switch kind {
            case .create: create(frame, &state)
            case .chunk: chunk(frame, &state)
            case .finalize: finalize(frame, &state)
            case .delete, .expired: delete(frame, &state)
            case .finalized, .edit, .note: .dead
            }
        }
    }

    private func create(_ frame: RecoveredFrame, _ state: inout EntryState) -> FrameDisposition {
        // Kept although the manifest is there: the catalog may not know of it yet.
        if case .absent = state.phase {
            guard let payload = CreatePayload(frame.payload ?? []) else {
                problems.append("\(frame.id.text): its creation cannot be read")
                return .dead
            }
            state.go(to: .recording)
            state.creation = payload.creation
            state.owner = payload.owner ?? Owner()
            state.createdAt = payload.createdAt
            state.headBytes = settings.headBytes(for: payload.creation)
        }
        state.controls.append(frame.location)
        return .live
    }

    private func chunk(_ frame: RecoveredFrame, _ state: inout EntryState) -> FrameDisposition {
        switch state.phase {
        case .recording, .finalizing: break
        case .finalized where state.publication?.isComplete == false: break
        default: return .dead
        }
        let range = frame.frame.offset..<frame.frame.offset + Int64(frame.location.byteCount)
        // A piece is stored whole or not at all; what is home already came before the crash.
        guard state.accepted.covered(range).isEmpty else { return .dead }
        state.accepted.insert(range, sequence: frame.frame.sequence)
        state.durable.insert(range, sequence: frame.frame.sequence)
        state.insertUnmoved(
            LoggedPiece(
                range: range, sequence: frame.frame.sequence, location: frame.location, skip: 0))
        state.chunkCount += 1
        // When it came is not in the log.
        state.activeAt = openedAt
        lag += Int64(range.count)
        return .live
    }

    private func finalize(_ frame: RecoveredFrame, _ state: inout EntryState) -> FrameDisposition {
        switch state.phase {
        case .recording:
            guard let payload = FinalizePayload(frame.payload ?? []) else {
                problems.append("\(frame.id.text): its finalize cannot be read")
                return .dead
            }
            state.finalize = FinalizeState(
                request: payload.request, length: payload.request.length,
                requestedAt: payload.requestedAt, startedAt: .now, step: .fixed,
                isAbandoned: payload.isAbandoned == true)
            state.go(to: .finalizing)
        case .finalized: break
        default: return .dead
        }
        state.controls.append(frame.location)
        return .live
    }

    private func delete(_ frame: RecoveredFrame, _ state: inout EntryState) -> FrameDisposition {
        // Its pieces stay live until the burial lets go of them with this frame.
        state.buried += state.unmoved.map(\.location)
        lag -= state.unmovedBytes
        state.unmoved = []
        state.unmovedBytes = 0
        state.accepted = ChunkRuns()
        state.durable = ChunkRuns()
        state.publication = nil
        state.finalize = nil
        state.go(to: .deleted(frame.frame.kind == .expired ? .expired : .deleted))
        state.controls.append(frame.location)
        return .live
    }
}

/// The body of a finalize's frame in the log.
struct FinalizePayload: Codable {
    let request: FinalizeRequest
    /// Milliseconds since 1970.
    let requestedAt: Int64
    /// See `FinalizeState`.
    let isAbandoned: Bool?

    var encoded: [UInt8] {
        WireJSON.encode(self)
    }

    init(_ finalize: FinalizeState) {
        request = finalize.request
        requestedAt = finalize.requestedAt
        isAbandoned = finalize.isAbandoned ? true : nil
    }

    init?(_ bytes: [UInt8]) {
        // What cannot be read is no payload; the caller says so.
        guard let decoded = try? WireJSON.decode(Self.self, from: bytes) else { return nil }
        self = decoded
    }
}

extension Frame {
    init(_ kind: FrameKind, _ id: RecordingID, sequence: Int64 = 0, offset: Int64 = 0) {
        self.init(kind, recording: (id.high, id.low), sequence: sequence, offset: offset)
    }
}

extension RecoveredFrame {
    var id: RecordingID {
        RecordingID(high: frame.recording.0, low: frame.recording.1)
    }
}
