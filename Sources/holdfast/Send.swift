import ArgumentParser
import Foundation
import IngestClient

/// `holdfast send [FILE…] --server URL`.
struct Send: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Sends what was recorded here, or files from the local disk.",
        discussion: """
            Without files, everything in the outbox that is to be sent goes, also what was parked \
            because the server was gone; with --recording, so do recordings that were kept here. \
            It ends when each is sent, parked or has failed.

            Sending a file again is safe: it goes on where it stopped, also after a crash, and a \
            file that the server has whole is only asked after. What was made of each file is \
            printed to standard output, progress to standard error.

            Exit codes: 0 everything is on the server; 1 the server refuses a file for good; \
            2 a file or the profile cannot be read; 3 the server could not be reached, or had no \
            room, for as long as it was tried: send again later; 64 the command is not right. With \
            several files the rest is still sent, and the highest code counts.
            """)

    @Argument(help: "The files to send; none sends the outbox.", completion: .file())
    var files: [String] = []

    @Option(help: "A recording of the outbox by its id, or how it begins; may be repeated.")
    var recording: [String] = []

    @OptionGroup var server: ServerOptions
    @OptionGroup var profile: ProfileOptions

    @Option(help: "The recordings' media type. Told by the files' names if left out.")
    var mediaType: String?

    @Option(help: "The bytes of one chunk.")
    var chunkBytes: Int64 = 1 << 20

    @Option(help: "How many chunks are on their way at once.")
    var inFlight = 4

    @Option(help: "How often a request is tried before it is given up.")
    var attempts = 12

    @Option(help: "Of the outbox: requests are taken for lost after so many seconds of silence.")
    var stallSeconds = 30.0

    @Flag(help: "Print one line of JSON for each file or recording.")
    var json = false

    func validate() throws {
        _ = try server.required()
        guard files.isEmpty || recording.isEmpty else {
            throw ValidationError("either files or --recording")
        }
        guard chunkBytes > 0 else { throw ValidationError("--chunk-bytes must be at least 1") }
        guard (1...64).contains(inFlight) else {
            throw ValidationError("--in-flight must be from 1 to 64")
        }
        guard (0.1...86_400).contains(stallSeconds) else {
            throw ValidationError("--stall-seconds must be from 0.1 to 86400")
        }
        guard attempts > 0 else { throw ValidationError("--attempts must be at least 1") }
    }

    func run() async throws {
        let code = try await files.isEmpty ? sendOutbox() : sendFiles()
        if code != 0 { throw ExitCode(code) }
    }

    private func sendOutbox() async throws -> Int32 {
        var options = UploadOptions(server: try server.required())
        options.applicationKey = server.applicationKey(profile)
        options.inFlightMax = max(2, inFlight)
        options.retries.attemptsMax = attempts
        options.stallTimeout = .seconds(stallSeconds)
        do {
            let outbox = try profile.open()
            try outbox.resumeParked()
            for id in recording {
                try outbox.retry(RecordingChoice.one(id, in: outbox.recordings()).id)
            }
            return try await BacklogSending(outbox: outbox, options: options, isJSON: json).run()
        } catch {
            FileHandle.standardError.write(Data("\(error)\n".utf8))
            return error is ChoiceTrouble ? 1 : 2
        }
    }

    private func sendFiles() async throws -> Int32 {
        var options = SendOptions(server: try server.required())
        options.applicationKey = server.applicationKey(profile)
        do throws(ProfileTrouble) { options.tokenSecret = try profile.sendSecret() } catch {
            FileHandle.standardError.write(Data("\(error)\n".utf8))
            return 2
        }
        options.mediaType = mediaType
        options.chunkBytes = chunkBytes
        options.inFlightMax = inFlight
        options.retries.attemptsMax = attempts
        let sender = FileSender(options)
        var code: Int32 = 0
        for path in files {
            let progress = ProgressLine(name: URL(filePath: path).lastPathComponent)
            let report: SendReport
            do throws(SendError) {
                report = SendReport(try await sender.send(path) { progress.report($0) })
            } catch {
                report = SendReport(path: path, error)
            }
            progress.end()
            code = max(code, report.exitCode)
            if json {
                print(report.json)
            } else if report.exitCode == 0 {
                print(report.text)
            } else {
                FileHandle.standardError.write(Data((report.text + "\n").utf8))
            }
        }
        return code
    }
}
