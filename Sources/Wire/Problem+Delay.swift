extension Problem {
    /// The same, with a delay that is up to twice as long, so that those who are refused together
    /// do not come back together.
    ///
    /// - Parameter fraction: a random number, 0 to 1.
    package func delayed(by fraction: Double) -> Problem {
        func spread(_ seconds: Int) -> Int {
            seconds + min(seconds, Int(Double(seconds + 1) * fraction))
        }
        switch self {
        case .tooManyRequests(let seconds):
            return .tooManyRequests(retryAfterSeconds: spread(seconds))
        case .overloaded(let seconds, let detail):
            return .overloaded(retryAfterSeconds: spread(seconds), detail: detail)
        case .insufficientStorage(let seconds, let detail):
            return .insufficientStorage(retryAfterSeconds: spread(seconds), detail: detail)
        default: return self
        }
    }
}
