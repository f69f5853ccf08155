internal import Configuration
internal import Foundation
package import IngestServer
internal import Logging

extension Settings {
    /// Flags before environment before file before defaults.
    ///
    /// Errors: a sentence about the first value that cannot be used, a key that the file should
    /// not have, or the file itself.
    package static func read(
        arguments: [String], file: String?,
        environment: [String: String] = ProcessInfo.processInfo.environment
    ) async throws(SettingsError) -> Settings {
        var providers: [any ConfigProvider] = [
            CommandLineArgumentsProvider(arguments: arguments),
            EnvironmentVariablesProvider(environmentVariables: environment)
                .prefixKeys(with: "holdfast"),
        ]
        if let file, let provider = try await provider(file) { providers.append(provider) }
        let reader = ConfigReader(providers: providers)
        var settings = Settings()
        for setting in Setting.all {
            guard let text = try await text(setting, reader) else { continue }
            try setting.read(text, into: &settings)
        }
        guard Logger.Level(rawValue: settings.logLevel) != nil else {
            let levels = Logger.Level.allCases.map(\.rawValue).joined(separator: ", ")
            throw SettingsError("logLevel must be one of \(levels), not “\(settings.logLevel)”.")
        }
        try settings.check()
        return settings
    }

    private static func text(
        _ setting: Setting, _ reader: ConfigReader
    ) async throws(SettingsError) -> String? {
        do {
            let key = ConfigKey(setting.key)
            if case .flag = setting.value {
                return try await reader.fetchBool(forKey: key).map { $0 ? "true" : "false" }
            }
            return try await reader.fetchString(forKey: key)
        } catch {
            throw SettingsError("\(setting.key) must be one value (\(setting.unit)).")
        }
    }

    /// Nil for a file of comments only, which YAML takes for no document at all.
    private static func provider(
        _ file: String
    ) async throws(SettingsError) -> FileProvider<YAMLSnapshot>? {
        do {
            let text = try String(contentsOfFile: file, encoding: .utf8)
            if try knownKeys(text, file).isEmpty { return nil }
            let path = ConfigValue(.string(file), isSecret: false)
            let place = ConfigReader(provider: InMemoryProvider(values: ["filePath": path]))
            return try await FileProvider<YAMLSnapshot>(config: place)
        } catch let error as SettingsError {
            throw error
        } catch let error as CocoaError where error.code == .fileReadNoSuchFile {
            throw SettingsError("There is no file \(file).")
        } catch {
            throw SettingsError("\(file) cannot be read as YAML: \(error).")
        }
    }

    /// The file is flat, so a key is what stands before the first colon of a line. The YAML
    /// reader says nothing of keys that nobody asks for, and a mistyped limit is no limit.
    private static func knownKeys(
        _ text: String, _ file: String
    ) throws(SettingsError) -> Set<String> {
        var keys: Set<String> = []
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        for (index, line) in lines.enumerated() {
            let line = line.trimmingCharacters(in: .whitespaces)
            if line.isEmpty || line.hasPrefix("#") || line == "---" { continue }
            let key = line.prefix { $0 != ":" }.trimmingCharacters(in: .whitespaces)
            if Setting.named(key) == nil {
                throw SettingsError("\(file), line \(index + 1): there is no key “\(key)”.")
            }
            guard keys.insert(key).inserted else {
                throw SettingsError("\(file), line \(index + 1): “\(key)” is there twice.")
            }
        }
        return keys
    }
}
