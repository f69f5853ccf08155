import Testing
import Wire

@Suite("Delays") struct DelayTests {
    @Test("A delay is spread over as long again, and nothing else of the problem changes")
    func spread() {
        #expect(delays { .tooManyRequests(retryAfterSeconds: $0) } == Array(5...10))
        #expect(delays { .overloaded(retryAfterSeconds: $0, detail: "d") } == Array(5...10))
        #expect(
            delays { .insufficientStorage(retryAfterSeconds: $0, detail: "d") } == Array(5...10))
        #expect(Problem.notFound.delayed(by: 0.9) == .notFound)
        let short = Problem.overloaded(retryAfterSeconds: 1, detail: "d")
        #expect(short.delayed(by: 0.1) == short)
        #expect(short.delayed(by: 1) == .overloaded(retryAfterSeconds: 2, detail: "d"))
    }

    private func delays(_ problem: (Int) -> Problem) -> [Int] {
        var found: Set<Int> = []
        for step in 0...100 {
            for (name, value) in problem(5).delayed(by: Double(step) / 100).fields
            where name == "Retry-After" {
                found.insert(Int(value) ?? 0)
            }
        }
        return found.sorted()
    }
}
