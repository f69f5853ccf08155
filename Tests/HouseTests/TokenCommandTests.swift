import Foundation
import IngestServer
import Testing

@testable import holdfastd

@Suite("holdfastd token")
struct TokenCommandTests {
    @Test("a command is read whatever the order of its parts, and settings find the folder")
    func commands() throws {
        #expect(
            try parse("create --kind application --name app --days=90 --data d")
                == .token(
                    .create(.application, name: "app", days: 90),
                    settings: ["holdfastd", "--data", "d"], file: nil))
        #expect(
            try parse("--config f create --name=a --kind=scrape")
                == .token(
                    .create(.scrape, name: "a", days: nil),
                    settings: ["holdfastd", "--config", "f"], file: "f"))
        #expect(try parse("list") == .token(.list, settings: ["holdfastd"], file: nil))
        #expect(
            try parse("revoke app")
                == .token(.revoke(name: "app"), settings: ["holdfastd"], file: nil))
        #expect(
            try parse("link x --seconds 60")
                == .token(.link(id: "x", seconds: 60), settings: ["holdfastd"], file: nil))
        #expect(
            try parse("revoke-links") == .token(.revokeLinks, settings: ["holdfastd"], file: nil))
        #expect(try parse("create --help") == .help)
    }

    @Test(
        "a mistake is answered with a sentence that names it",
        arguments: [
            ("", "token takes: create, list, revoke NAME, link ID, or revoke-links."),
            ("make", "token takes: create, list, revoke NAME, link ID, or revoke-links."),
            ("revoke", "token takes: create, list, revoke NAME, link ID, or revoke-links."),
            ("revoke a b", "token takes: create, list, revoke NAME, link ID, or revoke-links."),
            ("create", "token create takes --kind: application, operator, scrape."),
            (
                "create --kind king --name a",
                "token create takes --kind: application, operator, scrape."
            ),
            ("create --kind scrape", "token create takes --name: whom the key is for."),
            ("create --kind scrape --name", "--name lacks its value."),
            ("create --kind scrape --name a --name b", "--name is given twice."),
            (
                "create --kind scrape --name a --days 0",
                "--days must be a whole number from 1 to 36500, not “0”."
            ),
            ("list --days 3", "token list takes no --days."),
            ("link x", "token link takes --seconds: how long the link is good."),
            ("list --nothing", "There is no flag --nothing."),
        ])
    func mistakes(line: String, sentence: String) {
        #expect(throws: SettingsError(sentence)) { try parse(line) }
    }

    @Test("what is revoked in a folder without keys is refused, and the folder is not made")
    func mistakenFolder() throws {
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "no-keys-\(UUID().uuidString)").path()
        for command in [TokenCommand.revokeLinks, .revoke(name: "app"), .list] {
            #expect(throws: KeyError.self) { try command.run(folder) }
        }
        #expect(!FileManager.default.fileExists(atPath: folder))
    }

    private func parse(_ line: String) throws -> Request {
        try Request.parse(["holdfastd", "token"] + line.split(separator: " ").map(String.init))
    }
}
