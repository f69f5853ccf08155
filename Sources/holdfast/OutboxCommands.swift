import ArgumentParser
import Foundation
import IngestClient

/// What `retry`, `keep` and `delete` have in common: some recordings, one wish.
struct RecordingsOptions: ParsableArguments {
    static let exitCodes = """
        Exit codes: 0 done; 1 there is no such recording, or its state does not allow it; 2 the \
        profile cannot be used: another holdfast has it, say; 64 the command is not right.
        """

    @Argument(help: "The recordings' ids, or how they begin.")
    var ids: [String] = []

    @OptionGroup var profile: ProfileOptions

    /// Fulfils the wish for each recording, also when it fails for one before.
    func each(_ wish: (Outbox, OutboxRecording) throws(OutboxError) -> Void) throws {
        guard !ids.isEmpty else { throw ValidationError("name at least one recording") }
        let outbox: Outbox
        do throws(OutboxError) { outbox = try profile.open() } catch {
            FileHandle.standardError.write(Data("\(error)\n".utf8))
            throw ExitCode(2)
        }
        var isRefused = false
        for id in ids {
            do {
                try wish(outbox, RecordingChoice.one(id, in: outbox.recordings()))
            } catch {
                FileHandle.standardError.write(Data("\(error)\n".utf8))
                isRefused = true
            }
        }
        if isRefused { throw ExitCode(1) }
    }
}

/// `holdfast retry ID…`.
struct RetryCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retry",
        abstract: "Lets recordings go on that were parked, have failed or were kept.",
        discussion: "They are sent by the next holdfast that sends: holdfast send, say. "
            + RecordingsOptions.exitCodes)

    @OptionGroup var recordings: RecordingsOptions

    func run() throws {
        try recordings.each { outbox, recording throws(OutboxError) in
            try outbox.retry(recording.id)
        }
    }
}

/// `holdfast keep ID…`.
struct KeepCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keep",
        abstract: "Keeps recordings here until someone says to send them.",
        discussion: RecordingsOptions.exitCodes)

    @OptionGroup var recordings: RecordingsOptions

    func run() throws {
        try recordings.each { outbox, recording throws(OutboxError) in
            try outbox.keep(recording.id)
        }
    }
}

/// `holdfast delete ID…`.
struct DeleteCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete",
        abstract: "Removes recordings from this machine.",
        discussion: """
            What was not sent is lost then, so --unsent must say that this is meant. What the \
            server has stays there. \(RecordingsOptions.exitCodes)
            """)

    @Flag(help: "Also what the server does not have.")
    var unsent = false

    @OptionGroup var recordings: RecordingsOptions

    func run() throws {
        try recordings.each { outbox, recording throws(OutboxError) in
            guard unsent || recording.state == .sent else {
                throw .wrongState(
                    id: recording.id, state: recording.state, wish: "deleted without --unsent")
            }
            try outbox.delete(recording.id)
        }
    }
}
