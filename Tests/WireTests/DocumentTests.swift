import Recordings
import Testing
import Wire

struct DocumentTests {
    private static let id = RecordingID(high: 0x0190_f5fe_7c3a_7abc, low: 0x9def_0123_4567_89ab)
    private static let createdAt = "2026-02-03T04:05:06.789Z"

    private static func text(_ json: [UInt8]) -> String { String(decoding: json, as: UTF8.self) }

    private static var full: RecordingStatus {
        var status = RecordingStatus(
            id: id, state: .finalized, mediaType: "video/webm;codecs=vp8", createdAt: createdAt)
        status.condition = .damaged
        status.title = "A \"talk\""
        status.startedAt = createdAt
        status.prefix = 10
        status.bytes = 15
        status.chunks = 2
        status.nextSequence = 4
        status.length = 20
        status.gaps = [WireRange(10..<15)]
        status.missingSequences = [WireRange(start: 1, end: 3)]
        status.receivedDigest = ContentDigest.crc32c(0).text
        status.media = MediaFacts(
            container: "webm", durationSeconds: 1.5,
            tracks: [TrackFacts(number: 1, kind: "video", codec: "V_VP8")])
        status.damage = [
            DamageEntry(
                kind: "missing-bytes", detail: "Not received.", start: 10, end: 15,
                timeSeconds: 0.5)
        ]
        status.notes = ["One."]
        status.revision = 1
        status.timings.stopToPlayableMilliseconds = 12.25
        status.artifact = .init(
            href: "/recordings/\(id)/media", etag: "\"1\"", bytes: 30, type: "video/webm")
        return status
    }

    @Test
    func `A new recording's status has the members that are always there`() {
        let status = RecordingStatus(
            id: Self.id, state: .recording, mediaType: "audio/ogg", createdAt: Self.createdAt)
        #expect(
            Self.text(status.json)
                == #"{"bytes":0,"createdAt":"\#(Self.createdAt)","damage":[],"gaps":[],"#
                + #""id":"0190f5fe-7c3a-7abc-9def-0123456789ab","mediaType":"audio/ogg","#
                + #""missingSequences":[],"nextSequence":0,"notes":[],"prefix":0,"revision":0,"#
                + #""state":"recording","timings":{"createdAt":"\#(Self.createdAt)"}}"#)
    }

    @Test
    func `A full status keeps its keys, in order, and its slashes`() {
        #expect(
            Self.text(Self.full.json)
                == #"{"artifact":{"bytes":30,"etag":"\"1\"","#
                + #""href":"/recordings/\#(Self.id)/media","type":"video/webm"},"bytes":15,"#
                + #""chunks":2,"condition":"damaged","createdAt":"\#(Self.createdAt)","#
                + #""damage":[{"detail":"Not received.","end":15,"kind":"missing-bytes","#
                + #""start":10,"timeSeconds":0.5}],"gaps":[{"end":15,"start":10}],"#
                + #""id":"\#(Self.id)","length":20,"#
                + #""media":{"container":"webm","durationSeconds":1.5,"#
                + #""tracks":[{"codec":"V_VP8","kind":"video","number":1}]},"#
                + #""mediaType":"video/webm;codecs=vp8","#
                + #""missingSequences":[{"end":3,"start":1}],"nextSequence":4,"#
                + #""notes":["One."],"prefix":10,"receivedDigest":"crc32c=:AAAAAA==:","#
                + #""revision":1,"startedAt":"\#(Self.createdAt)","state":"finalized","#
                + #""timings":{"createdAt":"\#(Self.createdAt)","#
                + #""stopToPlayableMilliseconds":12.25},"title":"A \"talk\""}"#)
    }

    @Test
    func `A client reads the status that was written`() throws {
        let back = try WireJSON.decode(RecordingStatus.self, from: Self.full.json)
        #expect(back == Self.full)
    }

    @Test
    func `A list names its next page, if there is one`() throws {
        var summary = RecordingSummary(
            id: Self.id, state: .finalized, mediaType: "audio/ogg", createdAt: Self.createdAt)
        summary.durationSeconds = 2
        let list = RecordingList(recordings: [summary], next: Self.id.text)
        #expect(
            Self.text(list.json)
                == #"{"next":"\#(Self.id)","recordings":[{"bytes":0,"#
                + #""createdAt":"\#(Self.createdAt)","durationSeconds":2,"id":"\#(Self.id)","#
                + #""mediaType":"audio/ogg","state":"finalized"}]}"#)
        #expect(try WireJSON.decode(RecordingList.self, from: list.json) == list)
        #expect(Self.text(RecordingList(recordings: []).json) == #"{"recordings":[]}"#)
    }

    @Test
    func `A duration that is no number does not stop the answer`() {
        var status = Self.full
        status.media?.durationSeconds = .nan
        #expect(Self.text(status.json).contains(#""durationSeconds":"NaN""#))
    }

    @Test(
        arguments: [
            ("0", 0), ("7", 7), ("007", 7), ("999999999999999", 999_999_999_999_999),
            ("1000000000000000", nil), ("", nil), ("-1", nil), ("+1", nil), ("1.0", nil),
            (" 1", nil), ("1 ", nil), ("1;a", nil), ("0x1", nil), ("١", nil),
        ] as [(String, Int64?)])
    func `A structured integer has up to fifteen digits`(text: String, value: Int64?) {
        #expect(StructuredField.integer(text) == value)
    }
}
