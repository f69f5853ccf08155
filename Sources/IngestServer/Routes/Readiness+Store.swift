internal import DurableLog
internal import Posix
internal import Wire

extension RecordingStore {
    /// Why new bytes would be refused now, in plain sentences.
    var obstacles: [String] {
        var sentences: [String] = []
        if let problem = admission() { sentences.append(problem.detail) }
        let state = log.state
        if !state.isHealthy {
            let cause = state.lastFailure.map { ": \($0)" } ?? ""
            sentences.append("The log's last batch could not be written\(cause).")
        }
        if state.bytesRoom == 0 { sentences.append("The log is full.") }
        return sentences
    }
}
