import Testing

@testable import IngestServer

@Suite("What the assembler does next")
struct AssemblyQueuesTests {
    private let start = ContinuousClock.now
    private var queues = AssemblyQueues<String>(interval: .seconds(5))

    private func time(_ seconds: Double) -> ContinuousClock.Instant { start + .seconds(seconds) }

    private mutating func next(isPressed: Bool = false, at seconds: Double) -> String? {
        switch queues.next(isPressed: isPressed, at: time(seconds)) {
        case .urgent(let element), .ripe(let element): element
        case .idle: "idle"
        case nil: nil
        }
    }

    @Test("what somebody waits for comes first, then what has a whole slice, then what is due")
    mutating func order() {
        _ = queues.ripen("few", at: time(0))
        queues.goOn("slice", at: time(1))
        queues.urge("stop")
        let taken = [next(at: 1), next(at: 1), next(at: 1), next(at: 5)]
        #expect(taken == ["stop", "slice", "idle", "few"])
    }

    @Test("whoever has waited longest is served, so that neither kind keeps the other waiting")
    mutating func oldest() {
        for second in 0..<4 { _ = queues.ripen("few \(second)", at: time(Double(second))) }
        queues.goOn("slice", at: time(1.5))
        let taken = (0..<5).map { _ in next(isPressed: true, at: 4) }
        #expect(taken == ["few 0", "few 1", "slice", "few 2", "few 3"])
    }

    @Test("nothing but what is urgent is done at the end")
    mutating func end() {
        queues.goOn("slice", at: time(0))
        queues.urge("stop")
        queues.isClosed = true
        let taken = [next(isPressed: true, at: 9), next(isPressed: true, at: 9)]
        #expect(taken == ["stop", nil])
    }

    @Test("the thread sleeps until the first is due, and not at all when the log is pressed")
    mutating func sleep() {
        #expect(queues.wait(at: time(0), atMost: .seconds(1)) == .seconds(1))
        #expect(!queues.hasWork(isPressed: true, at: time(0)))
        let isFirst = queues.ripen("few", at: time(0))
        let isSecond = queues.ripen("more", at: time(0))
        #expect(isFirst && !isSecond)
        #expect(queues.wait(at: time(0), atMost: .seconds(9)) == .seconds(5))
        #expect(queues.wait(at: time(7), atMost: .seconds(9)) == .zero)
        #expect(!queues.hasWork(isPressed: false, at: time(0)))
        #expect(queues.hasWork(isPressed: true, at: time(0)))
    }
}
