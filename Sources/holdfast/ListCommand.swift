import ArgumentParser
import Foundation
import IngestClient

/// `holdfast list`.
struct ListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "Shows the recordings of this machine, and how far each has come.",
        discussion: """
            It works while another holdfast is recording or sending. Recordings that were sent \
            and whose local copy is gone are left out unless --all is given.

            Exit codes: 0 done; 2 the profile cannot be read; 64 the command is not right.
            """)

    @Flag(help: "Sent ones without a local copy, too.")
    var all = false

    @Flag(help: "Print one line of JSON for each recording.")
    var json = false

    @OptionGroup var profile: ProfileOptions

    func run() throws {
        let found: [OutboxRecording]
        do throws(OutboxError) { found = try Outbox.list(folder: profile.profile) } catch {
            FileHandle.standardError.write(Data("\(error)\n".utf8))
            throw ExitCode(2)
        }
        let recordings = found.filter { all || $0.hasLocalCopy || $0.state != .sent }
        if json {
            for recording in recordings { print(RecordingReport(recording).json) }
        } else if recordings.isEmpty {
            print("Nothing is here.")
        } else {
            for line in RecordingTable.lines(recordings) { print(line) }
        }
    }
}

/// The list for people.
enum RecordingTable {
    static func lines(_ recordings: [OutboxRecording]) -> [String] {
        let rows =
            [["ID", "STATE", "BEGAN", "LENGTH", "SAFE", "SENT", "TITLE"]]
            + recordings.map(row)
        let widths = (0..<6).map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            var line = ""
            for (column, text) in row.enumerated() {
                let width = column < widths.count ? widths[column] : 0
                let padding = String(repeating: " ", count: max(0, width - text.count))
                // Numbers end where their column ends.
                line += (3...5).contains(column) ? padding + text : text + padding
                if column < row.count - 1 { line += "  " }
            }
            while line.last == " " { line.removeLast() }
            return line
        }
    }

    private static func row(_ recording: OutboxRecording) -> [String] {
        [
            // The first half of an id is the time; some of the rest tells those of one moment
            // apart, and every command takes the beginning of an id.
            String(recording.id.prefix(18)), state(recording), began(recording.startedAt),
            recording.durationSeconds.map(length) ?? "", ByteText.text(recording.byteCount),
            sent(recording), note(recording),
        ]
    }

    private static func state(_ recording: OutboxRecording) -> String {
        if case .sendAt(let date) = recording.sendPolicy, recording.state == .pending {
            return "from \(began(date))"
        }
        return recording.state.rawValue
    }

    private static func began(_ date: Date) -> String {
        let style = Date.ISO8601FormatStyle(timeZone: .current)
            .year().month().day().dateTimeSeparator(.space).time(includingFractionalSeconds: false)
        return String(date.formatted(style).prefix(16))
    }

    private static func length(_ seconds: Double) -> String {
        String(TimeText.text(seconds).prefix { $0 != "." })
    }

    private static func sent(_ recording: OutboxRecording) -> String {
        guard recording.byteCount > 0 else { return recording.state == .sent ? "100 %" : "" }
        return "\(recording.acknowledgedBytes * 100 / recording.byteCount) %"
    }

    private static func note(_ recording: OutboxRecording) -> String {
        var parts = [recording.title].compactMap { $0 }
        if let reason = recording.reason {
            parts.append("(\(reason))")
        } else if let error = recording.lastError, recording.state != .sent {
            parts.append("(attempt \(recording.attempts) failed: \(error))")
        }
        if let reason = recording.endReason { parts.append("(ended: \(reason))") }
        if !recording.hasLocalCopy { parts.append("(no copy here)") }
        return parts.joined(separator: " ")
    }
}
