import Foundation
import TestKit

/// The repository's own files, for tests that keep the house in order.
struct SourceFile: Sendable {
    /// From the repository's folder.
    let path: String
    let lines: [String]

    /// Every file below `folders` whose name ends in one of `endings`.
    static func all(below folders: [String], endings: [String] = [".swift"]) throws -> [SourceFile]
    {
        let root = SharedRecordings.repositoryFolder()
        return try folders.flatMap { folder -> [SourceFile] in
            let paths =
                FileManager.default.enumerator(atPath: "\(root)/\(folder)")?
                .compactMap { $0 as? String } ?? []
            return try paths.filter { path in endings.contains { path.hasSuffix($0) } }.sorted()
                .map { try read("\(folder)/\($0)") }
        }
    }

    /// One file, its path counted from the repository's folder.
    static func read(_ path: String) throws -> SourceFile {
        let text = try String(
            contentsOfFile: "\(SharedRecordings.repositoryFolder())/\(path)", encoding: .utf8)
        return SourceFile(
            path: path, lines: text.components(separatedBy: "\n"))
    }

    /// The modules it imports.
    var imports: [String] {
        lines.compactMap { line in
            let words = line.split(separator: " ")
            guard let position = words.firstIndex(of: "import"), words.count > position + 1,
                words[..<position].allSatisfy(Self.importWords.contains)
            else { return nil }
            let isOfOneName = Self.kinds.contains(words[position + 1])
            let module = isOfOneName ? words[position + 2] : words[position + 1]
            return String(module.prefix { $0 != "." })
        }
    }

    private static let importWords: Set<Substring> = [
        "public", "package", "internal", "fileprivate", "private", "@preconcurrency",
        "@testable", "@_exported", "@_implementationOnly",
    ]
    private static let kinds: Set<Substring> = [
        "struct", "class", "enum", "protocol", "func", "var", "let", "typealias",
    ]
}
