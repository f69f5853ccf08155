import HTTP1
import Testing
import Wire

@testable import IngestServer

@Suite("The answer to a request for media")
struct MediaPlanTests {
    private static let webm = Representation(
        byteCount: 1000, etag: "\"r1\"", contentType: "video/webm", isInline: true,
        downloadName: "talk.webm", lastModified: 784_111_777)

    @Test("All of it, with what a player and a browser need to know")
    func whole() throws {
        let plan = try plan([])
        #expect(plan.status == 200)
        #expect(plan.range == 0..<1000)
        #expect(plan["ETag"] == "\"r1\"")
        #expect(plan["Last-Modified"] == "Sun, 06 Nov 1994 08:49:37 GMT")
        #expect(plan["Accept-Ranges"] == "bytes")
        #expect(plan["Content-Type"] == "video/webm")
        #expect(plan["Content-Disposition"] == "inline; filename=\"talk.webm\"")
        #expect(plan["X-Content-Type-Options"] == "nosniff")
        #expect(plan["Content-Security-Policy"] == "sandbox")
    }

    @Test(
        "Ranges and conditions",
        arguments: [
            ([("Range", "bytes=0-99")], 206, 0..<100),
            ([("Range", "bytes=900-")], 206, 900..<1000),
            ([("Range", "bytes=-1")], 206, 999..<1000),
            ([("Range", "bytes=0-0,5-6")], 200, 0..<1000),
            ([("Range", "lines=1-2")], 200, 0..<1000),
            ([("Range", "bytes=0-99"), ("If-Range", "\"r1\"")], 206, 0..<100),
            ([("Range", "bytes=0-99"), ("If-Range", "\"r0\"")], 200, 0..<1000),
            ([("Range", "bytes=0-99"), ("If-Range", "W/\"r1\"")], 200, 0..<1000),
            ([("If-None-Match", "\"r1\"")], 304, nil),
            ([("If-None-Match", "W/\"r1\", \"x\"")], 304, nil),
            ([("If-None-Match", "\"r1\""), ("Range", "bytes=0-9")], 304, nil),
            ([("If-None-Match", "\"r0\"")], 200, 0..<1000),
            ([("If-Match", "\"r0\"")], 412, nil),
        ] as [([(String, String)], Int, Range<Int64>?)])
    func conditions(fields: [(String, String)], status: Int, range: Range<Int64>?) throws {
        let plan = try plan(fields)
        #expect(plan.status == status)
        #expect(plan.range == range)
        #expect((plan["Content-Range"] != nil) == (status == 206))
        #expect((plan["Content-Type"] != nil) == (range != nil))
        #expect(plan["ETag"] == "\"r1\"")
    }

    @Test("A part names itself and the whole")
    func contentRange() throws {
        #expect(try plan([("Range", "bytes=10-19")])["Content-Range"] == "bytes 10-19/1000")
    }

    @Test("A range beyond the end is refused with the length")
    func unsatisfiable() {
        #expect(throws: Problem.rangeNotSatisfiable(byteCount: 1000)) {
            try plan([("Range", "bytes=1000-")])
        }
    }

    @Test("HEAD knows no ranges")
    func head() throws {
        #expect(try plan([("Range", "bytes=0-9")], method: "HEAD").status == 200)
    }

    @Test("A type that browsers do not play is an attachment")
    func attachment() throws {
        let page = Representation(
            byteCount: 1, etag: "\"x\"", contentType: MediaType.unknown, isInline: false,
            downloadName: "talk.bin", lastModified: nil)
        let plan = try MediaPlan(RequestHead(method: "GET", path: "/"), page)
        #expect(plan["Content-Type"] == "application/octet-stream")
        #expect(plan["Content-Disposition"] == "attachment; filename=\"talk.bin\"")
        #expect(plan["Last-Modified"] == nil)
    }

    @Test(
        "A download's name cannot break out of its field",
        arguments: [
            ("a b.webm", "inline; filename=\"a b.webm\""),
            ("a\"b.webm", "inline; filename=\"a_b.webm\"; filename*=UTF-8''a%22b.webm"),
            ("a\r\nX: y", "inline; filename=\"a__X: y\"; filename*=UTF-8''a%0D%0AX%3A%20y"),
            ("ä.ogg", "inline; filename=\"_.ogg\"; filename*=UTF-8''%C3%A4.ogg"),
        ])
    func names(name: String, field: String) {
        #expect(MediaPlan.disposition(name, isInline: true) == field)
    }

    private func plan(
        _ fields: [(String, String)], method: String = "GET"
    ) throws(Problem) -> MediaPlan {
        try MediaPlan(
            RequestHead(method: method, path: "/", fields: Fields(fields)), Self.webm)
    }
}

extension MediaPlan {
    fileprivate subscript(name: String) -> String? { fields.first { $0.0 == name }?.1 }
}
