/// What waits for the assembler's thread, and which of it comes next.
struct AssemblyQueues<Element: Sendable> {
    private struct Waiting {
        let element: Element
        let since: ContinuousClock.Instant
    }

    enum Next: Sendable {
        /// Somebody waits for it.
        case urgent(Element)
        case ripe(Element)
        /// Nothing is due.
        case idle
    }

    /// How long what is there waits for more of its kind.
    private let interval: Duration
    private var urgent = FIFO<Element>()
    private var ripening = FIFO<Waiting>()
    private var ripe = FIFO<Waiting>()
    /// Only what is urgent is still handed out.
    var isClosed = false
    /// The thread is done.
    var hasEnded = false

    init(interval: Duration) { self.interval = interval }

    mutating func urge(_ element: Element) { urgent.append(element) }

    /// Returns whether it is the first to ripen: then the thread is to look at the clock anew.
    mutating func ripen(_ element: Element, at now: ContinuousClock.Instant) -> Bool {
        ripening.append(Waiting(element: element, since: now))
        return ripening.count == 1
    }

    mutating func goOn(_ element: Element, at now: ContinuousClock.Instant) {
        ripe.append(Waiting(element: element, since: now))
    }

    /// Whether `next` has something to hand out.
    func hasWork(isPressed: Bool, at now: ContinuousClock.Instant) -> Bool {
        !urgent.isEmpty || !ripe.isEmpty || isDue(isPressed, now)
    }

    /// How long the thread may sleep if nothing new comes.
    func wait(at now: ContinuousClock.Instant, atMost tick: Duration) -> Duration {
        ripening.first.map { min(tick, max(.zero, $0.since + interval - now)) } ?? tick
    }

    /// Takes out what comes next: what is urgent, then whatever waits longest. `isPressed`:
    /// nothing ripens any longer, the log needs its room. Nil at the end.
    mutating func next(isPressed: Bool, at now: ContinuousClock.Instant) -> Next? {
        if let element = urgent.popFirst() { return .urgent(element) }
        if isClosed { return nil }
        let due = isDue(isPressed, now) ? ripening.first?.since : nil
        let isRipeOlder = ripe.first.map { ripe in due.map { ripe.since < $0 } ?? true } ?? false
        if isRipeOlder { return ripe.popFirst().map { .ripe($0.element) } }
        guard due != nil else { return .idle }
        return ripening.popFirst().map { .ripe($0.element) }
    }

    private func isDue(_ isPressed: Bool, _ now: ContinuousClock.Instant) -> Bool {
        ripening.first.map { isPressed || $0.since + interval <= now } ?? false
    }
}

/// First in, first out; both ends O(1) amortized.
struct FIFO<Element> {
    private var items: [Element] = []
    private var head = 0

    var isEmpty: Bool { head == items.count }
    var count: Int { items.count - head }
    var first: Element? { isEmpty ? nil : items[head] }

    mutating func append(_ element: Element) { items.append(element) }

    mutating func popFirst() -> Element? {
        guard !isEmpty else { return nil }
        let element = items[head]
        head += 1
        if head > 64, head * 2 > items.count {
            items.removeFirst(head)
            head = 0
        }
        return element
    }
}
