import Containers
import Foundation
import IngestClient
import Opus
import TestKit
import Testing

@Suite("Long recordings") struct LongTests {
    private let profile = Profile()

    /// Packets of 120 ms that say nothing, which is one byte each: two frames of 60 ms (RFC 6716
    /// §3.1: configuration 3, code 1), both empty.
    private static let packet: [UInt8] = [3 << 3 | 1]
    private static let packetCount = hours * 3_600 * 1_000 / 120
    /// Twelve take a quarter of a minute without optimization.
    private static let hours =
        ProcessInfo.processInfo.environment["HOLDFAST_HOURS"].flatMap { Int($0) } ?? 1

    @Test("are recorded and cut as short ones are")
    func recordsAndCuts() async throws {
        let outbox = try profile.open(RecorderTests.limits)
        let source = PushSource()
        var pages = OggWriter(serial: 12)
        pages.add(OpusHeaders.head(channels: 1, preSkip: 312, inputRate: 48_000), granule: 0)
        source.push(pages.flush())
        pages.add(OpusHeaders.tags(title: nil), granule: 0)
        source.push(pages.flush())
        for number in 1...Self.packetCount {
            pages.add(
                Self.packet, granule: Int64(number) * 5_760, isLast: number == Self.packetCount)
            if number % 255 == 0 { source.push(pages.flush()) }
        }
        source.push(pages.flush())
        source.end()
        let recording = try await Recorder(outbox: outbox).record(from: source)
        let seconds = Double(Self.hours) * 3_600 - 312.0 / 48_000
        #expect(abs((recording.durationSeconds ?? 0) - seconds) < 0.001)
        let edit = try outbox.trim(recording.id, from: .seconds(Self.hours * 3_000))
        #expect(abs((edit.durationSeconds ?? 0) - (seconds - Double(Self.hours) * 3_000)) < 0.001)
        #expect(try Judge.opusinfo(edit.mediaPath) ?? "" == "")
    }
}
