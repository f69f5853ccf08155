import Recordings
import Testing
import Wire

@testable import IngestServer

@Suite("Idempotency-Key")
struct IdempotencyKeyTests {
    @Test("The same key gives the same id, quoted or not; another key another one")
    func stable() throws {
        let id = try IdempotencyKey.recordingID("\"8e03978e-40d5-43dd-bc93-6894a57f9324\"")
        #expect(try IdempotencyKey.recordingID("8e03978e-40d5-43dd-bc93-6894a57f9324") == id)
        #expect(try IdempotencyKey.recordingID("8e03978e-40d5-43dd-bc93-6894a57f9325") != id)
    }

    @Test("The id is a UUID of version 8 with the standard's variant")
    func version() throws {
        for number in 0..<64 {
            let text = try IdempotencyKey.recordingID("key \(number)").text
            let digits = Array(text)
            #expect(digits[14] == "8")
            #expect("89ab".contains(digits[19]))
            #expect(RecordingID(text) != nil)
        }
    }

    @Test(
        "A key that is none is refused",
        arguments: ["", "\"\"", "a\u{7f}", "ü", String(repeating: "k", count: 256)])
    func refused(key: String) {
        #expect { try IdempotencyKey.recordingID(key) } throws: { error in
            (error as? Problem)?.name == "bad-request"
        }
    }
}
