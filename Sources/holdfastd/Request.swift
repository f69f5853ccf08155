package import IngestServer

/// What the command line asks for. The flags' values are read by swift-configuration; this
/// refuses what that would pass over in silence: unknown flags, stray words, values missing.
package enum Request: Equatable {
    case help
    case version
    /// `file`: the value of `--config`.
    case serve(file: String?)
    /// `settings`: the rest of the command line, which says where the data folder is.
    case token(TokenCommand, settings: [String], file: String?)

    /// `arguments` begin with the program's name. Errors: a sentence about the first mistake.
    package static func parse(_ arguments: [String]) throws(SettingsError) -> Request {
        var rest = arguments.dropFirst()
        if rest.first == "token" {
            if rest.contains("--help") || rest.contains("-h") { return .help }
            let (command, settings) = try TokenCommand.parse(rest.dropFirst())
            let program = Array(arguments.prefix(1))
            guard case .serve(let file) = try parse(program + settings) else {
                throw SettingsError("token stands first.")
            }
            return .token(command, settings: program + settings, file: file)
        }
        var file: String?
        var seen: Set<String> = []
        while let argument = rest.popFirst() {
            let parts = argument.split(separator: "=", maxSplits: 1).map(String.init)
            guard let flag = parts.first, flag.hasPrefix("-") else {
                throw SettingsError("“\(argument)” belongs to no flag.")
            }
            if flag == "--help" || flag == "-h" { return .help }
            if flag == "--version" { return .version }
            guard seen.insert(flag).inserted else {
                throw SettingsError("\(flag) is given twice.")
            }
            let setting = Setting.all.first { $0.flagName == flag }
            guard setting != nil || flag == "--config" else {
                throw SettingsError("There is no flag \(flag).")
            }
            var value = parts.count == 2 ? parts[1] : nil
            if value == nil, let next = rest.first, !next.hasPrefix("--") {
                value = rest.removeFirst()
            }
            if case .flag = setting?.value { continue }
            guard let value, !value.isEmpty else {
                throw SettingsError("\(flag) lacks its value.")
            }
            if flag == "--config" { file = value }
        }
        return .serve(file: file)
    }
}
