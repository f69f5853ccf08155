import ArgumentParser
import Foundation
import IngestClient

/// Which outbox a command works on.
struct ProfileOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The folder of the recordings and their journal.",
            discussion: "HOLDFAST_PROFILE, if that is set; else ~/.local/share/holdfast."),
        completion: .directory)
    var profile: String = Self.standard

    @Flag(
        help: ArgumentHelp(
            "Note nothing of how recording and sending go, and tell the server nothing of it.",
            discussion: "As HOLDFAST_TELEMETRY=off does."))
    var noTelemetry = false

    /// Opens it, and tells on standard error what it found and put right.
    func open(limits: OutboxLimits = OutboxLimits()) throws(OutboxError) -> Outbox {
        var limits = limits
        let environment = ProcessInfo.processInfo.environment
        if noTelemetry || environment["HOLDFAST_TELEMETRY"] == "off" {
            limits.telemetryEventsMax = 0
        }
        let outbox = try Outbox(folder: profile, limits: limits)
        for finding in outbox.findings {
            FileHandle.standardError.write(Data("\(finding)\n".utf8))
        }
        return outbox
    }

    private static var standard: String {
        let environment = ProcessInfo.processInfo.environment
        if let folder = environment["HOLDFAST_PROFILE"], !folder.isEmpty { return folder }
        #if canImport(Darwin)
            return URL.applicationSupportDirectory.appending(path: "holdfast").path
        #else
            // XDG Base Directory Specification.
            let data = environment["XDG_DATA_HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil }
            return (data ?? NSHomeDirectory() + "/.local/share") + "/holdfast"
        #endif
    }
}
