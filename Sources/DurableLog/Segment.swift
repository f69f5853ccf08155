internal import Posix

/// What the log knows of one segment's file.
struct Segment: Sendable {
    enum Phase: Sendable {
        /// Blank, or marked free on disk: may be overwritten.
        case free
        /// Takes batches.
        case current
        /// Takes no more; its frames may be live.
        case closed
    }

    let number: UInt32
    let file: any StoredFile
    let byteCount: Int
    var phase: Phase
    /// Of the present life, or of the last one; nil for a blank segment.
    var header: SegmentHeader?
    /// Its end is in its own header on disk.
    var isSealed = false
    /// No read, write or sync of it ever failed. Otherwise it is removed, not recycled.
    var isTrusted = true
    /// Its end could not be written into its header.
    var hasRefusedSeal = false
    /// A chore is at work on it.
    var isBusy = false
    var liveFrames = 0
    var liveBytes = 0

    var reference: SegmentReference? { header?.reference }
}

/// Where the log lives and whom it tells.
struct LogSite: Sendable {
    let settings: ChunkLog.Settings
    let fileSystem: any FileSystem
    let observer: any LogObserver
    let random: @Sendable () -> UInt64

    private static let prefix = "segment-"

    func path(_ number: UInt32) -> String {
        let digits = String(number)
        let zeros = String(repeating: "0", count: max(0, 6 - digits.count))
        return settings.folder + "/" + Self.prefix + zeros + digits
    }

    /// The number in a file's name; nil for a file that is no segment.
    func number(_ name: String) -> UInt32? {
        guard name.hasPrefix(Self.prefix), let number = UInt32(name.dropFirst(Self.prefix.count)),
            path(number) == settings.folder + "/" + name
        else { return nil }
        return number
    }

    /// Writes a segment with zeros, durably. Blocks. After an error nothing is left of it.
    func createSegment(_ number: UInt32) throws(SystemError) -> any StoredFile {
        let path = path(number)
        do throws(SystemError) {
            let file = try fileSystem.open(path, .replace)
            let zeros = [UInt8](repeating: 0, count: min(settings.segmentBytes, 1 << 20))
            var offset = 0
            while offset < settings.segmentBytes {
                let count = min(zeros.count, settings.segmentBytes - offset)
                try file.write(
                    count == zeros.count ? zeros : Array(zeros[..<count]), at: Int64(offset))
                offset += count
            }
            try file.syncData()
            try fileSystem.syncFolder(settings.folder)
            return file
        } catch {
            // If that fails too: what is left is short or blank, and the next start removes it.
            try? fileSystem.remove(path)
            throw error
        }
    }
}
