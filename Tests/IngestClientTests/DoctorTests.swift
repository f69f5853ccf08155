import Foundation
import IngestClient
import TestKit
import Testing

@Suite("Doctor") struct DoctorTests {
    private struct Answers: Network {
        let health: Result<NetworkAnswer, NetworkError>
        let ready: Result<NetworkAnswer, NetworkError>
        var key = DoctorTests.answer(411, "")

        func exchange(_ request: NetworkRequest) async throws(NetworkError) -> NetworkAnswer {
            if request.method == "POST" { return try key.get() }
            return try (request.url.path.hasSuffix("healthz") ? health : ready).get()
        }
    }

    private static func answer(_ status: Int, _ body: String) -> Result<NetworkAnswer, NetworkError>
    {
        .success(NetworkAnswer(status: status, body: Data(body.utf8)))
    }

    private static let well = answer(200, #"{"status":"ok","reasons":[]}"#)

    @Test(
        "a server is well, busy, foreign or gone",
        arguments: [
            (well, answer(200, #"{"status":"ready","reasons":[]}"#), true, "takes chunks"),
            (
                well, answer(503, #"{"status":"not ready","reasons":["draining"]}"#), false,
                "draining"
            ),
            (answer(200, "<html>"), well, false, "no Holdfast server of this version"),
            (answer(404, ""), well, false, "(404)"),
            (.failure(NetworkError("refused")), well, false, "does not answer: refused"),
        ]
            as [(
                Result<NetworkAnswer, NetworkError>, Result<NetworkAnswer, NetworkError>, Bool,
                String
            )])
    func server(
        health: Result<NetworkAnswer, NetworkError>, ready: Result<NetworkAnswer, NetworkError>,
        isGood: Bool, text: String
    ) async throws {
        let doctor = Doctor(
            folder: "/nowhere", limits: OutboxLimits(),
            network: Answers(health: health, ready: ready))
        let findings = await doctor.server(try #require(URL(string: "http://server.test")))
        #expect(findings.allSatisfy { $0.isGood } == isGood)
        #expect(findings.contains { $0.text.contains(text) }, "\(findings)")
    }

    @Test(
        "a key is taken, missing, wrong or of the wrong kind",
        arguments: [
            (411, "", true, "takes recordings"),
            (401, #"{"type":"/problems/unauthorized","reason":"application-key"}"#, false, "none"),
            (
                401, #"{"type":"/problems/unauthorized","reason":"valid-application-key"}"#, false,
                "revoked"
            ),
            (403, #"{"type":"/problems/forbidden"}"#, false, "may not create"),
        ])
    func key(status: Int, body: String, isGood: Bool, text: String) async throws {
        let doctor = Doctor(
            folder: "/nowhere", limits: OutboxLimits(),
            network: Answers(
                health: Self.well, ready: Self.well, key: Self.answer(status, body)))
        let findings = await doctor.server(try #require(URL(string: "http://server.test")))
        #expect(findings.last?.subject == "key" && findings.last?.isGood == isGood)
        #expect(findings.last?.text.contains(text) == true, "\(findings)")
    }

    @Test("a profile that is not there yet is fine")
    func noProfile() {
        let doctor = Doctor(folder: "/nowhere", limits: OutboxLimits())
        #expect(doctor.profile().allSatisfy { $0.isGood })
    }

    @Test("a sound profile is fine, and says how much is unsent; what failed is named")
    func profile() throws {
        let profile = Profile()
        let outbox = try profile.open()
        let recording = try outbox.add([1, 2, 3])
        let doctor = Doctor(folder: profile.path, limits: Profile.limits)
        let findings = doctor.profile()
        #expect(findings.allSatisfy { $0.isGood }, "\(findings)")
        #expect(findings.contains { $0.text.contains("1 unsent") })
        try FileManager.default.removeItem(atPath: recording.mediaPath)
        #expect(doctor.profile().contains { $0.subject == "media" && !$0.isGood })
    }
}
