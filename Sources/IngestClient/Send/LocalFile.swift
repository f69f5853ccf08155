package import Foundation
package import Recordings

/// A finished recording on the local disk, cut into chunks of equal length.
package struct LocalFile: Sendable {
    package let path: String
    package let byteCount: Int64
    /// Every chunk but the last one has so many bytes.
    package let chunkBytes: Int64
    private let modifiedMilliseconds: UInt64
    private let file: MediaFile

    /// Errors: there is no such file, or it cannot be read.
    package init(path: String, chunkBytes: Int64) throws(SendError) {
        self.path = URL(filePath: path).standardizedFileURL.path
        self.chunkBytes = chunkBytes
        (byteCount, modifiedMilliseconds) = try Self.facts(self.path)
        do { file = try MediaFile(self.path, .read) } catch { throw Self.failure(error, path) }
    }

    package var name: String { URL(filePath: path).lastPathComponent }

    package var chunkCount: Int64 { (byteCount + chunkBytes - 1) / chunkBytes }

    /// Where chunk number `sequence` lies.
    package func range(_ sequence: Int64) -> Range<Int64> {
        let start = sequence * chunkBytes
        return start..<min(start + chunkBytes, byteCount)
    }

    /// The same file always has the same id, so that sending it again goes on where it stopped:
    /// a UUIDv7 (RFC 9562 5.7) of the time it was changed last, and in place of random bits
    /// those of the SHA-256 of its path, length, time and cut.
    package var id: RecordingID {
        let facts = "\(path)\n\(byteCount)\n\(modifiedMilliseconds)\n\(chunkBytes)"
        let digest = Checksums.sha256([UInt8](facts.utf8))
        func word(_ bytes: ArraySlice<UInt8>) -> UInt64 {
            bytes.reduce(0) { $0 << 8 | UInt64($1) }
        }
        return .make(
            milliseconds: modifiedMilliseconds, random: (word(digest[..<8]), word(digest[8..<16])))
    }

    /// The bytes of one chunk. Blocks. Errors: they cannot be read, or are no longer there.
    package func bytes(_ sequence: Int64) throws(SendError) -> Data {
        do { return try file.read(range(sequence)) } catch { throw Self.failure(error, path) }
    }

    private static func failure(_ error: OutboxError, _ path: String) -> SendError {
        if case .failed(_, let reason) = error { return .file(path: path, reason: reason) }
        return .file(path: path, reason: error.description)
    }

    /// Errors: the file is not what it was when this was made.
    package func checkUnchanged() throws(SendError) {
        let (byteCount, modified) = try Self.facts(path)
        guard byteCount == self.byteCount, modified == modifiedMilliseconds else {
            throw .file(path: path, reason: "it changed while it was being sent")
        }
    }

    private static func facts(_ path: String) throws(SendError) -> (Int64, UInt64) {
        do {
            let facts = try FileManager.default.attributesOfItem(atPath: path)
            guard facts[.type] as? FileAttributeType == .typeRegular else {
                throw SendError.file(path: path, reason: "it is no file")
            }
            let byteCount = (facts[.size] as? NSNumber)?.int64Value ?? 0
            let modified = (facts[.modificationDate] as? Date)?.timeIntervalSince1970 ?? 0
            return (byteCount, UInt64(max(0, modified * 1000)))
        } catch let error as SendError {
            throw error
        } catch {
            throw .file(path: path, reason: error.localizedDescription)
        }
    }
}
