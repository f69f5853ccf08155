import Opus
import Testing

@Suite("Opus errors") struct OpusErrorTests {
    @Test("are told in the library's words")
    func words() {
        #expect(OpusError(code: -4).description == "corrupted stream")
    }
}
