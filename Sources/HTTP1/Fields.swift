/// Field lines in their order (RFC 9110 §5).
///
/// All names and values lie in one array; a `String` is made only for what is asked for. A look-up
/// walks the lines: right for a dozen, and bounded by `fieldCountMax`.
package struct Fields: Sendable {
    private struct Line {
        var nameStart: Int
        var valueStart: Int
        var end: Int
    }

    private var bytes: [UInt8] = []
    private var lines: [Line] = []

    /// No fields.
    package init() {}

    /// Fields from pairs of name and value.
    package init(_ pairs: [(String, String)]) {
        for (name, value) in pairs { append(name, value) }
    }

    /// How many lines there are.
    package var count: Int { lines.count }

    /// Adds a line at the end; a name may come again.
    package mutating func append(_ name: String, _ value: String) {
        let nameStart = bytes.count
        bytes.append(contentsOf: name.utf8)
        let valueStart = bytes.count
        bytes.append(contentsOf: value.utf8)
        lines.append(Line(nameStart: nameStart, valueStart: valueStart, end: bytes.count))
    }

    /// The value of the first line with this name, in any case; nil when there is none.
    package subscript(_ name: String) -> String? {
        for line in lines where matches(line, name) { return value(of: line) }
        return nil
    }

    /// The values of all lines with this name, in their order.
    package func values(_ name: String) -> [String] {
        lines.filter { matches($0, name) }.map { value(of: $0) }
    }

    private func value(of line: Line) -> String {
        String(decoding: bytes[line.valueStart..<line.end], as: UTF8.self)
    }

    private func matches(_ line: Line, _ name: String) -> Bool {
        let wanted = name.utf8
        guard wanted.count == line.valueStart - line.nameStart else { return false }
        return zip(bytes[line.nameStart..<line.valueStart], wanted).allSatisfy {
            Characters.lowercased($0) == Characters.lowercased($1)
        }
    }
}

extension Fields: Sequence {
    /// Every line's name, as sent, with its value.
    package func makeIterator() -> AnyIterator<(name: String, value: String)> {
        var index = 0
        return AnyIterator {
            guard index < lines.count else { return nil }
            defer { index += 1 }
            let line = lines[index]
            let name = String(decoding: bytes[line.nameStart..<line.valueStart], as: UTF8.self)
            return (name, value(of: line))
        }
    }
}
