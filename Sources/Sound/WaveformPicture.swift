/// A waveform as an SVG picture, for people: rounded bars around a middle line, the strong part of
/// the sound darker than its peaks, silence as dots, damage in a colour of its own, and the time
/// below. It follows the light or dark of the page it is on, and says in words what it shows.
package struct WaveformPicture: Sendable {
    package var waveform: Waveform
    package var durationSeconds: Double
    /// In LUFS; nil for silence.
    package var loudness: Double?
    /// The highest sample in decibels of full scale; nil for silence.
    package var peak: Double?
    /// Where on the timeline something is damaged, in seconds.
    package var damage: [ClosedRange<Double>]

    package init(
        waveform: Waveform, durationSeconds: Double, loudness: Double?, peak: Double?,
        damage: [ClosedRange<Double>]
    ) {
        self.waveform = waveform
        self.durationSeconds = durationSeconds
        self.loudness = loudness
        self.peak = peak
        self.damage = damage
    }

    // All lengths in the picture's own units.
    private static let width = 1_200
    private static let height = 256
    private static let side = 24
    private static let middle = 104
    private static let reach = 84.0
    private static let baseline = 206
    private static let barCount = 160
    private static let barDistance = 7.2
    /// Below −50 dB of full scale, a bar is a dot.
    private static let silence: Float = 0.00316

    package var svg: String {
        """
        <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(Self.width) \(Self.height)" \
        role="img" aria-labelledby="title desc">
        <title id="title">\(title)</title>
        <desc id="desc">\(description)</desc>
        <style>\(Self.style)</style>
        <rect class="ground" width="\(Self.width)" height="\(Self.height)" rx="16"/>
        \(ticks)\(bars)\(captions)</svg>

        """
    }

    // MARK: Words

    private var title: String {
        "Waveform of a recording of \(Self.spoken(durationSeconds))"
    }

    private var description: String {
        var text =
            loudness.map { "Its integrated loudness is \(Self.level($0)) LUFS" }
            ?? "It is silent"
        if let peak { text += ", its highest sample \(Self.level(peak)) dBFS" }
        let places = damage.map { Self.clock($0.lowerBound, isLong: durationSeconds >= 3_600) }
        if !places.isEmpty {
            text += ". Damaged at \(places.prefix(10).joined(separator: ", "))"
            if places.count > 10 { text += " and \(places.count - 10) more places" }
        }
        return text + "."
    }

    private var captions: String {
        var left = loudness.map { "\(Self.level($0)) LUFS" } ?? "silent"
        if let peak { left += "  ·  peak \(Self.level(peak)) dBFS" }
        let right = Self.clock(durationSeconds, isLong: durationSeconds >= 3_600)
        let y = Self.height - 14
        return """
            <text class="fact" x="\(Self.side)" y="\(y)">\(left)</text>
            <text class="fact end" x="\(Self.width - Self.side)" y="\(y)">\(right)</text>

            """
    }

    // MARK: Bars

    private struct Bar {
        var peak: Float = 0
        var power: Float = 0
        var isHeard = false
        var isDamaged = false
    }

    private var barList: [Bar] {
        var bars: [Bar] = []
        for number in 0..<Self.barCount {
            var bar = bar(number)
            // What is missing behind a damaged place is part of it.
            if !bar.isHeard, bars.last?.isDamaged == true { bar.isDamaged = true }
            bars.append(bar)
        }
        return bars
    }

    private func bar(_ number: Int) -> Bar {
        let count = waveform.rms.count
        let range = number * count / Self.barCount..<(number + 1) * count / Self.barCount
        var bar = Bar()
        for index in range {
            bar.peak = max(bar.peak, waveform.high[index], -waveform.low[index])
            bar.power += waveform.rms[index] * waveform.rms[index] / Float(range.count)
            bar.isHeard = bar.isHeard || waveform.isHeard[index]
        }
        let seconds = durationSeconds / Double(Self.barCount)
        let start = Double(number) * seconds
        let isLast = number == Self.barCount - 1
        bar.isDamaged = damage.contains { place in
            (place.lowerBound < start + seconds || isLast) && place.upperBound >= start
        }
        return bar
    }

    /// One path for each kind of bar: strokes with round ends.
    private var bars: String {
        var paths = [String: String]()
        for (number, bar) in barList.enumerated() {
            let x = Self.decimal(Double(Self.side) + (Double(number) + 0.5) * Self.barDistance)
            let mark = bar.isDamaged ? " bad" : ""
            guard bar.peak > Self.silence else {
                let kind = (bar.isHeard ? "dot" : "gap") + mark
                paths[kind, default: ""] += "M\(x) \(Self.middle)h0"
                continue
            }
            paths["peak" + mark, default: ""] += Self.stroke(x, bar.peak)
            paths["rms" + mark, default: ""] += Self.stroke(x, bar.power.squareRoot())
        }
        let order = ["gap", "dot", "peak", "rms"].flatMap { [$0, $0 + " bad"] }
        return order.compactMap { kind in
            paths[kind].map { "<path class=\"\(kind)\" d=\"\($0)\"/>\n" }
        }.joined()
    }

    /// The height goes with the square root of the amplitude: quiet speech is seen, and loud
    /// sound still differs.
    private static func stroke(_ x: String, _ amplitude: Float) -> String {
        let half = Double(min(1, amplitude).squareRoot()) * reach
        let top = decimal(Double(middle) - half)
        return "M\(x) \(top)V\(decimal(Double(middle) + half))"
    }

    // MARK: Time

    private static let steps: [Double] = [
        0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 14_400,
        21_600, 43_200, 86_400,
    ]

    private var ticks: String {
        guard durationSeconds > 0, durationSeconds.isFinite else { return "" }
        let step = Self.steps.first { durationSeconds / $0 <= 9 } ?? durationSeconds / 8
        let plot = Double(Self.barCount) * Self.barDistance
        var text = ""
        var number = 0
        while Double(number) * step < durationSeconds * 0.97 {
            let time = Double(number) * step
            let x = Self.decimal(Double(Self.side) + time / durationSeconds * plot)
            let label = Self.clock(time, isLong: durationSeconds >= 3_600)
            text += "<path class=\"tick\" d=\"M\(x) \(Self.baseline - 14)v6\"/>"
            text += "<text class=\"\(number == 0 ? "time first" : "time")\" x=\"\(x)\" "
            text += "y=\"\(Self.baseline + 6)\">\(label)</text>\n"
            number += 1
        }
        return text
    }

    private static let style = """
        svg{color-scheme:light dark;--ground:#fbfbfd;--peak:#b9c6f2;--rms:#4059d6;--quiet:#aab2c8;\
        --bad:#d6453d;--badpeak:#f3bcb6;--ink:#5b6478;--strong:#232a3b;--tick:#d5d9e4}\
        @media(prefers-color-scheme:dark){svg{--ground:#14171f;--peak:#394a8f;--rms:#8fa3ff;\
        --quiet:#4a5268;--bad:#ff7a6e;--badpeak:#7a3a39;--ink:#98a1b6;--strong:#e6e9f2;\
        --tick:#2c3242}}\
        .ground{fill:var(--ground)}path{fill:none;stroke-linecap:round}\
        .peak,.rms{stroke-width:4.2}.peak{stroke:var(--peak)}.rms{stroke:var(--rms)}\
        .dot,.gap{stroke:var(--quiet);stroke-width:3}.gap{opacity:.45;stroke-width:2}\
        .peak.bad{stroke:var(--badpeak)}.rms.bad,.dot.bad,.gap.bad{stroke:var(--bad);opacity:1}\
        .dot.bad,.gap.bad{stroke-width:4.2}\
        .tick{stroke:var(--tick);stroke-width:1.5}\
        text{font:400 13px system-ui,-apple-system,'Segoe UI',Roboto,sans-serif;\
        font-variant-numeric:tabular-nums;fill:var(--ink)}.time{text-anchor:middle}\
        .first{text-anchor:start}.fact{fill:var(--strong);font-weight:600}.end{text-anchor:end}
        """

    // MARK: Numbers

    /// A length or a coordinate, to a tenth.
    private static func decimal(_ value: Double) -> String {
        guard value.isFinite, abs(value) < 1e12 else { return "0" }
        let tenths = Int((value * 10).rounded())
        let fraction = tenths % 10 == 0 ? "" : ".\(tenths % 10)"
        return "\(tenths / 10)\(fraction)"
    }

    /// A level to a tenth, with its sign: `−23.0`, `+1.5`.
    private static func level(_ value: Double) -> String {
        guard value.isFinite, abs(value) < 1_000 else { return "?" }
        let tenths = Int((value * 10).rounded())
        let sign = tenths < 0 ? "\u{2212}" : tenths > 0 ? "+" : ""
        return "\(sign)\(tenths.magnitude / 10).\(tenths.magnitude % 10)"
    }

    /// `1:05`, or `1:02:05` in a long recording; fractions only below ten seconds.
    private static func clock(_ seconds: Double, isLong: Bool) -> String {
        guard seconds.isFinite, seconds < 1e9 else { return "?" }
        func padded(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let tenths = Int((seconds * 10).rounded())
        let whole = tenths / 10
        if isLong {
            return "\(whole / 3_600):\(padded(whole / 60 % 60)):\(padded(whole % 60))"
        }
        let fraction = whole < 10 && tenths % 10 > 0 ? ".\(tenths % 10)" : ""
        return "\(whole / 60):\(padded(whole % 60))\(fraction)"
    }

    private static func spoken(_ seconds: Double) -> String {
        guard seconds.isFinite, seconds < 1e9 else { return "unknown length" }
        if seconds < 60 { return "\(decimal(seconds)) seconds" }
        let whole = Int(seconds.rounded())
        let parts = [(whole / 3_600, "hour"), (whole / 60 % 60, "minute"), (whole % 60, "second")]
        return parts.filter { $0.0 > 0 }
            .map { "\($0.0) \($0.1)\($0.0 == 1 ? "" : "s")" }.joined(separator: " ")
    }
}
