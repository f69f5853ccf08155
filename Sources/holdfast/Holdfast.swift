import ArgumentParser

/// The recorder's command line.
@main
struct Holdfast: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "holdfast",
        abstract: "Brings recordings to a Holdfast server, whole.",
        subcommands: [
            RecordCommand.self, Send.self, PlayCommand.self, EditCommand.self,
            InspectCommand.self, FinalizeCommand.self,
        ])
}
