import Catalog
import Foundation
import Recordings
import Testing

/// Each test has a folder of its own.
final class CatalogTests {
    private let folder: String
    private var path: String { folder + "/catalog.sqlite" }

    init() throws {
        folder = NSTemporaryDirectory() + "catalog-" + UUID().uuidString
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
    }

    deinit {
        // A folder that is left behind fails no test.
        try? FileManager.default.removeItem(atPath: folder)
    }

    private func id(_ number: UInt64) -> RecordingID {
        RecordingID.make(milliseconds: number, random: (0, number))
    }

    private func row(_ number: UInt64, _ state: RecordingState = .recording) -> CatalogRow {
        CatalogRow(
            id: id(number), state: state, mediaType: "audio/ogg",
            createdAt: "2026-02-03T04:05:06.789Z", updatedAt: "2026-02-03T04:05:07.000Z")
    }

    private func ids(_ rows: [CatalogRow]) -> [RecordingID] { rows.map(\.id) }

    @Test
    func `Without a file it asks to be rebuilt`() throws {
        #expect(throws: CatalogError.missing(path: path)) { try Catalog.open(path: path) }
        #expect(CatalogError.missing(path: path).needsRebuild)
    }

    @Test
    func `What was written is there when it is opened again`() throws {
        var full = row(1, .finalized)
        full.condition = .damaged
        full.title = "Ü'\";--"
        full.startedAt = "2026-02-03T04:05:00Z"
        full.bytes = .max
        full.durationSeconds = 1.25
        let catalog = try Catalog.rebuild(path: path, rows: [full])
        try catalog.upsert([row(2)])
        try catalog.close()
        let again = try Catalog.open(path: path)
        #expect(try again.row(id(1)) == full)
        #expect(try again.row(id(2)) == row(2))
        #expect(try again.row(id(3)) == nil)
    }

    @Test
    func `A row of the same id is replaced as a whole`() throws {
        var first = row(1)
        first.title = "First"
        let catalog = try Catalog.rebuild(path: path, rows: [first])
        var second = row(1, .finalized)
        second.bytes = 7
        try catalog.upsert([row(2), second, second])
        #expect(try catalog.row(id(1)) == second)
        #expect(try catalog.counts() == [.recording: 1, .finalized: 1])
    }

    @Test
    func `Pages go from the newest to the oldest, and none comes twice`() throws {
        let catalog = try Catalog.rebuild(path: path, rows: (1...7).map { row($0) })
        let first = try catalog.page(limit: 3)
        #expect(ids(first) == [id(7), id(6), id(5)])
        // One that is created meanwhile is on no later page.
        try catalog.upsert([row(8)])
        let second = try catalog.page(after: first.last?.id, limit: 3)
        #expect(ids(second) == [id(4), id(3), id(2)])
        let third = try catalog.page(after: second.last?.id, limit: 3)
        #expect(ids(third) == [id(1)])
        #expect(try catalog.page(after: id(1), limit: 3).isEmpty)
    }

    @Test
    func `A list is of one state, or of all that is kept`() throws {
        let states = RecordingState.allCases
        let rows = (1...10).map { row($0, states[Int($0) % states.count]) }
        let catalog = try Catalog.rebuild(path: path, rows: rows)
        for state in states {
            let expected = rows.reversed().filter { $0.state == state }
            #expect(try catalog.page(state: state, limit: 9) == expected)
            #expect(try catalog.page(state: state, after: expected[0].id, limit: 9).count == 1)
        }
        let kept = rows.reversed().filter(\.state.hasBytes)
        #expect(try catalog.page(limit: 99) == kept)
        let active = rows.filter { $0.state == .recording || $0.state == .finalizing }
        #expect(ids(try catalog.active()) == ids(active))
        #expect(try catalog.counts() == Dictionary(uniqueKeysWithValues: states.map { ($0, 2) }))
    }

    @Test
    func `What is deleted is marked, and can be forgotten`() throws {
        var stored = row(1, .finalized)
        stored.bytes = 7
        let catalog = try Catalog.rebuild(path: path, rows: [stored, row(2)])
        let time = "2026-02-04T00:00:00.000Z"
        try catalog.mark([id(1), id(9)], as: .expired, at: time)
        let marked = try #require(try catalog.row(id(1)))
        #expect(marked.state == .expired)
        #expect(marked.bytes == 0)
        #expect(marked.updatedAt == time)
        try catalog.remove([id(1), id(9)])
        #expect(try catalog.row(id(1)) == nil)
        #expect(try catalog.counts() == [.recording: 1])
    }

    @Test
    func `What has not changed for long comes in pages, the oldest change first`() throws {
        var rows = (1...5).map { row($0, .finalized) }
        for (index, minute) in [3, 1, 1, 9, 2].enumerated() {
            rows[index].updatedAt = "2026-02-03T04:0\(minute):00.000Z"
        }
        let catalog = try Catalog.rebuild(path: path, rows: rows + [row(6)])
        let time = "2026-02-03T04:03:00.000Z"
        let first = try catalog.unchanged(.finalized, since: time, limit: 3)
        #expect(ids(first) == [id(2), id(3), id(5)])
        let second = try catalog.unchanged(.finalized, since: time, after: first.last, limit: 3)
        #expect(ids(second) == [id(1)])
    }

    @Test
    func `A rebuild begins anew, whatever was there`() throws {
        try Catalog.rebuild(path: path, rows: [row(1)]).close()
        for suffix in ["", "-wal", "-shm"] {
            try Data(repeating: 0x5a, count: 10_000).write(to: URL(filePath: path + suffix))
        }
        let catalog = try Catalog.rebuild(path: path, rows: [row(2)])
        #expect(try ids(catalog.page(limit: 9)) == [id(2)])
    }

    @Test(arguments: ["", "This is no database.", String(repeating: "x", count: 10_000)])
    func `A file that is no catalog asks to be rebuilt`(content: String) throws {
        try Data(content.utf8).write(to: URL(filePath: path))
        #expect {
            try Catalog.open(path: path)
        } throws: { error in
            (error as? CatalogError)?.needsRebuild == true
        }
    }

    @Test
    func `A page of zeros in the middle of the file asks to be rebuilt`() throws {
        try Catalog.rebuild(path: path, rows: (1...500).map { row($0) }).close()
        let file = try FileHandle(forUpdating: URL(filePath: path))
        try file.seek(toOffset: 5 * 4096)
        try file.write(contentsOf: Data(count: 4096))
        try file.close()
        #expect {
            try Catalog.open(path: path)
        } throws: { error in
            (error as? CatalogError)?.needsRebuild == true
        }
    }

    @Test
    func `A folder in its place is an error that a rebuild would not mend`() throws {
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: false)
        #expect {
            try Catalog.open(path: path)
        } throws: { error in
            (error as? CatalogError)?.needsRebuild == false
        }
    }

    @Test
    func `After it was closed, its methods say that they failed`() throws {
        let catalog = try Catalog.rebuild(path: path, rows: [])
        try catalog.close()
        #expect {
            try catalog.upsert([row(1)])
        } throws: { error in
            (error as? CatalogError)?.needsRebuild == false
        }
    }
}
