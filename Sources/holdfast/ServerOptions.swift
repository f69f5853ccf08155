import ArgumentParser
import Foundation

/// Which server a command talks to.
struct ServerOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The server's address, http://127.0.0.1:8080 say.",
            discussion: "HOLDFAST_SERVER, if it is left out."))
    var server: String?

    @Option(
        help: ArgumentHelp(
            "The application's key, which a closed server asks for.",
            discussion: "HOLDFAST_KEY, if it is left out; else the file key in the profile."))
    var key: String?

    /// The key to show; nil: none.
    func applicationKey(_ profile: ProfileOptions) -> String? {
        key ?? ProcessInfo.processInfo.environment["HOLDFAST_KEY"]?.nonEmpty ?? profile.key
    }

    /// Nil: none is named.
    func url() throws -> URL? {
        let environment = ProcessInfo.processInfo.environment["HOLDFAST_SERVER"] ?? ""
        guard let text = server ?? (environment.isEmpty ? nil : environment) else { return nil }
        guard let url = URL(string: text), ["http", "https"].contains(url.scheme),
            url.host() != nil
        else { throw ValidationError("--server must be an address like http://127.0.0.1:8080") }
        return url
    }

    func required() throws -> URL {
        guard let url = try url() else {
            throw ValidationError("name a server: --server http://127.0.0.1:8080, say")
        }
        return url
    }
}
