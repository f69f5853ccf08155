internal import HTTP1Exercise

/// Requests on a connection: never two readings of the same bytes.
func head(_ input: [UInt8]) {
    if let broken = exerciseParsers(input) { fatalError(broken) }
}
