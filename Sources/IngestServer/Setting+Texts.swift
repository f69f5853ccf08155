extension Setting {
    /// The example file, `config/holdfastd.yaml`: every key, commented out, at its default.
    package static func exampleFile(_ defaults: Settings = Settings()) -> String {
        var text = """
            # Settings of holdfastd: holdfastd --config holdfastd.yaml
            # Flags go before the environment, the environment before this file, and this file
            # before the defaults, which are shown here. Remove the # in front of a key to set it.

            """
        for setting in all {
            text += "\n"
            for line in wrapped(setting.meaning, columns: 90) { text += "# \(line)\n" }
            text += "# Unit: \(setting.unit). Flag: \(setting.flagName)\n"
            text += "#\(setting.key): \(setting.text(in: defaults))\n"
        }
        return text
    }

    /// What `--help` says of every key.
    package static func help(_ defaults: Settings = Settings()) -> String {
        all.map { setting in
            let lines = wrapped(setting.meaning, columns: 84).map { "        \($0)\n" }
            return "  \(setting.flagName) (\(setting.unit); \(setting.text(in: defaults)))\n"
                + lines.joined()
        }.joined()
    }

    private static func wrapped(_ text: String, columns: Int) -> [String] {
        var lines = [""]
        for word in text.split(separator: " ") {
            if lines[lines.count - 1].isEmpty {
                lines[lines.count - 1] += word
            } else if lines[lines.count - 1].count + word.count < columns {
                lines[lines.count - 1] += " " + word
            } else {
                lines.append(String(word))
            }
        }
        return lines
    }
}
