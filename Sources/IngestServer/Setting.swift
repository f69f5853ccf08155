/// One key: what it is called, what it means, and where its value lives in `Settings`.
///
/// `chunkBytesMax` in the file is `--chunk-bytes-max` as a flag and
/// `HOLDFAST_CHUNK_BYTES_MAX` in the environment.
package struct Setting: Sendable {
    package let key: String
    package let unit: String
    /// One or more full sentences.
    package let meaning: String
    package let value: Value

    package enum Value: Sendable {
        case text(any WritableKeyPath<Settings, String> & Sendable)
        case flag(any WritableKeyPath<Settings, Bool> & Sendable)
        /// A whole number within the range.
        case number(any WritableKeyPath<Settings, Int> & Sendable, ClosedRange<Int>)
    }

    package var flagName: String { "--" + words.joined(separator: "-") }

    package var environmentName: String {
        "HOLDFAST_" + words.joined(separator: "_").uppercased()
    }

    /// The value as the file writes it.
    package func text(in settings: Settings) -> String {
        switch value {
        case .text(let path): settings[keyPath: path]
        case .flag(let path): settings[keyPath: path] ? "true" : "false"
        case .number(let path, _): String(settings[keyPath: path])
        }
    }

    /// Reads `text` into `settings`. Errors: a sentence that names the key and what it takes.
    package func read(_ text: String, into settings: inout Settings) throws(SettingsError) {
        switch value {
        case .text(let path):
            if text.isEmpty { throw SettingsError("\(key) must not be empty.") }
            settings[keyPath: path] = text
        case .flag(let path):
            guard let flag = Bool(text) else {
                throw SettingsError("\(key) must be true or false, not “\(text)”.")
            }
            settings[keyPath: path] = flag
        case .number(let path, let range):
            guard let number = Int(text), range.contains(number) else {
                throw SettingsError(
                    "\(key) must be a whole number (\(unit)) from \(range.lowerBound) to "
                        + "\(range.upperBound), not “\(text)”.")
            }
            settings[keyPath: path] = number
        }
    }

    /// `chunkBytesMax` → `chunk`, `bytes`, `max`.
    private var words: [String] {
        var words = [""]
        for character in key {
            if character.isUppercase { words.append("") }
            words[words.count - 1] += character.lowercased()
        }
        return words
    }
}

/// Settings that cannot be used. The text is a plain sentence for whoever starts the server.
package struct SettingsError: Error, Equatable, Sendable, CustomStringConvertible {
    package let description: String

    package init(_ description: String) { self.description = description }
}
