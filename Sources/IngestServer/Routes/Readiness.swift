/// Whether new requests should be sent here, asked by `/readyz` each time.
package struct Readiness: Sendable {
    /// Why not, in plain sentences; empty when it is ready.
    let reasons: @Sendable () -> [String]

    package init(_ reasons: @escaping @Sendable () -> [String]) { self.reasons = reasons }
}
