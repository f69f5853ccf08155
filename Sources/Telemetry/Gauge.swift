internal import Synchronization

/// A number that goes up and down.
package final class Gauge: Sendable {
    /// The bit pattern of a Double: the standard library has no atomic of one.
    private let bits = Atomic<UInt64>(0)

    package init() {}

    /// Lock-free; callable from any thread.
    package func set(_ value: Double) { bits.store(value.bitPattern, ordering: .relaxed) }

    /// Lock-free; callable from any thread.
    package func add(_ amount: Double) { bits.addDouble(amount) }

    package var value: Double { Double(bitPattern: bits.load(ordering: .relaxed)) }
}

extension Atomic where Value == UInt64 {
    /// Adds to a Double that is kept as its bit pattern.
    func addDouble(_ amount: Double) {
        var old = load(ordering: .relaxed)
        while true {
            let sum = Double(bitPattern: old) + amount
            let (exchanged, original) = weakCompareExchange(
                expected: old, desired: sum.bitPattern, ordering: .relaxed)
            if exchanged { return }
            old = original
        }
    }
}
