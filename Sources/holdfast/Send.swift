import ArgumentParser
import Foundation
import IngestClient

/// `holdfast send FILE… --server URL`.
struct Send: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Sends finished recordings from the local disk.",
        discussion: """
            Sending a file again is safe: it goes on where it stopped, also after a crash, and a \
            file that the server has whole is only asked after. What was made of each file is \
            printed to standard output, progress to standard error.

            Exit codes: 0 everything is on the server; 1 the server refuses a file for good; \
            2 a file cannot be read; 3 the server could not be reached, or had no room, for as \
            long as it was tried: send again later; 64 the command is not right. With several \
            files the rest is still sent, and the highest code counts.
            """)

    @Argument(help: "The files to send.", completion: .file())
    var files: [String]

    @Option(help: "The server's address, http://127.0.0.1:8080 say.")
    var server: String

    @Option(help: "The recordings' media type. Told by the files' names if left out.")
    var mediaType: String?

    @Option(help: "The bytes of one chunk.")
    var chunkBytes: Int64 = 1 << 20

    @Option(help: "How many chunks are on their way at once.")
    var inFlight = 4

    @Option(help: "How often a request is tried before it is given up.")
    var attempts = 12

    @Flag(help: "Print one line of JSON for each file.")
    var json = false

    func validate() throws {
        guard let url = URL(string: server), ["http", "https"].contains(url.scheme),
            url.host() != nil
        else { throw ValidationError("--server must be an address like http://127.0.0.1:8080") }
        guard !files.isEmpty else { throw ValidationError("name at least one file") }
        guard chunkBytes > 0 else { throw ValidationError("--chunk-bytes must be at least 1") }
        guard (1...64).contains(inFlight) else {
            throw ValidationError("--in-flight must be from 1 to 64")
        }
        guard attempts > 0 else { throw ValidationError("--attempts must be at least 1") }
    }

    func run() async throws {
        // Checked by `validate`.
        guard let url = URL(string: server) else { throw ExitCode.validationFailure }
        var options = SendOptions(server: url)
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
        if code != 0 { throw ExitCode(code) }
    }
}
