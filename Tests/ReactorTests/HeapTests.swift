import Testing

@testable import Reactor

@Suite struct `The deadlines` {
    /// Every registration, with its deadline, as a plain list.
    private struct Model {
        var deadlines: [Int: Int64] = [:]
        var earliest: Int64? { deadlines.values.min() }
    }

    @Test(arguments: [1, 2, 3, 4] as [UInt64])
    func `come out earliest first, whatever was moved or taken out`(_ seed: UInt64) {
        var random = Sequence(seed)
        var table = RegistrationTable()
        let registrations = (0..<40).map { _ in table.insert(nil) }
        var heap = DeadlineHeap()
        var model = Model()
        for _ in 0..<4_000 {
            let which = random.next(below: registrations.count)
            switch random.next(below: 4) {
            case 0, 1:
                let at = Int64(random.next(below: 100))
                heap.schedule(registrations[which], at: Moment(nanoseconds: at))
                model.deadlines[which] = at
            case 2:
                heap.remove(registrations[which])
                model.deadlines[which] = nil
            default:
                let now = Int64(random.next(below: 100))
                let due = heap.popDue(Moment(nanoseconds: now))
                guard let earliest = model.earliest, earliest <= now else {
                    #expect(due == nil)
                    break
                }
                let index = registrations.firstIndex { $0 === due } ?? -1
                #expect(model.deadlines.removeValue(forKey: index) == earliest)
            }
            #expect(heap.earliest?.nanoseconds == model.earliest)
            #expect(heap.count == model.deadlines.count)
        }
    }

    /// A generator with a fixed seed (xorshift64).
    private struct Sequence {
        private var state: UInt64
        init(_ seed: UInt64) { state = seed &* 0x9e37_79b9_7f4a_7c15 }

        mutating func next(below bound: Int) -> Int {
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            return Int(state % UInt64(bound))
        }
    }
}

@Suite struct `The table of registrations` {
    @Test func `does not take a key for the one that had its place before`() {
        var table = RegistrationTable()
        let first = table.insert(nil)
        #expect(table[first.key] === first)
        table.remove(first)
        #expect(table[first.key] == nil)
        let second = table.insert(nil)
        #expect(second.key & 0xffff_ffff == first.key & 0xffff_ffff)
        #expect(table[first.key] == nil)
        #expect(table[second.key] === second)
        table.remove(first)
        #expect(table[second.key] === second)
        #expect(table.count == 1)
    }
}

@Suite struct `A moment` {
    @Test(
        arguments: [
            (Duration.seconds(2), 2_000_000_000), (.milliseconds(-3), -3_000_000),
            (.nanoseconds(1), 1), (.zero, 0), (.seconds(Int64.max), .max),
        ] as [(Duration, Int64)])
    func `counts a duration in nanoseconds`(_ duration: Duration, _ count: Int64) {
        #expect(duration.nanoseconds == count)
    }

    @Test func `is never later than never`() {
        #expect(Moment.never + 1 == .never)
        #expect(Moment(nanoseconds: 5) + Duration.seconds(Int64.max) == .never)
        #expect(Moment(nanoseconds: 5) + 2 == Moment(nanoseconds: 7))
    }
}
