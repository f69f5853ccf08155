import Foundation
import Logging
import Posix
import Recordings
import Telemetry
import TestKit
import Testing
import Wire

@testable import IngestServer

@Suite("Clients' reports") struct ClientReportsTests {
    /// One store of recordings, and of what is told of them; the clock moves when told.
    private final class Scene {
        let data = DataFolder()
        let folder = TemporaryFolder("reports", inMemory: true)
        let registry = MetricsRegistry()
        let time = Lock<Int64>(1_790_000_000_000)
        let store: RecordingStore
        let reports: ClientReports

        init() throws {
            let time = time
            store = try data.open { time.withLock { $0 } }
            var limits = Settings.Reports()
            limits.telemetryEventsMax = 1000
            reports = ClientReports(
                path: folder.path + "/telemetry.sqlite", limits, registry,
                Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }),
                WallClock { time.withLock { $0 } })
        }

        deinit { store.close() }

        func pass(seconds: Int64) { time.withLock { $0 += seconds * 1000 } }

        var now: Int64 { time.withLock { $0 } }

        func has(_ line: String) -> Bool { registry.text().contains(line + "\n") }

        private var count: UInt64 = 0

        func event(
            _ kind: TelemetryKind, _ recording: RecordingID?, at: Int64? = nil,
            _ values: [String: JSONValue] = [:]
        ) -> TelemetryEvent {
            count += 1
            let id = RecordingID.make(milliseconds: 1_790_000_000_000, random: (count, count))
            return TelemetryEvent(
                id: id.text, kind: kind.rawValue, at: at ?? now, recording: recording,
                values: values)
        }

        func stopped(_ recording: RecordingID, at: Int64? = nil) -> TelemetryEvent {
            event(.stopped, recording, at: at, ["bytes": .integer(3), "chunks": .integer(1)])
        }

        func tell(_ events: TelemetryEvent..., sentAt: Int64? = nil) async throws(Problem) {
            try await reports.take(TelemetryBatch(events, sentAt: sentAt).encoded)
        }

        func arrive(_ recording: TestRecording) async throws {
            try await store.create(recording)
            try await store.put(recording, 0, 0..<recording.bytes.count)
            _ = try await store.finalize(recording.id, recording.whole)
        }
    }

    private let recording = TestRecording(1, byteCount: 1000)

    @Test("a batch that comes again counts once, in metrics and in the report")
    func once() async throws {
        let scene = try Scene()
        let batch = [
            scene.event(.retries, recording.id, ["stall": .integer(2), "mystery": .integer(1)]),
            scene.event(.crashed, recording.id),
            scene.event(.eventsLost, nil, ["count": .integer(7)]),
            TelemetryEvent(
                id: recording.id.text, kind: "from-tomorrow", at: 0, recording: nil,
                values: ["x": .array([.null])]),
        ]
        for _ in 0..<2 {
            try await scene.reports.take(TelemetryBatch(batch, sentAt: nil).encoded)
        }
        let report = try #require(await scene.reports.report(recording.id))
        #expect(report.retries == ["stall": 2, "mystery": 1] && report.crashes == 1)
        #expect(scene.has("holdfast_client_retries_total{cause=\"stall\"} 2"))
        #expect(scene.has("holdfast_client_retries_total{cause=\"other\"} 1"))
        #expect(scene.has("holdfast_client_events_total{kind=\"unknown\"} 1"))
        #expect(scene.has("holdfast_client_events_lost_total 7"))
        #expect(scene.has("holdfast_client_events_repeated_total 4"))
        #expect(scene.has("holdfast_client_events_stored 4"))
    }

    @Test("a device's clock that is wrong is put right")
    func clock() async throws {
        let scene = try Scene()
        let off = scene.now - 86_400_000
        try await scene.tell(
            scene.event(.started, recording.id, at: off - 5000), sentAt: off)
        let report = try #require(await scene.reports.report(recording.id))
        #expect(report.startedAt == Timestamp.text(milliseconds: scene.now - 5000))
        #expect(report.clockAheadMilliseconds == -86_400_000)
    }

    @Test("what arrives within the time after the stop is in time, once the time is over")
    func inTime() async throws {
        let scene = try Scene()
        try await scene.tell(scene.stopped(recording.id))
        scene.pass(seconds: 50)
        try await scene.arrive(recording)
        await scene.reports.decide(scene.store)
        #expect(scene.has("holdfast_arrivals_total{outcome=\"in_time\"} 0"))
        scene.pass(seconds: 61)
        for _ in 0..<2 { await scene.reports.decide(scene.store) }
        #expect(scene.has("holdfast_arrivals_total{outcome=\"in_time\"} 1"))
        #expect(scene.has("holdfast_arrivals_total{outcome=\"late\"} 0"))
        #expect(scene.has("holdfast_arrival_delay_seconds_sum 50"))
        #expect(await scene.reports.report(recording.id)?.arrival == "in-time")
    }

    @Test("what never came is late, and overdue until it is here")
    func late() async throws {
        let scene = try Scene()
        try await scene.tell(scene.stopped(recording.id))
        scene.pass(seconds: 61)
        await scene.reports.decide(scene.store)
        #expect(scene.has("holdfast_arrivals_total{outcome=\"late\"} 1"))
        #expect(scene.has("holdfast_recordings_overdue 1"))
        try await scene.arrive(recording)
        scene.pass(seconds: 61)
        await scene.reports.decide(scene.store)
        #expect(scene.has("holdfast_arrivals_total{outcome=\"late\"} 1"))
        #expect(scene.has("holdfast_arrivals_total{outcome=\"in_time\"} 0"))
        #expect(scene.has("holdfast_recordings_overdue 0"))
    }

    @Test("without a word from the device the finalize counts as its stop, once")
    func untold() async throws {
        let scene = try Scene()
        try await scene.arrive(recording)
        await scene.reports.decide(scene.store)
        #expect(scene.has("holdfast_arrivals_total{outcome=\"in_time\"} 0"))
        scene.pass(seconds: 61)
        await scene.reports.decide(scene.store)
        #expect(scene.has("holdfast_arrivals_total{outcome=\"in_time\"} 1"))
        #expect(await scene.reports.report(recording.id) == nil)
        // Told too late to change anything.
        try await scene.tell(scene.stopped(recording.id, at: scene.now - 9_000_000))
        await scene.reports.decide(scene.store)
        #expect(scene.has("holdfast_arrivals_total{outcome=\"in_time\"} 1"))
        #expect(scene.has("holdfast_arrivals_total{outcome=\"late\"} 0"))
    }

    @Test("a stop that is told only after the arrival makes it late all the same")
    func toldLate() async throws {
        let scene = try Scene()
        let stop = scene.now
        scene.pass(seconds: 7200)
        try await scene.arrive(recording)
        try await scene.tell(scene.stopped(recording.id, at: stop))
        scene.pass(seconds: 61)
        await scene.reports.decide(scene.store)
        #expect(scene.has("holdfast_arrivals_total{outcome=\"late\"} 1"))
        #expect(scene.has("holdfast_arrivals_total{outcome=\"in_time\"} 0"))
        #expect(scene.has("holdfast_recordings_overdue 0"))
    }

    @Test("what is kept on the device, or deleted there or here, counts as neither")
    func excused() async throws {
        let scene = try Scene()
        let others = (2...3).map { TestRecording($0, byteCount: 10) }
        try await scene.tell(
            scene.event(
                .stopped, recording.id,
                [
                    "bytes": .integer(3), "chunks": .integer(1), "isKept": .boolean(true),
                ]), scene.stopped(others[0].id), scene.event(.deleted, others[0].id),
            scene.stopped(others[1].id))
        try await scene.store.create(others[1])
        try await scene.store.delete(others[1].id)
        scene.pass(seconds: 1000)
        await scene.reports.decide(scene.store)
        #expect(scene.has("holdfast_arrivals_total{outcome=\"late\"} 0"))
        #expect(scene.has("holdfast_recordings_overdue 0"))
        try await scene.tell(scene.event(.released, recording.id))
        scene.pass(seconds: 61)
        await scene.reports.decide(scene.store)
        #expect(scene.has("holdfast_arrivals_total{outcome=\"late\"} 1"))
    }

    @Test("a damaged file is set aside, and what comes from then on is kept")
    func damaged() async throws {
        let scene = try Scene()
        let path = scene.folder.path + "/telemetry.sqlite"
        try Data(repeating: 7, count: 8192).write(to: URL(filePath: path))
        try await scene.tell(scene.event(.started, recording.id))
        #expect(await scene.reports.report(recording.id)?.startedAt != nil)
        let names = try FileManager.default.contentsOfDirectory(atPath: scene.folder.path)
        #expect(names.contains { $0.hasPrefix("telemetry.sqlite.damaged-") })
    }
}
