package import Posix

/// A write-ahead log of recycled segments: group commit, recovery, reclaiming.
package final class ChunkLog: Sendable {
    /// Recovers what the folder holds and opens the log for appending.
    ///
    /// Each frame that is whole is given to `replay`, in LSN order; damage goes to `observer`.
    /// Blocks: reads every live segment, writes the pool. `random`: 64 random bits a call.
    /// Errors: `.failed` when the folder cannot be read or written.
    package static func open(
        _ settings: Settings, fileSystem: any FileSystem, observer: any LogObserver,
        random: @escaping @Sendable () -> UInt64 = { .random(in: .min ... .max) },
        replay: (RecoveredFrame) -> FrameDisposition
    ) throws(LogError) -> ChunkLog {
        fatalError("not yet")
    }

    /// The largest payload of a frame: a quarter of a segment.
    package var payloadBytesMax: Int { fatalError("not yet") }

    /// Queues a frame and returns at once; the order of calls is the order in the log.
    ///
    /// `payload` must stay in place until `completion` runs. `crc32c`: the payload's CRC-32C if
    /// it is known. `completion` runs on the log's thread after the sync that covers the frame,
    /// in LSN order, and must not block. It may say `.full` too (the disk would not grow).
    /// Errors: `.full`, `.closed`; nothing is queued then and `completion` never runs.
    package func append(
        _ frame: Frame, payload: LentBytes, crc32c: UInt32? = nil,
        completion: @escaping @Sendable (Result<FrameLocation, LogError>) -> Void
    ) throws(LogError) {
        fatalError("not yet")
    }

    /// The same for a small payload that the log keeps itself.
    package func append(
        _ frame: Frame, payload: [UInt8] = [],
        completion: @escaping @Sendable (Result<FrameLocation, LogError>) -> Void
    ) throws(LogError) {
        fatalError("not yet")
    }

    /// The frame is no longer needed: its bytes are home elsewhere, durably. Once for each live
    /// frame. A segment without live frames is marked free and recycled in the background; after
    /// a crash before that its frames are replayed again.
    package func release(_ location: FrameLocation) { fatalError("not yet") }

    package func release(_ locations: some Sequence<FrameLocation>) { fatalError("not yet") }

    /// Fills `buffer` with payload bytes of a live frame, from byte `from` of the payload.
    /// Returns how many; fewer than asked only at the payload's end. Blocks: pread(2).
    package func read(
        _ location: FrameLocation, into buffer: UnsafeMutableRawBufferPointer, from: Int = 0
    ) throws(SystemError) -> Int {
        fatalError("not yet")
    }

    /// The whole payload of a live frame.
    package func read(_ location: FrameLocation) throws(SystemError) -> [UInt8] {
        fatalError("not yet")
    }

    package var state: LogState { fatalError("not yet") }

    /// Blocks: commits what is queued, seals the log and stops its threads.
    package func close() { fatalError("not yet") }

    /// Commits what is queued, on the caller's thread. Only without threads.
    package func commitQueued() { fatalError("not yet") }

    /// Seals, frees and creates segments as is due. Only without threads.
    package func doChores() { fatalError("not yet") }
}
