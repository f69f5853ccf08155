import Foundation
import TestKit
import Testing

@testable import IngestServer

@Suite("Keys") struct KeyFileTests {
    private static let now: Int64 = 1_800_000_000_000
    private static let day: Int64 = 86_400_000

    @Test("a key is found by its text alone, until it expires or is revoked")
    func life() throws {
        var keyring = Keyring()
        let text = try keyring.add(.application, name: "app", days: 2, at: Self.now)
        #expect(text.hasPrefix("hfapp_") && text.utf8.count == 38)
        #expect(keyring.key(text.utf8, at: Self.now)?.name == "app")
        #expect(keyring.key(text.utf8, at: Self.now + 2 * Self.day - 1) != nil)
        #expect(keyring.key(text.utf8, at: Self.now + 2 * Self.day) == nil)
        try keyring.revoke("app", at: Self.now + 1)
        #expect(keyring.key(text.utf8, at: Self.now + 2) == nil)
    }

    @Test("what is not letter for letter a key is none", arguments: KeyKind.allCases)
    func others(kind: KeyKind) throws {
        var keyring = Keyring()
        let text = try keyring.add(kind, name: "one", at: Self.now)
        let changed = String(text.dropLast()) + (text.last == "A" ? "B" : "A")
        let wrong = [
            "", kind.prefix, String(text.dropLast()), String(text.dropFirst()), text + "A",
            " " + text, text.uppercased(), text.lowercased(), changed,
        ]
        for other in wrong where other != text {
            #expect(keyring.key(other.utf8, at: Self.now) == nil, "\(other)")
        }
        #expect(keyring.key(text.utf8, at: Self.now)?.kind == kind)
    }

    @Test("a name is taken as long as its key is valid")
    func names() throws {
        var keyring = Keyring()
        _ = try keyring.add(.application, name: "app", days: 1, at: Self.now)
        #expect(throws: KeyError.self) { try keyring.add(.scrape, name: "app", at: Self.now) }
        #expect(throws: KeyError.self) { try keyring.revoke("other", at: Self.now) }
        let second = try keyring.add(.application, name: "app", at: Self.now + Self.day)
        #expect(keyring.key(second.utf8, at: Self.now + Self.day)?.name == "app")
        for name in ["", "a b", "a/b", "ä", String(repeating: "a", count: 65)] {
            #expect(throws: KeyError.self) { try keyring.add(.scrape, name: name, at: Self.now) }
        }
    }

    @Test("the file keeps hashes only, and only its owner may read it")
    func file() throws {
        let folder = TemporaryFolder("keys", inMemory: true)
        let data = folder.path + "/data"
        let text = try KeyFile(data).change { keyring throws(KeyError) in
            try keyring.add(.operator, name: "me", at: Self.now)
        }
        let kept = try KeyFile(data).read()
        #expect(kept.key(text.utf8, at: Self.now)?.kind == .operator)
        let bytes = try Files.read(data + "/keys.json")
        #expect(!String(decoding: bytes, as: UTF8.self).contains(text.dropFirst(5)))
        let facts = try FileManager.default.attributesOfItem(atPath: data + "/keys.json")
        #expect(facts[.posixPermissions] as? Int == 0o600)
        try KeyFile(data).change { keyring throws(KeyError) in
            try keyring.revoke("me", at: Self.now)
        }
        #expect(try KeyFile(data).read().linkSecret == kept.linkSecret)
        #expect(try KeyFile(data).read().key(text.utf8, at: Self.now) == nil)
    }

    @Test("changes of several at once all count")
    func atOnce() async throws {
        let folder = TemporaryFolder("keys", inMemory: true)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<8 {
                group.addTask {
                    _ = try KeyFile(folder.path).change { keyring throws(KeyError) in
                        try keyring.add(.scrape, name: "scrape-\(number)", at: Self.now)
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(try KeyFile(folder.path).read().keys.count == 8)
    }

    @Test("a file that cannot be read is told of, and stays")
    func damaged() throws {
        let folder = TemporaryFolder("keys", inMemory: true)
        try Files.write(Array("{".utf8), to: folder.path + "/keys.json")
        #expect(throws: KeyError.self) { try KeyFile(folder.path).read() }
        #expect(throws: KeyError.self) {
            try KeyFile(folder.path).change { keyring throws(KeyError) in
                _ = try keyring.add(.scrape, name: "a", at: Self.now)
            }
        }
        #expect(try Files.read(folder.path + "/keys.json") == Array("{".utf8))
    }
}
