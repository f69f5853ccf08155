internal import DurableLog
package import Posix
package import Recordings
package import Wire

/// A recording's bytes as they can be served now.
package struct MediaView: Sendable {
    package let byteCount: Int64
    /// In quotes.
    package let etag: String
    package let contentType: String
    /// It is of a type that browsers play; else it goes as an attachment.
    package let isServedInline: Bool
    package let downloadName: String
    /// It still grows.
    package let isLive: Bool
    /// Milliseconds since 1970.
    package let lastModified: Int64
    /// For sendfile(2): the open file and where in it byte 0 lies; nil while it is not an artifact.
    package let file: (any StoredFile)?
    package let fileOffset: Int64
    private let asReceived: Bool
    private let stored: StoredBytes
    private let disk: DiskReader

    init(
        _ state: EntryState, _ id: RecordingID, asReceived: Bool, file: (any StoredFile)?,
        stored: StoredBytes, disk: DiskReader
    ) {
        let type = state.creation?.media
        let publication = state.publication
        byteCount =
            publication.map { asReceived ? $0.length : $0.artifactBytes } ?? state.durable.prefix
        etag = publication?.etag(asReceived: asReceived) ?? "\"live-\(byteCount)\""
        contentType = state.servedType
        isServedInline = type?.isServedInline ?? false
        downloadName = "\(id.text).\(type?.fileExtension ?? "bin")"
        isLive = publication == nil
        lastModified = publication?.publishedAt ?? state.lastChunkAt ?? state.createdAt
        self.file = file
        fileOffset = publication?.artifactOffset ?? 0
        self.asReceived = asReceived || publication == nil
        self.stored = stored
        self.disk = disk
    }

    /// Fills `buffer` from `offset`. Holes read as zeros.
    package func read(
        into buffer: UnsafeMutableRawBufferPointer, at offset: Int64
    ) async throws(Problem) -> Int {
        let count = Int(min(Int64(buffer.count), byteCount - offset))
        guard count > 0 else { return 0 }
        let target = LentBuffer(UnsafeMutableRawBufferPointer(rebasing: buffer[..<count]))
        let stored = stored
        do throws(SystemError) {
            if !asReceived, let file {
                let place = fileOffset + offset
                return try await disk.perform { () throws(SystemError) in
                    try file.read(into: target.buffer, at: place)
                }
            }
            try await disk.perform { () throws(SystemError) in
                try stored.read(offset..<offset + Int64(count), into: target.buffer)
            }
        } catch { throw .internalError(detail: "The media could not be read: \(error)") }
        return count
    }
}

/// A buffer that its owner keeps in place while it waits.
// SAFETY: the owner is suspended until the reader is done; nobody else touches the bytes.
private struct LentBuffer: @unchecked Sendable {
    let buffer: UnsafeMutableRawBufferPointer
    init(_ buffer: UnsafeMutableRawBufferPointer) { self.buffer = buffer }
}

extension RecordingStore {
    /// What can be played now: the artifact, or while it records the prefix so far.
    /// `asReceived`: the bytes exactly as they were sent.
    package func media(
        _ id: RecordingID, asReceived: Bool
    ) async throws(Problem) -> MediaView {
        try await with(id) { entry async throws(Problem) in
            while true {
                _ = try await self.status(id)
                let state = entry.state.withLock { $0 }
                let file: (any StoredFile)?
                do throws(SystemError) {
                    file = asReceived ? nil : try await self.artifact(entry, state.publication)
                } catch {
                    // A later revision or a deletion took its place: look again.
                    let isSame = entry.state.withLock { $0.publication == state.publication }
                    if !isSame { continue }
                    throw .internalError(detail: "The media could not be read: \(error)")
                }
                // Deleted since: the next look says so.
                if case .deleted = entry.state.withLock({ $0.phase }) { continue }
                return MediaView(
                    state, id, asReceived: asReceived, file: file,
                    stored: StoredBytes(entry, files: self.files, log: self.log),
                    disk: self.disk)
            }
        }
    }

    private func artifact(
        _ entry: Entry, _ publication: Publication?
    ) async throws(SystemError) -> (any StoredFile)? {
        guard let publication else { return nil }
        let path = entry.folder.artifact(publication)
        return try await disk.perform { [files] () throws(SystemError) in
            try files.open(path, .read)
        }
    }
}
