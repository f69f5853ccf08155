import Testing
import Wire

struct TimestampTests {
    @Test(
        arguments: [
            (0, "1970-01-01T00:00:00.000Z"),
            (1, "1970-01-01T00:00:00.001Z"),
            (-1, "1969-12-31T23:59:59.999Z"),
            (951_782_399_999, "2000-02-28T23:59:59.999Z"),
            (951_782_400_000, "2000-02-29T00:00:00.000Z"),
            (951_868_800_000, "2000-03-01T00:00:00.000Z"),
            (1_767_225_599_999, "2025-12-31T23:59:59.999Z"),
            (1_770_091_506_789, "2026-02-03T04:05:06.789Z"),
            (4_107_542_400_000, "2100-03-01T00:00:00.000Z"),
            (253_402_300_799_999, "9999-12-31T23:59:59.999Z"),
            (-62_167_219_200_000, "0000-01-01T00:00:00.000Z"),
        ] as [(Int64, String)])
    func `Milliseconds become text and come back`(milliseconds: Int64, text: String) {
        #expect(Timestamp.text(milliseconds: milliseconds) == text)
        #expect(Timestamp.milliseconds(text) == milliseconds)
    }

    @Test
    func `Days of four centuries come back, one after the other`() {
        var last = ""
        for day in stride(from: Int64(-80_000), to: 70_000, by: 29) {
            let text = Timestamp.text(milliseconds: day * 86_400_000)
            guard Timestamp.milliseconds(text) == day * 86_400_000, last < text else {
                Issue.record("day \(day): \(text) after \(last)")
                return
            }
            last = text
        }
    }

    @Test(
        arguments: [
            ("2026-02-03T04:05:06Z", 1_770_091_506_000),
            ("2026-02-03t04:05:06z", 1_770_091_506_000),
            ("2026-02-03 04:05:06Z", 1_770_091_506_000),
            ("2026-02-03T05:05:06+01:00", 1_770_091_506_000),
            ("2026-02-02T22:35:06-05:30", 1_770_091_506_000),
            ("2026-02-03T04:05:06.7Z", 1_770_091_506_700),
            ("2026-02-03T04:05:06.7891234567Z", 1_770_091_506_789),
            ("2026-02-03T04:05:06-00:00", 1_770_091_506_000),
            ("2016-12-31T23:59:60Z", 1_483_228_800_000),
        ] as [(String, Int64)])
    func `Other forms of the same instant are read`(text: String, milliseconds: Int64) {
        #expect(Timestamp.milliseconds(text) == milliseconds)
    }

    @Test(arguments: [
        "", "2026", "2026-02-03", "2026-02-03T04:05:06", "2026-02-03T04:05Z",
        "2026-13-03T04:05:06Z", "2026-00-03T04:05:06Z", "2026-02-29T04:05:06Z",
        "2100-02-29T04:05:06Z", "2026-04-31T04:05:06Z", "2026-02-00T04:05:06Z",
        "2026-02-03T24:05:06Z", "2026-02-03T04:60:06Z", "2026-02-03T04:05:61Z",
        "2026-02-03T04:05:06.Z", "2026-02-03T04:05:06,7Z", "2026-02-03T04:05:06+0100",
        "2026-02-03T04:05:06+24:00", "2026-02-03T04:05:06Z ", " 2026-02-03T04:05:06Z",
        "2026-2-3T04:05:06Z", "-026-02-03T04:05:06Z", "2026-02-03T04:05:06ZZ",
    ])
    func `Anything else is no timestamp`(text: String) {
        #expect(Timestamp.milliseconds(text) == nil)
    }
}
