import HTTP1
import Testing
import Wire

@testable import IngestServer

@Suite("CORS") struct CORSTests {
    private static func allowed(_ setting: String, _ origin: String) throws -> String? {
        let head = RequestHead(
            method: "PUT", path: "/", fields: Fields([("Origin", origin)]))
        return try CORS(setting).fields(head)
            .first { $0.0 == "Access-Control-Allow-Origin" }?.1
    }

    @Test(
        "an origin is allowed as the setting says, letter for letter",
        arguments: [
            ("none", "http://localhost", false), ("local", "http://localhost", true),
            ("local", "https://localhost:5173", true), ("local", "http://127.0.0.1:8080", true),
            ("local", "http://[::1]:3000", true), ("local", "null", false),
            ("local", "http://localhost.example.org", false),
            ("local", "http://localhost:1:2", false), ("local", "http://localhost:", false),
            ("local", "http://127.0.0.1.example.org", false), ("local", "http://LOCALHOST", false),
            ("local", "http://user@localhost", false), ("local", "file://localhost", false),
            ("local", "http://localhost/", false), ("local", "", false),
            ("https://a.example", "https://a.example", true),
            ("https://a.example http://b:81", "http://b:81", true),
            ("https://a.example", "http://a.example", false),
            ("https://a.example", "https://a.example:443", false),
            ("https://a.example", "https://b.a.example", false),
            ("https://a.example", "https://A.example", false),
            ("https://a.example", "http://localhost", false),
        ])
    func origins(setting: String, origin: String, isAllowed: Bool) throws {
        #expect(try Self.allowed(setting, origin) == (isAllowed ? origin : nil))
    }

    @Test("everyone's pages are allowed without naming them", arguments: ["null", "http://a"])
    func all(origin: String) throws {
        #expect(try Self.allowed("*", origin) == "*")
    }

    @Test(
        "what is no origin is told of",
        arguments: [
            "example.org", "https://", "https://a/", "https://a/b", "https://a:x", "* https://a",
            "local https://a", "ftp://a", "https://A", "https://a,https://b",
        ])
    func mistakes(setting: String) {
        #expect(throws: SettingsError.self) { try CORS(setting) }
    }

    @Test("a preflight is told every method of its resource and every field that is taken")
    func preflight() throws {
        let cors = try CORS("local")
        func fields(_ pairs: [(String, String)]) -> [String] {
            let head = RequestHead(method: "OPTIONS", path: "/", fields: Fields(pairs))
            return cors.preflight(head, methods: ["GET", "PUT"]).map { "\($0.0): \($0.1)" }
        }
        let origin = ("Origin", "http://localhost:5173")
        let method = ("Access-Control-Request-Method", "PUT")
        #expect(
            fields([origin, method]) == [
                "Access-Control-Allow-Methods: GET, PUT",
                "Access-Control-Allow-Headers: \(Names.accepted.joined(separator: ", "))",
                "Access-Control-Max-Age: 7200",
            ])
        #expect(fields([origin]).isEmpty && fields([method]).isEmpty)
        #expect(fields([("Origin", "http://a"), method]).isEmpty)
    }
}
