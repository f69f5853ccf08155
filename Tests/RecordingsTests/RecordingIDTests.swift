import Recordings
import Testing

struct RecordingIDTests {
    private static let text = "0190f5fe-7c3a-7abc-9def-0123456789ab"

    @Test(arguments: [
        text, "00000000-0000-0000-0000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff",
    ])
    func `Comes back as the text it was read from`(text: String) throws {
        let id = try #require(RecordingID(text))
        #expect(id.text == text)
        #expect(RecordingID(high: id.high, low: id.low) == id)
        #expect("\(id)" == text)
    }

    @Test(arguments: [
        "", "0", "0190F5FE-7C3A-7ABC-9DEF-0123456789AB", "0190f5fe7c3a7abc9def0123456789ab",
        "0190f5fe-7c3a-7abc-9def-0123456789a", "0190f5fe-7c3a-7abc-9def-0123456789abc",
        "0190f5fe-7c3a-7abc-9def-0123456789ag", "0190f5fe+7c3a-7abc-9def-0123456789ab",
        "{190f5fe-7c3a-7abc-9def-0123456789a}", " 190f5fe-7c3a-7abc-9def-0123456789ab",
        "0190f5fe-7c3a-7abc-9def-0123456789A", "0190f5fe-7c3a7-abc-9def-0123456789ab",
        "é190f5fe-7c3a-7abc-9def-0123456789a",
    ])
    func `Is refused in any other form`(text: String) {
        #expect(RecordingID(text) == nil)
    }

    @Test
    func `One made from a time is a version 7 UUID and sorts by it`() throws {
        let ones = (UInt64.max, UInt64.max)
        let id = RecordingID.make(milliseconds: 0x0190_f5fe_7c3a, random: ones)
        #expect(id.text == "0190f5fe-7c3a-7fff-bfff-ffffffffffff")
        let later = RecordingID.make(milliseconds: 0x0190_f5fe_7c3b, random: (0, 0))
        #expect(later.text == "0190f5fe-7c3b-7000-8000-000000000000")
        #expect(id < later)
        #expect(!(later < id))
        #expect(RecordingID(high: 1, low: 2) < RecordingID(high: 1, low: 3))
    }

    @Test
    func `The shard is the last byte`() {
        #expect(RecordingID(Self.text)?.shard == "ab")
        #expect(RecordingID(high: 0, low: 0x105).shard == "05")
    }
}
