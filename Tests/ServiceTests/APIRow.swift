import TestKit

/// A request to a server that begins empty, in order, and the status of its answer.
struct APIRow {
    let method: String
    let target: String
    var fields: [(String, String)] = []
    var body: [UInt8] = []
    let status: Int

    private static let one = "/recordings/01a0c450-6c00-7000-8000-000000000001"
    private static let two = "/recordings/01a0c450-6c00-7000-8000-000000000002"
    private static let none = "/recordings/01a0c450-6c00-7000-8000-000000000009"
    private static let bytes: [UInt8] = [1, 2, 3]

    static let all = operation + creation + chunks + ending + media + reports + gone

    private static let operation = [
        APIRow(method: "GET", target: "/healthz", status: 200),
        APIRow(method: "GET", target: "/readyz", status: 200),
        APIRow(method: "GET", target: "/metrics", status: 200),
        APIRow(method: "GET", target: "/openapi.yaml", status: 200),
    ]

    private static let creation = [
        post("PUT", one, #"{"mediaType": "audio/ogg"}"#, 201),
        post("PUT", one, #"{"mediaType": "audio/ogg"}"#, 200),
        post("PUT", one, #"{"mediaType": "audio/webm"}"#, 409),
        post("PUT", two, #"{"mediaType": "audio/ogg", "expectedBytes": 10}"#, 201),
        post("PUT", none, #"{"mediaType": "none"}"#, 400),
        post("PUT", none, #"{"mediaType": "audio/ogg", "expectedBytes": -1}"#, 400),
        post("PUT", none, "{\"mediaType\": \"audio/ogg\", \"expectedBytes\": \(Int64.max)}", 413),
        post("PUT", "/recordings/NONE", "{}", 400),
        APIRow(
            method: "PUT", target: none, fields: [("Content-Type", "text/plain")], body: [1],
            status: 415),
        post("POST", "/recordings", #"{"mediaType": "audio/ogg"}"#, 201),
        post("POST", "/recordings", "{", 400),
        post(
            "POST", "/recordings", String(repeating: " ", count: 70_000), 413),
        APIRow(method: "GET", target: "/recordings?limit=2", status: 200),
        APIRow(method: "GET", target: "/recordings?state=none", status: 400),
        APIRow(method: "GET", target: one, status: 200),
        APIRow(method: "GET", target: none, status: 404),
    ]

    private static let chunks = [
        put(one + "/chunks/0", 201),
        put(one + "/chunks/0", 200),
        put(one + "/chunks/0", body: [1, 2, 4], 409),
        put(one + "/chunks/x", 400),
        put(one + "/chunks/3", body: [], 400),
        put(one + "/chunks/999999999", 409),
        put(one + "/chunks/3", body: Array(repeating: 7, count: 2 << 20), 413),
        put(none + "/chunks/0", 404),
        APIRow(
            method: "PUT", target: one + "/chunks/0",
            fields: [("Chunk-Sequence", "0"), ("Content-Digest", "crc32c=:AAAAAA==:")],
            body: bytes, status: 400),
        APIRow(
            method: "PUT", target: one + "/chunks/0",
            fields: [("Chunk-Sequence", "0"), ("Content-Digest", "md5=:AAAAAA==:")],
            body: bytes, status: 400),
        APIRow(
            method: "POST", target: two + "/chunks", fields: chunkFields(bytes, offset: 0),
            body: bytes, status: 201),
        APIRow(
            method: "POST", target: two + "/chunks", fields: chunkFields(bytes), body: bytes,
            status: 400),
    ]

    private static let ending = [
        APIRow(method: "GET", target: one + "/status", status: 200),
        APIRow(method: "GET", target: none + "/status", status: 404),
        post("POST", one + "/finalize", #"{"length": 9}"#, 409),
        post("POST", one + "/finalize", #"{"length": 2}"#, 409),
        post("POST", one + "/finalize", #"{"length": -2}"#, 400),
        post("POST", none + "/finalize", #"{"length": 3}"#, 404),
        post("POST", one + "/finalize", #"{"length": 3, "chunkCount": 1}"#, 200),
        post("POST", one + "/finalize", #"{"length": 3, "chunkCount": 2}"#, 409),
        put(one + "/chunks/3", 409),
        APIRow(method: "GET", target: one + "/status", status: 200),
    ]

    private static let media = [
        APIRow(method: "GET", target: one + "/media", status: 200),
        APIRow(method: "GET", target: one + "/media?as=received", status: 200),
        APIRow(method: "GET", target: one + "/media?as=sent", status: 400),
        APIRow(
            method: "GET", target: one + "/media", fields: [("Range", "bytes=0-1")], status: 206),
        APIRow(
            method: "GET", target: one + "/media", fields: [("Range", "bytes=9-")], status: 416),
        APIRow(
            method: "GET", target: one + "/media", fields: [("If-Match", "\"none\"")], status: 412),
        APIRow(
            method: "GET", target: one + "/media", fields: [("If-None-Match", "*")], status: 304),
        APIRow(method: "HEAD", target: one + "/media", status: 200),
        APIRow(method: "HEAD", target: none + "/media", status: 404),
        APIRow(method: "GET", target: none + "/media", status: 404),
    ]

    private static let reports = [
        post("POST", one + "/links", #"{"seconds": 60}"#, 200),
        post("POST", one + "/links", #"{"seconds": 0}"#, 400),
        post("POST", none + "/links", #"{"seconds": 60}"#, 404),
        post("POST", "/telemetry", event("from-a-newer-client"), 202),
        post("POST", "/telemetry", event("STOPPED"), 400),
        post("POST", "/telemetry", #"{"events": []}"#, 400),
        post("POST", "/telemetry", String(repeating: " ", count: 300_000), 413),
    ]

    private static func event(_ kind: String) -> String {
        let id = "01a0c450-6c00-7000-8000-000000000003"
        return #"{"events": [{"id": "\#(id)", "kind": "\#(kind)", "at": "2026-02-03T04:05:06Z"}]}"#
    }

    private static let gone = [
        APIRow(method: "DELETE", target: two, status: 204),
        APIRow(method: "DELETE", target: "/recordings/NONE", status: 400),
        APIRow(method: "GET", target: two, status: 410),
        APIRow(method: "GET", target: two + "/status", status: 410),
        APIRow(method: "GET", target: two + "/media", status: 410),
        post("PUT", two, #"{"mediaType": "audio/ogg"}"#, 410),
        put(two + "/chunks/0", 410),
        post("POST", two + "/finalize", #"{"length": 3}"#, 410),
    ]

    /// Waveforms of a recording of real sound, which takes a while to come.
    static func waveforms(of recording: String) -> [APIRow] {
        ["waveform", "waveform.json", "waveform.svg"].map { name in
            APIRow(method: "GET", target: "\(recording)/\(name)", status: 200)
        }
    }

    private static func post(
        _ method: String, _ target: String, _ json: String, _ status: Int
    ) -> APIRow {
        APIRow(
            method: method, target: target, fields: [("Content-Type", "application/json")],
            body: [UInt8](json.utf8), status: status)
    }

    private static func put(
        _ target: String, body: [UInt8] = bytes, _ status: Int
    ) -> APIRow {
        APIRow(
            method: "PUT", target: target, fields: chunkFields(body), body: body, status: status)
    }

    private static func chunkFields(_ body: [UInt8], offset: Int? = nil) -> [(String, String)] {
        let fields = [
            ("Chunk-Sequence", "0"), ("Content-Digest", RecordingClient.sha256Digest(body)),
        ]
        return fields + (offset.map { [("Chunk-Offset", "\($0)")] } ?? [])
    }
}
