import Recordings
import Testing
import Wire

@Suite("What devices tell") struct TelemetryTests {
    private static let id = "0190f5fe-7c3a-7abc-9def-0123456789ab"
    private static let recording = "0190f5fe-7c3a-7abc-9def-0123456789ac"

    /// A batch of two events, the second of which is put together from a good one and `members`.
    private static func batch(_ members: [String: String]) -> [UInt8] {
        var event = [
            "id": "\"\(id)\"", "kind": "\"stopped\"", "at": "\"2026-02-03T04:05:06Z\"",
            "recording": "\"\(recording)\"", "values": #"{"bytes":3,"chunks":1}"#,
        ]
        event.merge(members) { $1 }
        let text = event.filter { !$0.value.isEmpty }.map { "\"\($0)\":\($1)" }
            .joined(separator: ",")
        let first =
            #"{"id":"\#(recording)","kind":"queue-of-tomorrow","at":"2026-02-03T04:05:06Z"}"#
        return Array("{\"events\":[\(first),{\(text)}]}".utf8)
    }

    @Test("a good batch is read, and written the same")
    func roundTrip() throws {
        let batch = try TelemetryBatch.decode(Self.batch([:]))
        #expect(batch.events.map(\.known) == [nil, .stopped])
        #expect(batch.events[1].values == ["bytes": .integer(3), "chunks": .integer(1)])
        #expect(batch.events[1].recording?.text == Self.recording)
        #expect(batch.sentAt == nil)
        var sent = batch
        sent.sentAt = 1_790_000_000_123
        #expect(try TelemetryBatch.decode(sent.encoded) == sent)
    }

