package import IngestServer

/// `holdfastd token …`: makes, lists and revokes the keys of a data folder, which a running server
/// sees within a second.
package enum TokenCommand: Equatable {
    /// `days`: how long the key is valid; nil for ever.
    case create(KeyKind, name: String, days: Int?)
    case list
    case revoke(name: String)
    /// Ends all playback links that were made so far.
    case revokeLinks
    /// A playback link to a recording, good for so many seconds.
    case link(id: String, seconds: Int)

    /// Takes its own flags and words out of `arguments`, those behind `token`. What is left are
    /// settings, which say where the data folder is.
    ///
    /// Errors: a sentence about the first mistake.
    static func parse(
        _ arguments: ArraySlice<String>
    ) throws(SettingsError) -> (command: TokenCommand, settings: [String]) {
        var rest = arguments
        var (words, flags, settings): ([String], [String: String], [String]) = ([], [:], [])
        while let argument = rest.popFirst() {
            guard argument.hasPrefix("-") else {
                words.append(argument)
                continue
            }
            let parts = argument.split(separator: "=", maxSplits: 1).map(String.init)
            let takesNext = parts.count == 1 && rest.first?.hasPrefix("--") == false
            let value = parts.count == 2 ? parts[1] : takesNext ? rest.popFirst() : nil
            guard ownFlags.contains(parts[0]) else {
                settings += [parts[0]] + (value.map { [$0] } ?? [])
                continue
            }
            guard let value, !value.isEmpty else {
                throw SettingsError("\(parts[0]) lacks its value.")
            }
            guard flags.updateValue(value, forKey: parts[0]) == nil else {
                throw SettingsError("\(parts[0]) is given twice.")
            }
        }
        return (try command(words, flags), settings)
    }

    private static let ownFlags = ["--kind", "--name", "--days", "--seconds"]

    private static func command(
        _ words: [String], _ flags: [String: String]
    ) throws(SettingsError) -> TokenCommand {
        var flags = flags
        let command: TokenCommand
        switch (words.first, words.count) {
        case ("create", 1):
            guard let text = flags.removeValue(forKey: "--kind"), let kind = KeyKind(rawValue: text)
            else {
                let kinds = KeyKind.allCases.map(\.rawValue).joined(separator: ", ")
                throw SettingsError("token create takes --kind: \(kinds).")
            }
            guard let name = flags.removeValue(forKey: "--name") else {
                throw SettingsError("token create takes --name: whom the key is for.")
            }
            let days = try flags.removeValue(forKey: "--days").map { text throws(SettingsError) in
                try number("--days", text, 1...36_500)
            }
            command = .create(kind, name: name, days: days)
        case ("list", 1): command = .list
        case ("revoke", 2): command = .revoke(name: words[1])
        case ("revoke-links", 1): command = .revokeLinks
        case ("link", 2):
            guard let text = flags.removeValue(forKey: "--seconds") else {
                throw SettingsError("token link takes --seconds: how long the link is good.")
            }
            let seconds = try number("--seconds", text, 1...366 * 86_400)
            command = .link(id: words[1], seconds: seconds)
        default:
            throw SettingsError(
                "token takes: create, list, revoke NAME, link ID, or revoke-links.")
        }
        if let flag = flags.keys.min() {
            throw SettingsError("token \(words[0]) takes no \(flag).")
        }
        return command
    }

    private static func number(
        _ flag: String, _ text: String, _ range: ClosedRange<Int>
    ) throws(SettingsError) -> Int {
        guard let number = Int(text), range.contains(number) else {
            throw SettingsError(
                "\(flag) must be a whole number from \(range.lowerBound) to \(range.upperBound), "
                    + "not “\(text)”.")
        }
        return number
    }
}
