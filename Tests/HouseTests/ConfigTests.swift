import Foundation
import IngestServer
import Testing

@Suite("The example settings")
struct ConfigTests {
    @Test("config/holdfastd.yaml names every key with its built-in default")
    func example() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let file = try String(
            contentsOf: root.appending(path: "config/holdfastd.yaml"), encoding: .utf8)
        let expected = Setting.exampleFile()
        for (line, wanted) in zip(lines(file), lines(expected)) where line != wanted {
            Issue.record("“\(line)” should be “\(wanted)”")
        }
        #expect(lines(file).count == lines(expected).count)
    }

    @Test("The built-in defaults fit together")
    func defaults() throws { try Settings().check() }

    @Test("Every key reads back what it writes", arguments: Setting.all.map(\.key))
    func roundTrip(key: String) throws {
        let setting = try #require(Setting.named(key))
        var settings = Settings()
        try setting.read(setting.text(in: settings), into: &settings)
        #expect(settings == Settings())
        #expect(Setting.all.filter { $0.key == key }.count == 1)
    }

    private func lines(_ text: String) -> [String] {
        text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    }
}