    @Test(
        "a bad event is named, and why",
        arguments: [
            (["id": ""], "\"id\""), (["id": "7"], "\"id\""),
            (["id": "\"0190F5FE-7C3A-7ABC-9DEF-0123456789AB\""], "\"id\""),
            (["kind": ""], "\"kind\""), (["kind": "\"\""], "\"kind\""),
            (["kind": "\"Stopped\""], "\"kind\""), (["kind": "\"a b\""], "\"kind\""),
            (["kind": "\"\(String(repeating: "a", count: 65))\""], "\"kind\""),
            (["at": ""], "\"at\""), (["at": "1790000000"], "\"at\""),
            (["at": "\"yesterday\""], "\"at\""),
            (["recording": ""], "\"recording\""), (["recording": "\"7\""], "\"recording\""),
            (["recording": "{}"], "\"recording\""),
            (["values": "[]"], "\"values\""), (["values": "{}"], "\"bytes\""),
            (["values": #"{"bytes":-1,"chunks":1}"#], "\"bytes\""),
            (["values": #"{"bytes":1.5,"chunks":1}"#], "\"bytes\""),
            (["values": #"{"bytes":"1","chunks":1}"#], "\"bytes\""),
            (["values": #"{"bytes":9223372036854775807,"chunks":1}"#], "\"bytes\""),
            (["values": #"{"bytes":1,"chunks":1,"sendAt":"soon"}"#], "\"sendAt\""),
            (["values": #"{"bytes":1,"chunks":1,"isKept":1}"#], "\"isKept\""),
            (["values": #"{"bytes":1,"chunks":1,"durationSeconds":-1}"#], "durationSeconds"),
            (
                ["values": "{\"x\":\"\(String(repeating: "x", count: 5000))\"}"],
                "4096 bytes"
            ),
            (["kind": "\"retries\"", "values": #"{"stall":true}"#], "\"stall\""),
            (["kind": "\"retries\"", "values": #"{"stall":-2}"#], "\"stall\""),
            (["kind": "\"chunk-latency\""], "\"counts\""),
            (
                ["kind": "\"chunk-latency\"", "values": #"{"counts":[1],"sumMilliseconds":1}"#],
                "\"counts\""
            ),
            (["kind": "\"parked\"", "values": #"{"reason":"x"}"#], "\"needsUser\""),
            (["kind": "\"queue\"", "values": #"{"recordings":1}"#], "\"bytes\""),
            (["kind": "\"events-lost\"", "values": "{}"], "\"count\""),
        ])
    func badEvents(members: [String: String], text: String) {
        let batch = Self.batch(members)
        guard
            case .eventInvalid(let index, let event, let detail) = #expect(
                throws: Problem.self, performing: { try TelemetryBatch.decode(batch) })
        else {
            Issue.record("it was taken, or refused otherwise")
            return
        }
        #expect(index == 1)
        #expect(event == (members["id"] == nil ? Self.id : nil))
        #expect(detail.contains(text), "\(detail)")
    }

    @Test(
        "what is no batch is refused whole",
        arguments: [
            ("", "JSON"), ("[]", "events"), ("{}", "events"), (#"{"events":{}}"#, "events"),
            (#"{"events":[]}"#, "events"), (#"{"events":[7]}"#, "object"),
            (#"{"events":[7],"sentAt":"now"}"#, "sentAt"),
        ])
    func noBatch(body: String, text: String) {
        let problem = #expect(throws: Problem.self) {
            try TelemetryBatch.decode(Array(body.utf8))
        }
        #expect(problem?.status == 400)
        #expect(problem?.detail.contains(text) == true, "\(String(describing: problem))")
    }

    @Test("too many events and too many bytes are told with the limits")
    func limits() throws {
        let event = try TelemetryBatch.decode(Self.batch([:])).events[1]
        let full = TelemetryBatch(Array(repeating: event, count: 500), sentAt: nil)
        #expect(try TelemetryBatch.decode(full.encoded).events.count == 500)
        let more = TelemetryBatch(full.events + [event], sentAt: nil)
        #expect(throws: TelemetryBatch.tooLarge) { try TelemetryBatch.decode(more.encoded) }
        let long = [UInt8](repeating: 0x20, count: TelemetryBatch.bytesMax + 1)
        #expect(throws: TelemetryBatch.tooLarge) { try TelemetryBatch.decode(long) }
    }

    @Test("a body that is nested too deep is not read, brackets in texts are none")
    func depth() throws {
        let deep = String(repeating: "[", count: 100_000)
        #expect(throws: Problem.self) { try TelemetryBatch.decode(Array(deep.utf8)) }
        let text = #"{"x":"\\\"\#(String(repeating: "[", count: 1000))"}"#
        let batch = Self.batch(["kind": "\"new\"", "values": text])
        #expect(try TelemetryBatch.decode(batch).events.count == 2)
    }

    @Test("a report is the same in whatever order events come")
    func anyOrder() throws {
        let id = try #require(RecordingID(Self.recording))
        func event(
            _ second: Int64, _ kind: TelemetryKind, _ values: [String: JSONValue] = [:]
        ) -> TelemetryEvent {
            TelemetryEvent(
                id: Self.id, kind: kind.rawValue, at: 1_790_000_000_000 + second * 1000,
                recording: id, values: values)
        }
        var counts = [Int64](repeating: 0, count: 11)
        (counts[0], counts[10]) = (99, 1)
        let events = [
            event(0, .started),
            event(
                1, .chunkLatency,
                [
                    "counts": .array(counts.map(JSONValue.integer)), "sumMilliseconds": .integer(9),
                ]),
            event(2, .retries, ["stall": .integer(2), "no-answer": .integer(1)]),
            event(3, .crashed),
            event(
                4, .stopped,
                [
                    "bytes": .integer(5), "chunks": .integer(2), "isKept": .boolean(true),
                ]),
            event(5, .released), event(6, .kept),
            event(7, .released, ["sendAt": .string("2026-10-01T00:00:00Z")]),
            event(8, .parked, ["reason": .string("first"), "needsUser": .boolean(false)]),
            event(9, .resumed),
            event(10, .parked, ["reason": .string("last"), "needsUser": .boolean(true)]),
            event(11, .retries, ["stall": .integer(1)]), event(12, .sent),
        ]
        func report(_ events: [TelemetryEvent]) -> ClientReport {
            events.reduce(into: ClientReport()) { $0.take($1) }
        }
        let wanted = report(events)
        for turn in 1..<events.count {
            #expect(report(Array(events[turn...] + events[..<turn])) == wanted)
        }
        #expect(report(events.reversed()) == wanted)
        #expect(wanted.retries == ["stall": 3, "no-answer": 1])
        #expect(wanted.dueAt == "2026-10-01T00:00:00.000Z")
        #expect(wanted.parks == 2 && wanted.reason == "last" && wanted.crashes == 1)
        #expect(wanted.chunkLatency?.p99MillisecondsMax == 50)
        #expect(wanted.chunkLatency?.count == 100)
    }

    @Test("causes without end become one")
    func manyCauses() throws {
        var report = ClientReport()
        for number in 0..<100 {
            report.take(
                TelemetryEvent(
                    id: Self.id, kind: "retries", at: 0, recording: nil,
                    values: ["cause-\(number)": .integer(1)]))
        }
        #expect(report.retries.count == ClientReport.causesMax + 1)
        #expect(report.retries["other"] == 68)
    }
}
