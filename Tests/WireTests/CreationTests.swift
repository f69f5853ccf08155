import Testing
import Wire

struct CreationTests {
    private func decode(_ json: String) throws(Problem) -> Creation {
        try Creation.decode(Array(json.utf8))
    }

    @Test
    func `Reads all members, and ignores those it does not know`() throws {
        let creation = try decode(
            """
            {"mediaType":"video/webm;codecs=vp8,opus","startedAt":"2026-02-03T04:05:06.7+01:00",
             "title":"Über","x":1}
            """)
        #expect(creation.mediaType == "video/webm;codecs=vp8,opus")
        #expect(creation.media?.base == "video/webm")
        #expect(creation.title == "Über")
        #expect(creation.device == nil)
        let full = try decode(
            """
            {"mediaType":"audio/ogg","device":"phone",
             "replaces":"0190f5fe-7c3a-7abc-9def-0123456789ab","title":null,"list":[{}]}
            """)
        #expect(
            full
                == Creation(
                    mediaType: "audio/ogg", device: "phone",
                    replaces: "0190f5fe-7c3a-7abc-9def-0123456789ab"))
    }

    /// A body, and the word that the problem's detail must have.
    @Test(arguments: [
        ("", "JSON"),
        ("{", "JSON"),
        ("[]", "object"),
        ("null", "object"),
        ("\"x\"", "object"),
        ("{}", "\"mediaType\" is missing"),
        (#"{"mediaType":null}"#, "mediaType"),
        (#"{"mediaType":7}"#, "\"mediaType\" has a value of the wrong type"),
        (#"{"mediaType":""}"#, "mediaType"),
        (#"{"mediaType":"webm"}"#, "mediaType"),
        (#"{"mediaType":"video/webm","title":1}"#, "title"),
        (#"{"mediaType":"video/webm","startedAt":"yesterday"}"#, "startedAt"),
        (#"{"mediaType":"video/webm","startedAt":"2026-02-30T00:00:00Z"}"#, "startedAt"),
        (#"{"mediaType":"video/webm","replaces":"x"}"#, "replaces"),
        (#"{"mediaType":"video/webm","device":"a\u0000b"}"#, "device"),
        (#"{"mediaType":"video/webm","title":"a\nb"}"#, "title"),
        (
            "{\"mediaType\":\"video/webm\",\"title\":\"\(String(repeating: "é", count: 251))\"}",
            "500"
        ),
    ])
    func `A body that cannot be taken says which member is at fault`(json: String, word: String) {
        #expect {
            try decode(json)
        } throws: { error in
            guard case .badRequest(let detail)? = error as? Problem else { return false }
            return detail.contains(word)
        }
    }

    @Test
    func `A title of exactly the limit is taken`() throws {
        let title = String(repeating: "é", count: 250)
        #expect(try decode(#"{"mediaType":"a/b","title":"\#(title)"}"#).title == title)
    }

    @Test
    func `The same creation is the same bytes`() {
        let creation = Creation(mediaType: "video/webm", title: "a/b")
        let json = String(decoding: WireJSON.encode(creation), as: UTF8.self)
        #expect(json == #"{"mediaType":"video/webm","title":"a/b"}"#)
    }
}

struct FinalizeRequestTests {
    private static let ones = "//////////////////////////////////////////8"

    private func decode(_ json: String) throws(Problem) -> FinalizeRequest {
        try FinalizeRequest.decode(Array(json.utf8))
    }

    @Test
    func `Bodies that mean the same are equal`() throws {
        let short = try decode(#"{"length":9,"digest":"sha-256=:\#(Self.ones):"}"#)
        let long = try decode(
            #"{"incomplete":false,"digest":"md5=::,sha-256=:\#(Self.ones)=:;a","length":9}"#)
        #expect(short == long)
        #expect(short.digest == "sha-256=:\(Self.ones)=:")
        #expect(short.sha256 == Array(repeating: 0xff, count: 32))
        #expect(!short.isIncomplete)
        #expect(FinalizeRequest(length: 1, incomplete: false) == FinalizeRequest(length: 1))
    }

    @Test
    func `Reads all members`() throws {
        let request = try decode(#"{"length":0,"chunkCount":0,"incomplete":true}"#)
        #expect(request == FinalizeRequest(length: 0, chunkCount: 0, incomplete: true))
        #expect(request.isIncomplete)
        #expect(request.sha256 == nil)
    }

    @Test(arguments: [
        ("{}", "bad-request"),
        (#"{"length":-1}"#, "bad-request"),
        (#"{"length":"1"}"#, "bad-request"),
        (#"{"length":1.5}"#, "bad-request"),
        (#"{"length":9223372036854775808}"#, "bad-request"),
        (#"{"length":1,"chunkCount":-1}"#, "bad-request"),
        (#"{"length":1,"incomplete":1}"#, "bad-request"),
        (#"{"length":1,"digest":""}"#, "digest-invalid"),
        (#"{"length":1,"digest":"sha-256=:AA==:"}"#, "digest-invalid"),
        (#"{"length":1,"digest":"crc32c=:AAAAAQ==:"}"#, "digest-unsupported"),
        (#"{"length":1,"digest":"md5=:AA==:"}"#, "digest-unsupported"),
    ])
    func `A body that cannot be taken is refused`(json: String, name: String) {
        #expect {
            try decode(json)
        } throws: { error in
            (error as? Problem)?.name == name
        }
    }
}
