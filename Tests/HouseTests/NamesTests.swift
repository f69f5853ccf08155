import Testing
import Wire

@Suite("Field names") struct NamesTests {
    @Test("every field of the protocol is one that pages may send, or see")
    func all() throws {
        let lines = try SourceFile.read("Sources/Wire/Names.swift").lines
        let named = lines.compactMap { line -> String? in
            let parts = line.split(separator: "\"", omittingEmptySubsequences: false)
            return line.contains("static let") && parts.count == 3 ? String(parts[1]) : nil
        }.filter { !$0.contains("/") }
        let forMachines = ["Origin", "Vary"]
        let known = Names.accepted + Names.sent + forMachines
        #expect(named.count > 25)
        for name in named { #expect(known.contains(name), "\(name) is in neither list") }
        for name in known { #expect(named.contains(name), "\(name) has no constant") }
        #expect(Names.accepted == Names.accepted.sorted())
        #expect(Names.sent == Names.sent.sorted())
    }

    @Test("the server names fields by these constants alone")
    func literals() throws {
        for file in try SourceFile.all(below: ["Sources/IngestServer/Routes"]) {
            for line in file.lines {
                #expect(!line.contains("fields[\""), "\(file.path): \(line)")
            }
        }
    }
}
