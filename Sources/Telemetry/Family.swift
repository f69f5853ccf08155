/// The series of one name.
struct Family: Sendable {
    let kind: Kind
    let help: String
    var series: [Labels: Series] = [:]

    enum Kind: String, Sendable {
        case counter, gauge, histogram
    }

    /// `# HELP` and `# TYPE` once, then a line (a histogram: a block) for each series.
    func text(_ name: String) -> String {
        var text = "# HELP \(name) \(Labels.escaped(help, quotes: false))\n"
        text += "# TYPE \(name) \(kind.rawValue)\n"
        for (labels, series) in series.sorted(by: { $0.key < $1.key }) {
            text += series.text(name, labels)
        }
        return text
    }
}

/// What is behind one line.
enum Series: Sendable {
    case counter(Counter)
    case gauge(Gauge)
    case computed(@Sendable () -> Double)
    case histogram(Histogram)

    func text(_ name: String, _ labels: Labels) -> String {
        switch self {
        case .counter(let counter): "\(name)\(labels.text()) \(counter.value)\n"
        case .gauge(let gauge): "\(name)\(labels.text()) \(Self.number(gauge.value))\n"
        case .computed(let value): "\(name)\(labels.text()) \(Self.number(value()))\n"
        case .histogram(let histogram): Self.text(name, labels, histogram)
        }
    }

    private static func text(
        _ name: String, _ labels: Labels, _ histogram: Histogram
    ) -> String {
        let reading = histogram.reading
        var text = ""
        for (bound, count) in zip(histogram.bounds + [.infinity], reading.cumulative) {
            text += "\(name)_bucket\(labels.text(("le", number(bound)))) \(count)\n"
        }
        text += "\(name)_sum\(labels.text()) \(number(reading.sum))\n"
        text += "\(name)_count\(labels.text()) \(reading.count)\n"
        return text
    }

    /// As Go's ParseFloat reads it; whole numbers without a point.
    static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        return Int64(exactly: value).map(String.init) ?? value.description
    }
}
