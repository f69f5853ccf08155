import TestKit
import Testing

@testable import Containers

private typealias Fixture = WebMFixture

@Suite("Copies of what cannot be finished in place") struct CopyPlanTests {
    /// The copy as bytes, and what the reader makes of it.
    private func copy(_ bytes: [UInt8], _ plan: CopyPlan) -> ReaderRun {
        var copied: [UInt8] = []
        for piece in plan.pieces(length: Int64(bytes.count)) {
            switch piece {
            case .received(let range):
                copied += bytes[Int(range.lowerBound)..<Int(range.upperBound)]
            case .inserted(let inserted): copied += inserted
            }
        }
        return ReaderRun(WebMReader.self, copied, reserve: plan.headReserveBytes)
    }

    /// Track, time and length of each frame: payloads move, so their places differ.
    private func frames(_ run: ReaderRun) -> [String] {
        run.frames.map { "\($0.track) \($0.timestamp) \($0.byteCount) \($0.isKey)" }
    }

    @Test(
        "Lengths without room and bytes out of place give way, and no frame is lost",
        arguments: [
            [Fixture.cluster(0, length: [0xFF], Fixture.video(0, key: true, byteCount: 300))],
            [
                Fixture.cluster(0, length: [0xFF], Fixture.video(0, key: true, byteCount: 300)),
                Fixture.cluster(40, length: [0xFF], Fixture.video(0)),
                Fixture.cluster(80, length: [0xFF], Fixture.audio(0) + Fixture.video(9)),
                Fixture.cluster(
                    120, length: [0x7F, 0xFF], Fixture.video(0, byteCount: 20_000)),
            ],
        ])
    func splices(clusters: [[UInt8]]) throws {
        let bytes = Fixture.head() + clusters.flatMap { $0 }
        let received = ReaderRun.webm(bytes)
        #expect(received.artifact.copyReason != nil)
        let plan = try #require(received.artifact.copyPlan)
        let copied = copy(bytes, plan)
        #expect(copied.artifact.copyReason == nil && copied.artifact.unverifiedReason == nil)
        #expect(FinishedWebM(copied.file).problems == [])
        #expect(frames(copied) == frames(received))
        #expect(copied.artifact.head.count == plan.headReserveBytes + Int(copied.artifact.start))
    }

    @Test("A single missing byte between two clusters is left out")
    func byte() throws {
        let front = Fixture.head() + Fixture.cluster(0, Fixture.video(0, key: true))
        let bytes = front + [0] + Fixture.cluster(40, Fixture.video(0))
        let received = ReaderRun.webm(bytes, hole: front.count..<front.count + 1)
        let plan = try #require(received.artifact.copyPlan)
        let missing = CopyPlan.Splice(offset: Int64(front.count), byteCount: 1, isLength: false)
        #expect(plan.splices == [missing])
        let copied = copy(bytes, plan)
        #expect(FinishedWebM(copied.file).problems == [] && copied.kinds == [])
        #expect(frames(copied) == frames(received) && copied.frames.count == 2)
    }

    @Test("A head without room gets it")
    func head() throws {
        let received = ReaderRun.webm(Fixture.plain, reserve: 0)
        let plan = try #require(received.artifact.copyPlan)
        #expect(plan.splices.isEmpty && plan.headReserveBytes >= 4096)
        let copied = copy(Fixture.plain, plan)
        #expect(FinishedWebM(copied.file).problems == [])
        #expect(frames(copied) == frames(received))
    }

    @Test("Recorded clusters with lengths of one byte: the copy is as the original would be")
    func recorded() throws {
        for name in ["cr-vp8-opus-gum-ts1000", "cr-vp8-opus-short"] {
            let original = try SharedRecordings.fixture(name).bytes()
            let narrow = original.withNarrowLengths
            try #require(narrow.count < original.count, "\(name)")
            let received = ReaderRun.webm(narrow, reserve: 4096)
            let plan = try #require(received.artifact.copyPlan, "\(name)")
            let copied = copy(narrow, plan)
            let expected = ReaderRun.webm(original, reserve: 4096)
            #expect(frames(copied) == frames(expected), "\(name)")
            #expect(copied.artifact.description == expected.artifact.description, "\(name)")
            #expect(FinishedWebM(copied.file).problems == [], "\(name)")
        }
    }

    @Test("More places than can be remembered are left alone")
    func bounded() {
        let length = Fixture.video(0, key: true, byteCount: 200)
        let bytes = Fixture.head() + Fixture.cluster(0, length: [0xFF], length)
        var reader = WebMReader(headReserveBytes: 4096)
        let splice = CopyPlan.Splice(offset: 0, byteCount: 1, isLength: true)
        reader.splices = [CopyPlan.Splice](repeating: splice, count: CopyPlan.countMax)
        reader.read(bytes.span)
        let artifact = reader.finish().artifact
        #expect(artifact.copyReason != nil && artifact.copyPlan == nil)
    }
}
