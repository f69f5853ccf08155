import Foundation
import IngestClient

/// Progress on standard error: one line that is drawn over on a terminal, plain lines elsewhere.
final class ProgressLine: Sendable {
    private struct State {
        var began: ContinuousClock.Instant?
        var bytesAtStart: Int64 = 0
        var drawn: ContinuousClock.Instant?
        var tenthsTold = 0
        var isOpen = false
    }

    private let name: String
    private let isTerminal = isatty(2) == 1
    private let state = Guarded(State())

    init(name: String) { self.name = name }

    func report(_ event: SendEvent) {
        state.withLock { state in
            switch event {
            case .started(let bytesAlreadyThere, let byteCount):
                state.began = .now
                state.bytesAtStart = bytesAlreadyThere
                if bytesAlreadyThere > 0, bytesAlreadyThere < byteCount {
                    tell("\(bytesAlreadyThere) of \(byteCount) bytes are there", &state)
                }
            case .acknowledged(let bytes, let byteCount):
                acknowledged(bytes, byteCount, &state)
            case .retrying(let attempt, let reason, let delay):
                let seconds = (delay / .milliseconds(100)).rounded() / 10
                tell("attempt \(attempt) failed: \(reason); again in \(seconds) s", &state)
            case .finalizing:
                if isTerminal { draw("finalizing", &state) }
            }
        }
    }

    /// Leaves the line as it is and goes to the next.
    func end() {
        state.withLock { state in
            if state.isOpen { write("\r\u{1B}[K") }
            state.isOpen = false
        }
    }

    private func acknowledged(_ bytes: Int64, _ byteCount: Int64, _ state: inout State) {
        let fraction = byteCount > 0 ? Double(bytes) / Double(byteCount) : 1
        guard isTerminal else {
            let tenths = Int(fraction * 10)
            guard tenths > state.tenthsTold else { return }
            state.tenthsTold = tenths
            write("\(name): \(tenths * 10) %\(rate(bytes, byteCount, state))\n")
            return
        }
        // Ten times a second is as much as anyone sees.
        if let drawn = state.drawn, drawn.duration(to: .now) < .milliseconds(100),
            bytes < byteCount
        {
            return
        }
        let filled = Int(fraction * 24)
        let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: 24 - filled)
        draw("\(bar) \(Int(fraction * 100)) %\(rate(bytes, byteCount, state))", &state)
    }

    /// `, 12.3 MB/s, 0:42 left`; nothing before there is anything to tell.
    private func rate(_ bytes: Int64, _ byteCount: Int64, _ state: State) -> String {
        guard let began = state.began else { return "" }
        let seconds = began.duration(to: .now) / .seconds(1)
        let rate = Double(bytes - state.bytesAtStart) / max(seconds, 0.001)
        guard rate > 0 else { return "" }
        let text = ", \((rate / 100_000).rounded() / 10) MB/s"
        guard bytes < byteCount else { return text }
        let left = min(Int(Double(byteCount - bytes) / rate), 359_999)
        return text + ", \(left / 60):\(left % 60 < 10 ? "0" : "")\(left % 60) left"
    }

    private func tell(_ text: String, _ state: inout State) {
        write((state.isOpen ? "\r\u{1B}[K" : "") + "\(name): \(text)\n")
        state.isOpen = false
    }

    private func draw(_ text: String, _ state: inout State) {
        state.isOpen = true
        state.drawn = .now
        write("\r\u{1B}[K\(name): \(text)")
    }

    private func write(_ text: String) {
        FileHandle.standardError.write(Data(text.utf8))
    }
}
