/// Times of a recording as people write them.
enum TimeText {
    /// `1:02:03.456`, without hours below one.
    static func text(_ seconds: Double) -> String {
        guard seconds.isFinite, seconds < 1e9 else { return "?" }
        let all = Int((max(0, seconds) * 1000).rounded())
        func padded(_ number: Int, _ digits: Int) -> String {
            let text = String(number)
            return String(repeating: "0", count: max(0, digits - text.count)) + text
        }
        let (hours, minutes) = (all / 3_600_000, all / 60_000 % 60)
        let rest = padded(all / 1000 % 60, 2) + "." + padded(all % 1000, 3)
        return hours > 0 ? "\(hours):\(padded(minutes, 2)):\(rest)" : "\(minutes):\(rest)"
    }

    /// `12.5`, `1:02.5` or `1:02:03`; nil for anything else.
    static func duration(_ text: String) -> Duration? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard (1...3).contains(parts.count), let last = parts.last,
            let seconds = Double(last), (0..<1e9).contains(seconds)
        else { return nil }
        var whole = 0
        for part in parts.dropLast() {
            guard let number = Int(part), (0..<1_000_000).contains(number) else { return nil }
            whole = whole * 60 + number
        }
        return .seconds(whole * 60) + .nanoseconds(Int64((seconds * 1e9).rounded()))
    }
}
