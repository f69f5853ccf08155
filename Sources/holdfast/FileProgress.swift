import Foundation
import IngestClient

/// How far a file was read, on a terminal; elsewhere nothing, for it is soon done.
struct FileProgress {
    private let line: ProgressLine?
    private let byteCount: Int64

    init(_ file: RecordingFile) {
        byteCount = file.byteCount
        line = isatty(2) == 1 ? ProgressLine(name: URL(filePath: file.path).lastPathComponent) : nil
        line?.report(.started(bytesAlreadyThere: 0, byteCount: byteCount))
    }

    func report(_ bytes: Int64) {
        line?.report(.acknowledged(bytes: bytes, byteCount: byteCount))
    }

    func end() { line?.end() }
}
