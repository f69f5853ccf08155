import Catalog
import Foundation
import TestKit
import Testing

@Suite("Clients' events") struct ClientEventsTests {
    private let folder = TemporaryFolder("events", inMemory: true)
    private var path: String { folder.path + "/telemetry.sqlite" }

    private func event(_ number: Int, _ recording: String? = "r") -> ClientEventRow {
        ClientEventRow(
            id: "e\(number)", kind: "started", at: Int64(number), receivedAt: Int64(number),
            recording: recording, values: "{}")
    }

    /// A report that lists what it was made of.
    private static func fold(
        _ recording: String, _ before: ClientReportRow?, _ events: [ClientEventRow]
    ) -> ClientReportRow {
        var row =
            before ?? ClientReportRow(recording: recording, report: "", dueAt: nil, seenAt: 0)
        row.report += events.map(\.id).joined()
        row.dueAt = events.last?.at
        row.seenAt = events.last?.receivedAt ?? 0
        return row
    }

    private func add(
        _ store: ClientEvents, _ events: [ClientEventRow], countMax: Int = 100,
        oldestKept: Int64 = 0
    ) throws -> [String] {
        try store.add(events, countMax: countMax, oldestKept: oldestKept, fold: Self.fold)
            .map(\.id)
    }

    @Test("an event counts once, also within a batch and after it was opened again")
    func once() throws {
        var store = try ClientEvents(path: path)
        #expect(try add(store, [event(1), event(2), event(1)]) == ["e1", "e2"])
        #expect(try add(store, [event(2), event(3)]) == ["e3"])
        try store.close()
        store = try ClientEvents(path: path)
        #expect(store.count == 3)
        #expect(try add(store, [event(1), event(2), event(3)]) == [])
        #expect(try store.report("r")?.report == "e1e2e3")
        #expect(try store.events(of: "r").map(\.id) == ["e1", "e2", "e3"])
    }

    @Test("beyond the count, and by age, the oldest go")
    func bounded() throws {
        let store = try ClientEvents(path: path)
        _ = try add(store, (1...10).map { event($0) }, countMax: 4)
        #expect(store.count == 4)
        #expect(try store.events(of: "r").map(\.id) == ["e7", "e8", "e9", "e10"])
        _ = try add(store, [event(11, nil)], countMax: 4, oldestKept: 10)
        #expect(store.count == 2)
        #expect(try store.report("r")?.report.hasSuffix("e10") == true)
        _ = try add(store, [event(12, nil)], oldestKept: 11)
        #expect(try store.report("r") == nil)
    }

    @Test("reports go with the events that they were made of, however many recordings are named")
    func boundedReports() throws {
        let store = try ClientEvents(path: path)
        for number in 1...10 { _ = try add(store, [event(number, "r\(number)")], countMax: 4) }
        let kept = try (1...10).filter { try store.report("r\($0)") != nil }
        #expect(kept == [7, 8, 9, 10])
    }

    @Test("what is due is decided once, and the late are looked for until they are here")
    func decisions() throws {
        let store = try ClientEvents(path: path)
        _ = try add(store, [event(1, "a"), event(5, "b")])
        #expect(try store.undecided(dueBefore: 4, limit: 9).map(\.recording) == ["a"])
        try store.decide([ArrivalDecision("a", "late", arrivedAt: nil)], seenAt: 9)
        #expect(try store.undecided(dueBefore: 4, limit: 9).isEmpty)
        #expect(try store.overdue(limit: 9).map(\.recording) == ["a"])
        // What comes later of it changes no decision.
        _ = try add(store, [event(2, "a")])
        #expect(try store.overdueCount() == 1)
        try store.decide([ArrivalDecision("a", "late", arrivedAt: 7)], seenAt: 9)
        #expect(try store.overdueCount() == 0)
        // Of one that nobody told of.
        try store.decide([ArrivalDecision("c", "in-time", arrivedAt: 7)], seenAt: 9)
        _ = try add(store, [event(3, "c")])
        #expect(try store.undecided(dueBefore: 99, limit: 9).map(\.recording) == ["b"])
    }

    @Test("a file of another layout, or none of SQLite's, says so")
    func unusable() throws {
        try Data(repeating: 7, count: 8192).write(to: URL(filePath: path))
        let path = path
        let error = #expect(throws: CatalogError.self) { _ = try ClientEvents(path: path) }
        #expect(error?.needsRebuild == true, "\(String(describing: error))")
    }
}
