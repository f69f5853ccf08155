import Foundation
import IngestClient

/// Shows what happens while a recording is made: a meter on a terminal, or lines of JSON.
final class RecordOutput: Sendable {
    /// One line for a script. Levels are in dB below full scale, seconds of the recording.
    private struct Line: Encodable {
        var event: String
        var id: String?
        var path: String?
        var mediaType: String?
        var bytes: Int64?
        var seconds: Double?
        var peak: [Double]?
        var rms: [Double]?
        var clipped: Int?
        var text: String?
    }

    private static let meterCells = 24
    private static let meterFloor = -60.0

    private struct State {
        var isMeterOpen = false
        var byteCount: Int64 = 0
    }

    private let isJSON: Bool
    private let isTerminal = isatty(2) == 1
    private let state = Guarded(State())

    init(isJSON: Bool) { self.isJSON = isJSON }

    func show(_ event: RecorderEvent) {
        if isJSON {
            Self.print(Self.line(event))
        } else {
            state.withLock { showText(event, &$0) }
        }
    }

    /// Something beside the recording: `sent`, say.
    func note(_ event: String, id: String? = nil, _ text: String? = nil) {
        if isJSON {
            Self.print(Self.encode(Line(event: event, id: id, text: text)))
        } else {
            state.withLock { tell([event, text].compactMap { $0 }.joined(separator: ": "), &$0) }
        }
    }

    private func showText(_ event: RecorderEvent, _ state: inout State) {
        switch event {
        case .began(_, let path, _): tell("recording to \(path)", &state)
        case .levels(let levels, let seconds):
            guard isTerminal else { return }
            state.isMeterOpen = true
            write("\r\u{1B}[K" + meter(levels, seconds, state.byteCount))
        case .safe(let byteCount, let seconds):
            state.byteCount = byteCount
            guard isTerminal, !state.isMeterOpen || seconds == nil else { return }
            write("\r\u{1B}[K\(seconds.map(TimeText.text) ?? "") \(Self.megabytes(byteCount))")
        case .paused(let seconds): tell("paused at \(TimeText.text(seconds ?? 0))", &state)
        case .resumed: tell("goes on", &state)
        case .warning(let text): tell(text, &state)
        case .ended(let id, let byteCount, let seconds, let reason):
            let time = seconds.map { TimeText.text($0) + ", " } ?? ""
            if let reason { tell("it had to end: \(reason)", &state) }
            tell("recorded \(time)\(byteCount) bytes as \(id)", &state)
        }
    }

    private func meter(
        _ levels: Levels, _ seconds: Double, _ byteCount: Int64
    ) -> String {
        let names = levels.rms.count == 1 ? [""] : ["L ", "R "]
        let bars = zip(names, zip(levels.rms, levels.peak)).map { name, level in
            name + Self.bar(rms: level.0, peak: level.1)
        }
        let clipped = levels.clippedSampleCount
        let warning = clipped > 0 ? "  clipped \(clipped)" : ""
        return "\(TimeText.text(seconds))  \(bars.joined(separator: " "))  "
            + "\(Self.megabytes(byteCount))\(warning)"
    }

    /// Filled up to the mean power, with a mark at the loudest sample: `████░░|░ -18.2 dB`.
    static func bar(rms: Double, peak: Double) -> String {
        func cell(_ level: Double) -> Int {
            Int((1 - max(meterFloor, min(0, level)) / meterFloor) * Double(meterCells))
        }
        let mark = min(cell(peak), meterCells - 1)
        let cells = (0..<meterCells).map { index in
            index == mark ? "|" : index < cell(rms) ? "█" : "░"
        }
        return cells.joined() + " \((peak * 10).rounded() / 10) dB"
    }

    private static func megabytes(_ byteCount: Int64) -> String {
        "\(Double(byteCount / 10_000) / 100) MB"
    }

    private static func line(_ event: RecorderEvent) -> String {
        switch event {
        case .began(let id, let path, let mediaType):
            encode(Line(event: "began", id: id, path: path, mediaType: mediaType))
        case .levels(let levels, let seconds):
            encode(
                Line(
                    event: "levels", seconds: seconds, peak: levels.peak, rms: levels.rms,
                    clipped: levels.clippedSampleCount))
        case .safe(let byteCount, let seconds):
            encode(Line(event: "safe", bytes: byteCount, seconds: seconds))
        case .paused(let seconds): encode(Line(event: "paused", seconds: seconds))
        case .resumed(let seconds): encode(Line(event: "resumed", seconds: seconds))
        case .warning(let text): encode(Line(event: "warning", text: text))
        case .ended(let id, let byteCount, let seconds, let reason):
            encode(
                Line(event: "ended", id: id, bytes: byteCount, seconds: seconds, text: reason))
        }
    }

    private static func encode(_ line: Line) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // Finite numbers and texts always become JSON.
        return String(decoding: (try? encoder.encode(line)) ?? Data(), as: UTF8.self)
    }

    /// At once: `Swift.print` waits until its buffer is full when nobody looks.
    private static func print(_ line: String) {
        FileHandle.standardOutput.write(Data((line + "\n").utf8))
    }

    private func tell(_ text: String, _ state: inout State) {
        write((state.isMeterOpen ? "\r\u{1B}[K" : "") + text + "\n")
        state.isMeterOpen = false
    }

    private func write(_ text: String) { FileHandle.standardError.write(Data(text.utf8)) }
}
