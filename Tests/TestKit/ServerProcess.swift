internal import Foundation
internal import Glibc
internal import Posix

/// A real `holdfastd` on a port of its own. It is killed when its last owner lets go.
///
/// Every call blocks.
package final class ServerProcess {
    /// It ended, or never came up; the text is what it wrote to standard error.
    package struct Failure: Error, CustomStringConvertible {
        package let ending: ChildProcess.Ending
        package let text: String
        package var description: String { "holdfastd ended (\(ending)) and said: \(text)" }
    }

    /// The data folder.
    package let data: String
    package private(set) var port: UInt16 = 0
    private let folder: TemporaryFolder?
    private let settings: [String: String]
    private let descriptors: Int?
    private var process: ChildProcess

    /// A log that is ready at once: tests start many servers. Open, for most tests are not about
    /// who may.
    private static let small = [
        "segment-bytes": "16777216", "log-pool-bytes": "33554432", "drain-seconds": "5",
        "open": "true",
    ]

    /// Starts one and returns once it listens.
    ///
    /// - Parameters:
    ///   - data: its data folder; nil makes one that goes with the server.
    ///   - settings: flags without their dashes, `chunk-bytes-max` say.
    ///   - descriptors: how many it may have; nil for as many as this process.
    package init(
        data: String? = nil, settings: [String: String] = [:], descriptors: Int? = nil
    ) throws {
        self.descriptors = descriptors
        folder = data == nil ? TemporaryFolder("server") : nil
        self.data = data ?? (folder.map { $0.path + "/data" } ?? "")
        self.settings = Self.small.merging(settings) { $1 }
        process = try Self.start(self.data, listen: "127.0.0.1:0", self.settings, descriptors)
        port = try Self.waitForPort(process)
    }

    /// Of the process.
    package var id: Int32 { process.id }

    package var standardError: String { process.text(.error) }

    /// The power goes: SIGKILL, amid whatever it does.
    package func kill() {
        process.signal(SIGKILL)
        process.waitForEnd()
    }

    /// SIGHUP; returns once it has logged a line with `text`.
    package func hangUp(waitingFor text: String) throws {
        process.signal(SIGHUP)
        try waitForLine(with: text)
    }

    /// Returns once it has written a line with all of `texts` to standard error: that line.
    @discardableResult
    package func waitForLine(with texts: String...) throws -> String {
        guard let line = process.waitForLine(.error, with: texts) else {
            throw Failure(ending: process.waitForEnd(), text: standardError)
        }
        return line
    }

    /// Returns once it has made of a published recording what it makes in the background.
    package func waitForBackground(_ id: String) throws {
        try waitForLine(with: "Taken in", "recording=\(id) ")
    }

    /// An orderly stop: SIGTERM.
    package func terminate() -> ChildProcess.Ending {
        process.signal(SIGTERM)
        return process.waitForEnd()
    }

    /// Starts it again on the same folder, once it has ended.
    ///
    /// - Parameter samePort: for a client that keeps trying.
    package func restart(samePort: Bool = false) throws {
        let listen = "127.0.0.1:\(samePort ? port : 0)"
        process = try Self.start(data, listen: listen, settings, descriptors)
        port = try Self.waitForPort(process)
    }

    /// Starts a second server on the same folder, which must not come up.
    package func startRival() throws -> (ending: ChildProcess.Ending, text: String) {
        let rival = try Self.start(data, listen: "127.0.0.1:0", settings, descriptors)
        let line = rival.waitForLine(.error, with: Self.announcement)
        if line != nil { rival.signal(SIGKILL) }
        return (rival.waitForEnd(), rival.text(.error))
    }

    private static let announcement = "listening on http"

    private static func start(
        _ data: String, listen: String, _ settings: [String: String], _ descriptors: Int?
    ) throws(SystemError) -> ChildProcess {
        let flags = settings.sorted { $0.key < $1.key }.flatMap { ["--\($0.key)", $0.value] }
        let command =
            [
                BuiltPrograms.path("holdfastd"), "--listen", listen, "--data", data,
            ] + flags
        guard let descriptors else {
            return try ChildProcess(command[0], Array(command.dropFirst()))
        }
        let limit = "--nofile=\(descriptors):\(descriptors)"
        return try ChildProcess("/usr/bin/prlimit", [limit] + command)
    }

    private static func waitForPort(_ process: ChildProcess) throws -> UInt16 {
        guard let line = process.waitForLine(.error, with: announcement),
            let address = line.components(separatedBy: announcement).last,
            let port = UInt16(
                address.components(separatedBy: "127.0.0.1:").last?
                    .prefix { $0.isASCII && $0.isNumber } ?? "")
        else {
            process.signal(SIGKILL)
            throw Failure(ending: process.waitForEnd(), text: process.text(.error))
        }
        return port
    }
}
