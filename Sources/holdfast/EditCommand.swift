import ArgumentParser
import Foundation
import IngestClient

/// `holdfast edit trim|cut|split|join|undo`.
struct EditCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "edit",
        abstract: "Cuts and joins recordings of this machine, without encoding anything anew.",
        discussion: """
            Every edit is a new recording, and is sent as the one it was made from would have \
            been. That one is kept here until the edit was sent, and `edit undo` brings it back. \
            What the server has of it already stays there until it is deleted there.

            In Ogg Opus start and end are exact to the sample; where something is cut out, or two \
            recordings meet, whole packets go or stay (20 ms in Holdfast's own). Video in WebM \
            can only begin at a key frame: the start goes back to the one before it, and behind \
            a cut it goes on at the next one.

            Times are seconds or h:m:s, 83.5 or 1:23.5. Exit codes: 0 done; 1 it cannot be done, \
            and nothing was changed; 2 the outbox refuses; 64 the command is not right.
            """,
        subcommands: [Trim.self, Cut.self, Split.self, Join.self, Undo.self])

    struct Trim: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Keeps what lies between two times.")
        @OptionGroup var target: Target
        @Option(help: "Where it begins; at its start if left out.", transform: EditCommand.time)
        var from: Duration = .zero
        @Option(help: "Where it ends; at its end if left out.", transform: EditCommand.time)
        var to: Duration?

        func run() throws {
            try EditCommand.edit(target.profile, target.json, target.id) { outbox, id in
                [try outbox.trim(id, from: from, to: to)]
            }
        }
    }

    struct Cut: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Takes out what lies between two times.")
        @OptionGroup var target: Target
        @Option(help: "Where it begins.", transform: EditCommand.time)
        var from: Duration
        @Option(help: "Where it ends; at the recording's end if left out.", transform: time)
        var to: Duration?

        func run() throws {
            try EditCommand.edit(target.profile, target.json, target.id) { outbox, id in
                [try outbox.cutOut(id, from: from, to: to)]
            }
        }
    }

    struct Split: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Makes two recordings of one.")
        @OptionGroup var target: Target
        @Option(help: "Where the second one begins.", transform: EditCommand.time)
        var at: Duration

        func run() throws {
            try EditCommand.edit(target.profile, target.json, target.id) { outbox, id in
                let (first, second) = try outbox.split(id, at: at)
                return [first, second]
            }
        }
    }

    struct Join: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Makes one recording of several.")
        @Argument(help: "Their ids, or how they begin, in order.")
        var ids: [String]
        @OptionGroup var profile: ProfileOptions
        @Flag(help: "Print one line of JSON for each new recording.")
        var json = false

        func run() throws {
            try EditCommand.edit(profile, json) { outbox in
                let all = try outbox.recordings()
                return [try outbox.join(try ids.map { try RecordingChoice.one($0, in: all).id })]
            }
        }
    }

    struct Undo: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Takes an edit back, unless it was sent already.")
        @OptionGroup var target: Target

        func run() throws {
            try EditCommand.edit(target.profile, target.json, target.id) { outbox, id in
                try outbox.undoEdit(id)
            }
        }
    }

    struct Target: ParsableArguments {
        @Argument(help: "The recording's id, or how it begins.")
        var id: String
        @OptionGroup var profile: ProfileOptions
        @Flag(help: "Print one line of JSON for each recording that there is now.")
        var json = false
    }

    private static func time(_ text: String) throws -> Duration {
        guard let time = TimeText.duration(text) else {
            throw ValidationError("\(text) is no time such as 83.5 or 1:23.5")
        }
        return time
    }

    private static func edit(
        _ profile: ProfileOptions, _ json: Bool, _ id: String,
        _ body: (Outbox, String) throws -> [OutboxRecording]
    ) throws {
        try edit(profile, json) { outbox in
            try body(outbox, RecordingChoice.one(id, in: outbox.recordings()).id)
        }
    }

    private static func edit(
        _ profile: ProfileOptions, _ json: Bool, _ body: (Outbox) throws -> [OutboxRecording]
    ) throws {
        do {
            let outbox = try profile.open()
            for recording in try body(outbox) { print(EditReport(recording).text(json)) }
            try outbox.close()
        } catch let error as OutboxError {
            try fail(error, 2)
        } catch EditError.outbox(let error) {
            try fail(error, 2)
        } catch { try fail(error, 1) }
    }

    private static func fail(_ error: any Error, _ code: Int32) throws {
        FileHandle.standardError.write(Data("\(error)\n".utf8))
        throw ExitCode(code)
    }
}

/// A recording that an edit made or brought back.
private struct EditReport: Encodable {
    let id: String
    let path: String
    let state: String
    let bytes: Int64
    let seconds: Double?

    init(_ recording: OutboxRecording) {
        id = recording.id
        path = recording.mediaPath
        state = recording.state.rawValue
        bytes = recording.byteCount
        seconds = recording.durationSeconds
    }

    func text(_ json: Bool) -> String {
        guard json else {
            let time = seconds.map { TimeText.text($0) + ", " } ?? ""
            return "\(id) (\(state)): \(time)\(bytes) bytes, \(path)"
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // Texts and finite numbers always become JSON.
        return String(decoding: (try? encoder.encode(self)) ?? Data(), as: UTF8.self)
    }
}
