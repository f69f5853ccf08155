/// Names and values that tell the series of one family apart, sorted by name.
struct Labels: Hashable, Comparable, Sendable {
    let pairs: [Pair]

    struct Pair: Hashable, Sendable {
        let name: String
        let value: String
    }

    init(_ labels: [(String, String)]) {
        for (name, _) in labels {
            precondition(
                MetricName.isValid(name) && !name.contains(":") && !name.hasPrefix("__"),
                "\(name) is no label name")
        }
        pairs = labels.map { Pair(name: $0.0, value: $0.1) }.sorted { $0.name < $1.name }
        precondition(Set(pairs.map(\.name)).count == pairs.count, "a label is given twice")
    }

    static func < (left: Labels, right: Labels) -> Bool {
        left.pairs.lexicographicallyPrecedes(right.pairs) {
            ($0.name, $0.value) < ($1.name, $1.value)
        }
    }

    /// `{name="value",…}`, or nothing without labels. `extra` comes last: a bucket's bound.
    func text(_ extra: (name: String, value: String)? = nil) -> String {
        var parts = pairs.map { "\($0.name)=\"\(Self.escaped($0.value, quotes: true))\"" }
        if let extra { parts.append("\(extra.name)=\"\(extra.value)\"") }
        return parts.isEmpty ? "" : "{" + parts.joined(separator: ",") + "}"
    }

    /// Backslash and line feed are escaped, in a label's value quotes as well.
    static func escaped(_ text: String, quotes: Bool) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\"" where quotes: result += "\\\""
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}

/// What Prometheus takes as a name: `[a-zA-Z_:][a-zA-Z0-9_:]*`.
enum MetricName {
    static func isValid(_ name: String) -> Bool {
        guard let first = name.utf8.first, !isDigit(first) else { return false }
        return name.utf8.allSatisfy { byte in
            isDigit(byte) || isLetter(byte) || byte == UInt8(ascii: "_")
                || byte == UInt8(ascii: ":")
        }
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }
}
