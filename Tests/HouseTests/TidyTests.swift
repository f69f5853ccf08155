import Foundation
import TestKit
import Testing

/// How files look, and whether what they say of each other is true.
@Suite("Tidy") struct TidyTests {
    /// Code and prose; recordings and what they came with are neither.
    static func files() throws -> [SourceFile] {
        try SourceFile.all(
            below: ["Sources", "Tests", "scripts", ".ci"],
            endings: [".swift", ".c", ".h", ".modulemap", ".yaml", ".yml", ".md"])
            + ["Package.swift", "README.md", "Dockerfile", ".ci/run"].map(SourceFile.read)
            + scripts().map { try SourceFile.read("scripts/\($0)") }
    }

    static func scripts() throws -> [String] {
        try FileManager.default.contentsOfDirectory(
            atPath: SharedRecordings.repositoryFolder() + "/scripts"
        ).sorted()
    }

    @Test("lines are at most 100 columns, files at most 500 lines")
    func linesAndFilesAreShort() throws {
        for file in try Self.files() {
            // What describes the whole interface has to be one file.
            if !file.path.hasSuffix("/openapi.yaml") {
                #expect(file.lines.count <= 501, "\(file.path) has \(file.lines.count) lines")
            }
            for (index, line) in file.lines.enumerated() where line.count > 100 {
                Issue.record("\(file.path):\(index + 1) has \(line.count) columns")
            }
        }
    }

    @Test("no line ends in a blank or holds a tab where blanks belong")
    func noStrayBlanks() throws {
        for file in try Self.files() {
            for (index, line) in file.lines.enumerated() {
                let isStray = line.hasSuffix(" ") || line.contains("\t")
                #expect(!isStray, "\(file.path):\(index + 1)")
            }
        }
    }

    @Test("nothing is left for later in a comment")
    func nothingIsLeftForLater() throws {
        // Spelled apart, so that this file passes its own test.
        let words = ["TO" + "DO", "FIX" + "ME", "XX" + "X", "HA" + "CK", "W" + "IP"]
        for file in try Self.files() {
            for (index, line) in file.lines.enumerated() {
                let found = line.split { !$0.isLetter }.first { words.contains(String($0)) }
                #expect(found == nil, "\(file.path):\(index + 1) says \(found ?? "")")
            }
        }
    }

    @Test("code that cannot fail says so without force: no try! and no as!")
    func nothingIsForced() throws {
        for file in try SourceFile.all(below: ["Sources"]) {
            for (index, line) in file.lines.enumerated() {
                let code = line.components(separatedBy: "//")[0]
                let isForced = code.contains("try! ") || code.contains(" as! ")
                #expect(!isForced, "\(file.path):\(index + 1)")
            }
        }
    }

    @Test("every script can be run, and the README names the ones a person needs")
    func scriptsCanBeRun() throws {
        let root = SharedRecordings.repositoryFolder()
        for script in try Self.scripts() {
            let path = "\(root)/scripts/\(script)"
            #expect(FileManager.default.isExecutableFile(atPath: path), "scripts/\(script)")
        }
        #expect(FileManager.default.isExecutableFile(atPath: "\(root)/.ci/run"))
    }

    @Test("the commands that the README shows exist")
    func commandsOfReadmeExist() throws {
        let root = SharedRecordings.repositoryFolder()
        let readme = try SourceFile.read("README.md").lines.joined(separator: "\n")
        let shown = readme.matches(of: /scripts\/[a-z-]+/).map { String($0.output) }
        #expect(shown.contains("scripts/run"))
        #expect(shown.contains("scripts/test"))
        for script in Set(shown) {
            #expect(FileManager.default.fileExists(atPath: "\(root)/\(script)"), "\(script)")
        }
        for match in readme.matches(of: /\]\(([A-Za-z][A-Za-z0-9_\/.-]*)\)/) {
            let link = String(match.output.1)
            guard !link.hasPrefix("http") else { continue }
            #expect(FileManager.default.fileExists(atPath: "\(root)/\(link)"), "\(link)")
        }
    }

    @Test("every target of Package.swift has its folder, and every folder its target")
    func targetsHaveFolders() throws {
        let package = try SourceFile.read("Package.swift").lines.joined(separator: "\n")
        for folder in ["Sources", "Tests"] {
            let names = try FileManager.default.contentsOfDirectory(
                atPath: "\(SharedRecordings.repositoryFolder())/\(folder)")
            for name in names where name != "Fixtures" {
                let isTarget = ["\"\(name)\"", "\"\(folder)/\(name)\""].contains { target in
                    package.contains(target)
                }
                #expect(isTarget, "\(folder)/\(name) is no target")
            }
        }
    }
}
