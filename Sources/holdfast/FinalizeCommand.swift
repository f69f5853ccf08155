import ArgumentParser
import Containers
import Foundation

/// `holdfast finalize FILE…`.
struct FinalizeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "finalize",
        abstract: "Makes recordings play and seek, on the spot and without a server.",
        discussion: """
            The finished file is written to FILE.finished, synced, and then takes FILE's place; \
            no frame is changed. If anything was wrong with the recording, it is kept as it was \
            received, as FILE.received. A file that is finished already is not touched.

            Exit codes: 0 finished; 1 it cannot be finished and stays as it is; 2 a file cannot \
            be read or written; 64 the command is not right. With several files the highest code \
            counts.
            """)

    /// Room for a new head: none is needed where one is there already, and the last is tried when
    /// the others do not suffice.
    static let headBytes = [0, 4096, 1 << 20]

    @Argument(help: "The files to finish.", completion: .file())
    var files: [String]

    @Flag(help: "Print one line of JSON for each file.")
    var json = false

    func run() throws {
        var code: Int32 = 0
        for path in files {
            do throws(FileTrouble) {
                let report = try Self.finalize(path)
                print(json ? report.json : report.text)
                if report.outcome == "unfinished" { code = max(code, 1) }
            } catch {
                FileHandle.standardError.write(Data("\(error)\n".utf8))
                code = 2
            }
        }
        if code != 0 { throw ExitCode(code) }
    }

    static func finalize(_ path: String) throws(FileTrouble) -> MediaReport {
        let file = try RecordingFile(path)
        // It tells what head will do, so that all of the file is read once only.
        let start = try file.read(min(beginningBytes, Int(file.byteCount)), at: 0)
        for bytes in headBytes {
            let beginning = plan(of: start, headBytes: bytes)
            if beginning.unverifiedReason != nil { break }
            if beginning.copyReason != nil { continue }
            if let report = try finalize(file, headBytes: bytes) { return report }
        }
        let artifact = try InspectCommand.read(file, headBytes: headBytes.max() ?? 0)
        return MediaReport(path, bytes: file.byteCount, artifact, outcome: "unfinished")
    }

    private static let beginningBytes = 1 << 20

    /// What the finished file would be if `bytes` were all of it.
    private static func plan(of bytes: [UInt8], headBytes: Int) -> Artifact {
        var reader = AnyMediaReader(headReserveBytes: headBytes)
        reader.read(bytes.span)
        return reader.finish().artifact
    }

    /// Nil: it cannot be finished with so much room.
    private static func finalize(
        _ file: RecordingFile, headBytes: Int
    ) throws(FileTrouble) -> MediaReport? {
        let finished = try FinishedFile(besides: file, headBytes: headBytes)
        // Once it has taken the recording's place nothing is there to remove.
        defer { finished.remove() }
        let artifact = try write(finished, from: file, headBytes: headBytes)
        if artifact.isAsReceived { return nil }
        func report(_ outcome: String) -> MediaReport {
            MediaReport(file.path, bytes: file.byteCount, artifact, outcome: outcome)
        }
        try finished.complete(artifact)
        if try finished.isSame(as: file) { return report("unchanged") }
        let isDamaged = !artifact.damage.isEmpty
        try finished.replace(file, keep: isDamaged ? file.path + ".received" : nil)
        return report("finished")
    }

    private static func write(
        _ finished: FinishedFile, from file: RecordingFile, headBytes: Int
    ) throws(FileTrouble) -> Artifact {
        let progress = FileProgress(file)
        defer { progress.end() }
        var reader = AnyMediaReader(headReserveBytes: headBytes)
        try file.readAll { (piece, offset) throws(FileTrouble) in
            reader.read(piece.span)
            try finished.add(piece, at: offset, reader.takeEdits())
            progress.report(offset + Int64(piece.count))
        }
        let (artifact, edits) = reader.finish()
        try finished.add(edits)
        return artifact
    }
}
