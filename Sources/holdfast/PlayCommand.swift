import ArgumentParser
import Foundation
import IngestClient

/// `holdfast play ID`.
struct PlayCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "play",
        abstract: "Plays a recording of this machine, also one that is still being made.",
        discussion: """
            On a terminal a player is run (ffplay, mpv or vlc, whichever is there); elsewhere, or \
            with --path, the file's path is printed. --export writes a finished copy, which plays \
            and seeks in any browser.

            Exit codes: 0 done; 1 there is no such recording here, or no copy of it; 2 a file \
            cannot be written; 64 the command is not right.
            """)

    private static let players = [
        ("ffplay", ["-autoexit", "-loglevel", "error"]), ("mpv", []),
        ("vlc", ["--play-and-exit"]),
    ]

    @Argument(help: "The recording's id, or how it begins; the newest one if left out.")
    var id: String?

    @Flag(help: "Only print where the file lies.")
    var path = false

    @Option(help: "Write a finished copy to this file.", completion: .file())
    var export: String?

    @OptionGroup var profile: ProfileOptions

    func run() throws {
        let recording: OutboxRecording
        do {
            recording = try RecordingChoice.one(id, in: Outbox.list(folder: profile.profile))
            guard recording.hasLocalCopy else {
                throw ChoiceTrouble("The copy of \(recording.id) is gone: it was sent.")
            }
        } catch {
            FileHandle.standardError.write(Data("\(error)\n".utf8))
            throw ExitCode(1)
        }
        if let export { return try Self.export(recording, to: export) }
        guard !path, isatty(1) == 1, let (player, arguments) = Self.player() else {
            return print(recording.mediaPath)
        }
        let process = Process()
        process.executableURL = URL(filePath: player)
        process.arguments = arguments + [recording.mediaPath]
        try process.run()
        process.waitUntilExit()
        if process.terminationStatus != 0 { throw ExitCode(process.terminationStatus) }
    }

    /// A copy, which is then finished as `holdfast finalize` does it.
    private static func export(_ recording: OutboxRecording, to path: String) throws {
        do throws(FileTrouble) {
            do {
                // Never over a file that is there: it may be another recording.
                try FileManager.default.copyItem(atPath: recording.mediaPath, toPath: path)
            } catch { throw FileTrouble(path, error.localizedDescription) }
            let report = try FinalizeCommand.finalize(path)
            print(report.text)
        } catch {
            FileHandle.standardError.write(Data("\(error)\n".utf8))
            throw ExitCode(2)
        }
    }

    private static func player() -> (path: String, arguments: [String])? {
        let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
        for (name, arguments) in players {
            for folder in folders
            where FileManager.default.isExecutableFile(atPath: "\(folder)/\(name)") {
                return ("\(folder)/\(name)", arguments)
            }
        }
        return nil
    }
}
