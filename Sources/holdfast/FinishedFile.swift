import Containers
import Foundation

/// The finished form of a recording, written beside it as `NAME.finished`. Every call blocks.
///
/// It is laid out as the server does it: room for a new head, the received bytes, the index. The
/// edits are made on the way; those that lie further back are written over.
final class FinishedFile {
    let path: String
    private let handle: FileHandle
    private let headBytes: Int64

    /// - Parameter headBytes: the room in front of the received bytes.
    init(besides recording: RecordingFile, headBytes: Int) throws(FileTrouble) {
        path = recording.path + ".finished"
        let flags = O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC
        let descriptor = open(path, flags, mode_t(recording.mode | 0o600))
        guard descriptor >= 0 else { throw FileTrouble(path, doing: "it cannot be written") }
        handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        self.headBytes = Int64(headBytes)
    }

    /// Takes received bytes and the edits that became known with them.
    func add(_ piece: [UInt8], at offset: Int64, _ edits: [Edit]) throws(FileTrouble) {
        var piece = piece
        let range = offset..<offset + Int64(piece.count)
        var others: [Edit] = []
        for edit in edits {
            if range.contains(edit.range) {
                let start = Int(edit.offset - offset)
                piece.replaceSubrange(start..<start + edit.bytes.count, with: edit.bytes)
            } else {
                others.append(edit)
            }
        }
        try write(piece, at: headBytes + offset)
        try add(others)
    }

    /// Makes edits of bytes that were taken before.
    func add(_ edits: [Edit]) throws(FileTrouble) {
        for edit in edits { try write(edit.bytes, at: headBytes + edit.offset) }
    }

    /// Gives the file its head, its index and its length, and waits until it is on the disk.
    func complete(_ artifact: Artifact) throws(FileTrouble) {
        let start = headBytes + artifact.start - Int64(artifact.head.count)
        try write(artifact.head, at: start)
        try write(artifact.index, at: headBytes + artifact.end)
        if start > 0 { try moveDown(by: start, artifact.byteCount) }
        guard ftruncate(handle.fileDescriptor, off_t(artifact.byteCount)) == 0 else {
            throw FileTrouble(path, doing: "it cannot be cut")
        }
        try sync()
    }

    /// Takes the recording's place; after a crash either one is whole under its name.
    ///
    /// - Parameter keep: where the recording stays as it was received; nil: it goes.
    func replace(_ recording: RecordingFile, keep: String?) throws(FileTrouble) {
        try recording.checkUnchanged()
        if let keep, link(recording.path, keep) != 0 {
            throw FileTrouble(keep, doing: "the recording cannot be kept there")
        }
        guard rename(path, recording.path) == 0 else {
            throw FileTrouble(path, doing: "it cannot take the recording's place")
        }
        try Self.syncFolder(of: recording.path)
    }

    func remove() { unlink(path) }

    /// Whether it holds, byte for byte, what the recording does.
    func isSame(as recording: RecordingFile) throws(FileTrouble) -> Bool {
        let finished = try RecordingFile(path)
        guard finished.byteCount == recording.byteCount else { return false }
        var isSame = true
        try recording.readAll { (piece, offset) throws(FileTrouble) in
            let other = isSame ? try finished.read(piece.count, at: offset) : []
            isSame = isSame && other == piece
        }
        return isSame
    }

    /// Only where bytes in front of the first page or the like are left out, in small files.
    private func moveDown(by distance: Int64, _ byteCount: Int64) throws(FileTrouble) {
        let written = try RecordingFile(path)
        var offset: Int64 = 0
        while offset < byteCount {
            let count = min(Int64(RecordingFile.pieceBytes), byteCount - offset)
            try write(try written.read(Int(count), at: offset + distance), at: offset)
            offset += count
        }
    }

    private func write(_ bytes: [UInt8], at offset: Int64) throws(FileTrouble) {
        guard !bytes.isEmpty else { return }
        do {
            try handle.seek(toOffset: UInt64(offset))
            try handle.write(contentsOf: Data(bytes))
        } catch {
            throw FileTrouble(path, error.localizedDescription)
        }
    }

    private func sync() throws(FileTrouble) {
        guard fsync(handle.fileDescriptor) == 0 else {
            throw FileTrouble(path, doing: "it cannot be synced")
        }
    }

    private static func syncFolder(of path: String) throws(FileTrouble) {
        let folder = URL(filePath: path).deletingLastPathComponent().path
        let descriptor = open(folder, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileTrouble(folder, doing: "it cannot be opened") }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else {
            throw FileTrouble(folder, doing: "it cannot be synced")
        }
    }
}

extension Range where Bound == Int64 {
    fileprivate func contains(_ other: Range<Int64>) -> Bool {
        lowerBound <= other.lowerBound && other.upperBound <= upperBound
    }
}
