import ArgumentParser
import Containers
import Foundation

/// `holdfast inspect FILE…`.
struct InspectCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect",
        abstract: "Tells what is in a recording, and what is wrong with it.",
        discussion: """
            The file is read once and not changed. WebM, Ogg and MP4 are understood.

            Exit codes: 0 whole, or of a kind that is not checked; 1 damaged; 2 a file cannot be \
            read; 64 the command is not right. With several files the highest code counts.
            """)

    @Argument(help: "The files to look at.", completion: .file())
    var files: [String]

    @Flag(help: "Print one line of JSON for each file.")
    var json = false

    func run() throws {
        var code: Int32 = 0
        for path in files {
            do throws(FileTrouble) {
                let report = try Self.inspect(path)
                print(json ? report.json : report.text)
                if !report.damage.isEmpty { code = max(code, 1) }
            } catch {
                FileHandle.standardError.write(Data("\(error)\n".utf8))
                code = 2
            }
        }
        if code != 0 { throw ExitCode(code) }
    }

    private static func inspect(_ path: String) throws(FileTrouble) -> MediaReport {
        let file = try RecordingFile(path)
        // A file that needs a new head counts as one that can be finished.
        let artifact = try read(file, headBytes: FinalizeCommand.headBytes.max() ?? 0)
        return MediaReport(path, bytes: file.byteCount, artifact)
    }

    /// What the finished file would be, with so much room for a new head.
    static func read(_ file: RecordingFile, headBytes: Int) throws(FileTrouble) -> Artifact {
        let progress = FileProgress(file)
        defer { progress.end() }
        var reader = AnyMediaReader(headReserveBytes: headBytes)
        try file.readAll { (piece, offset) throws(FileTrouble) in
            reader.read(piece.span)
            _ = reader.takeEdits()
            progress.report(offset + Int64(piece.count))
        }
        return reader.finish().artifact
    }
}
