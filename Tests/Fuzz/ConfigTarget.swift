internal import DaemonSettings
internal import Foundation
internal import IngestServer

/// The command line, the environment and the file of settings: lines of each, with a byte of zero
/// between the three. What is taken must hold when it is read again; what is refused says why.
func config(_ input: [UInt8]) {
    let parts = input.split(separator: 0, maxSplits: 2, omittingEmptySubsequences: false)
        .map { String(decoding: $0, as: UTF8.self) }
    func lines(_ part: Int) -> [String] {
        guard parts.count > part else { return [] }
        return parts[part].split(separator: "\n").map(String.init)
    }
    let pairs = lines(1).map { line in
        let pair = line.split(separator: "=", maxSplits: 1).map(String.init)
        return ("HOLDFAST_" + (pair.first ?? ""), pair.count == 2 ? pair[1] : "")
    }
    var arguments = ["holdfastd"] + lines(0)
    if parts.count == 3 {
        _ = FileManager.default.createFile(atPath: file, contents: Data(parts[2].utf8))
        arguments += ["--config", file]
    }
    let environment = Dictionary(pairs) { first, _ in first }
    do throws(SettingsError) {
        switch try Request.parse(arguments) {
        case .help, .version: break
        case .serve(let file): try read(arguments, file, environment)
        case .token(_, let settings, let file): try read(settings, file, environment)
        }
    } catch {
        expect(error.description.hasSuffix("."), "no sentence: \(error)")
    }
}

private let file = NSTemporaryDirectory() + "holdfast-fuzz-\(getpid()).yaml"

private func read(
    _ arguments: [String], _ file: String?, _ environment: [String: String]
) throws(SettingsError) {
    let settings = try waitFor {
        do throws(SettingsError) {
            return .success(
                try await Settings.read(
                    arguments: arguments, file: file, environment: environment))
        } catch { return .failure(error) }
    }
    do throws(SettingsError) {
        var again = Settings()
        for setting in Setting.all { try setting.read(setting.text(in: settings), into: &again) }
        try again.check()
        for setting in Setting.all {
            let (text, old) = (setting.text(in: again), setting.text(in: settings))
            expect(text == old, "\(setting.key) was \(old) and became \(text)")
        }
    } catch {
        expect(false, "what was taken is refused: \(error)")
    }
}

/// libFuzzer calls from a thread that is no task.
private func waitFor(
    _ body: @escaping @Sendable () async -> Result<Settings, SettingsError>
) throws(SettingsError) -> Settings {
    nonisolated(unsafe) var outcome: Result<Settings, SettingsError>?
    let done = DispatchSemaphore(value: 0)
    Task.detached {
        // SAFETY: written before the signal, read after the wait.
        outcome = await body()
        done.signal()
    }
    done.wait()
    guard let outcome else { fatalError("the task ended without an outcome") }
    return try outcome.get()
}
