import ArgumentParser
import Foundation
import IngestClient

/// `holdfast doctor`.
struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Looks over the profile and, if one is named, the server.",
        discussion: """
            Nothing is changed, and another holdfast may be recording meanwhile.

            Exit codes: 0 all is well; 1 something is wrong with the profile; 3 something is \
            wrong with the server only; 64 the command is not right.
            """)

    @OptionGroup var server: ServerOptions
    @OptionGroup var profile: ProfileOptions

    @Flag(help: "Print one line of JSON for each finding.")
    var json = false

    func validate() throws { _ = try server.url() }

    func run() async throws {
        let doctor = Doctor(folder: profile.profile)
        var findings = doctor.profile()
        if let url = try server.url() {
            findings += await doctor.server(
                url, applicationKey: server.applicationKey(profile))
        }
        for finding in findings {
            if json {
                print(JSONText.line(Report(finding)))
            } else {
                print(
                    "\(finding.isGood ? "ok     " : "trouble") \(finding.subject): \(finding.text)")
            }
        }
        let wrong = findings.filter { !$0.isGood }
        guard let first = wrong.first else { return }
        throw ExitCode(["server", "key"].contains(first.subject) ? 3 : 1)
    }

    private struct Report: Encodable {
        let subject: String
        let isGood: Bool
        let text: String

        init(_ finding: Doctor.Finding) {
            (subject, isGood, text) = (finding.subject, finding.isGood, finding.text)
        }
    }
}
