import TestKit

extension ProblemRow {
    /// Problems with what a request names, rather than with the bytes it brings.
    static let resources = [
        ProblemRow(
            what: "another creation under the same id", status: 409,
            problem: "creation-conflict"
        ) { try $0.client.create($0.id, mediaType: "audio/ogg") },
        ProblemRow(
            what: "a creation that is no JSON", status: 400, problem: "bad-request"
        ) {
            try $0.client.request(
                "PUT", "/recordings/\($0.id)", [("Content-Type", "application/json")],
                [UInt8]("{".utf8))
        },
        ProblemRow(
            what: "a creation in another media type", status: 415,
            problem: "unsupported-media-type"
        ) {
            try $0.client.request(
                "PUT", "/recordings/\($0.id)", [("Content-Type", "text/plain")],
                [UInt8]("video/webm".utf8))
        },
        ProblemRow(
            what: "an id in upper case", status: 400, problem: "bad-request"
        ) { try $0.client.create($0.id.uppercased()) },
        ProblemRow(
            what: "a recording that nobody made", status: 404, problem: "not-found"
        ) { try $0.client.status("01920000-0000-7000-8000-00000000dead") },
        ProblemRow(
            what: "a chunk of a recording that nobody made", status: 404, problem: "not-found"
        ) { try $0.client.put("01920000-0000-7000-8000-00000000dead", 0, at: 0, [1]) },
        ProblemRow(
            what: "a path that leads nowhere", status: 404, problem: "not-found"
        ) { try $0.client.get("/recordings/\($0.id)/nothing") },
        ProblemRow(
            what: "a method that means nothing there", status: 405,
            problem: "method-not-allowed", fields: [("Allow", "GET, HEAD, PUT, DELETE")]
        ) { try $0.client.request("PATCH", "/recordings/\($0.id)") },
        ProblemRow(
            what: "a range behind the end of the artifact", status: 416,
            problem: "range-not-satisfiable", members: [("byteCount", nil)]
        ) {
            _ = try $0.put(2)
            _ = try $0.finalize()
            return try $0.client.request(
                "GET", "/recordings/\($0.id)/media", [("Range", "bytes=1000000-")])
        },
        ProblemRow(
            what: "a chunk of a recording that was deleted", status: 410, problem: "gone",
            members: [("reason", .text("deleted"))], ending: .isGone
        ) {
            _ = try $0.client.delete($0.id)
            return try $0.put(2)
        },
        ProblemRow(
            what: "creating again what was deleted, twice", status: 410, problem: "gone",
            members: [("reason", .text("deleted"))], ending: .isGone
        ) {
            _ = try $0.client.delete($0.id)
            _ = try $0.client.delete($0.id)
            return try $0.client.create($0.id)
        },
    ]
}
