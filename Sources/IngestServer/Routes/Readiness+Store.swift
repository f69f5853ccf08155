internal import DurableLog
internal import Posix
internal import Wire

extension RecordingStore {
    /// There is a payload that the log would not take now.
    func isLogFull(_ state: LogState) -> Bool { state.bytesRoom < log.payloadBytesMax }

    /// Why new bytes would be refused now, in plain sentences.
    var obstacles: [String] {
        var sentences: [String] = []
        if assembler.isDiskLow { sentences.append(Problem.diskLow.detail) }
        let state = log.state
        if !state.isHealthy {
            let cause = state.lastFailure.map { ": \($0)" } ?? ""
            sentences.append("The log's last batch could not be written\(cause).")
        }
        if isLogFull(state) { sentences.append("The log is full.") }
        return sentences
    }
}
