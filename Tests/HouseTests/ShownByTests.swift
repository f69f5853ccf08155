import Testing

@Suite("Tables of tests") struct ShownByTests {
    /// `` `SuiteName.testName` `` in a row of a table in a doc comment.
    private static func names(in line: String) -> [String] {
        guard line.contains("/// |") else { return [] }
        return line.split(separator: "`", omittingEmptySubsequences: false).enumerated()
            .filter { $0.offset % 2 == 1 && $0.element.contains("Tests.") }
            .map { String($0.element) }
    }

    @Test("every test that a table names is there")
    func areThere() throws {
        let files = try SourceFile.all(below: ["Tests"])
        let names = Set(files.flatMap { $0.lines.flatMap(Self.names) })
        #expect(names.count > 20)
        for name in names {
            let parts = name.split(separator: ".")
            let isThere = files.contains { file in
                file.path.hasSuffix("/\(parts[0]).swift")
                    && file.lines.contains { $0.contains("func \(parts[1])(") }
            }
            #expect(isThere, "\(name) is nowhere")
        }
    }
}
