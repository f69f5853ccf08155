internal import Synchronization

/// A number that only grows, from zero at the start of the process.
package final class Counter: Sendable {
    private let count = Atomic<Int>(0)

    package init() {}

    /// Adds `amount`, zero or more. Lock-free; callable from any thread.
    package func add(_ amount: Int = 1) {
        assert(amount >= 0, "a counter only grows")
        count.wrappingAdd(amount, ordering: .relaxed)
    }

    package var value: Int { count.load(ordering: .relaxed) }
}
