import ArgumentParser

/// The recorder's command line.
@main
struct Holdfast: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "holdfast",
        abstract: "Brings recordings to a Holdfast server, whole.",
        subcommands: [
            RecordCommand.self, Send.self, ListCommand.self, RetryCommand.self,
            KeepCommand.self, DeleteCommand.self, PlayCommand.self, EditCommand.self,
            DoctorCommand.self, InspectCommand.self, FinalizeCommand.self,
        ])
}
