/// Field lines in their order (RFC 9110 §5).
///
/// All names and values lie in one array; a `String` is made only for what is asked for. A look-up
/// walks the lines: right for a dozen, and bounded by `fieldCountMax`. Bytes of a value that are
/// not UTF-8 read as U+FFFD.
package struct Fields: Sendable {
    /// Where a line's parts lie in `bytes`.
    struct Line: Sendable {
        var name: Range<Int>
        var value: Range<Int>
    }

    private var bytes: [UInt8] = []
    private var lines: [Line] = []

    /// No fields.
    package init() {}

    /// Fields from pairs of name and value.
    package init(_ pairs: [(String, String)]) {
        lines.reserveCapacity(pairs.count)
        bytes.reserveCapacity(pairs.reduce(0) { $0 + $1.0.utf8.count + $1.1.utf8.count })
        for (name, value) in pairs { append(name, value) }
    }

    /// Lines that lie in `bytes`, other things between them.
    init(bytes: [UInt8], lines: [Line]) {
        self.bytes = bytes
        self.lines = lines
    }

    /// How many lines there are.
    package var count: Int { lines.count }

    /// Adds a line at the end; a name may come again.
    package mutating func append(_ name: String, _ value: String) {
        let start = bytes.count
        bytes.append(contentsOf: name.utf8)
        let middle = bytes.count
        bytes.append(contentsOf: value.utf8)
        lines.append(Line(name: start..<middle, value: middle..<bytes.count))
    }

    /// The value of the first line with this name, in any case; nil when there is none.
    package subscript(_ name: String) -> String? {
        for line in lines where matches(line, name) { return text(line.value) }
        return nil
    }

    /// The values of all lines with this name, in their order.
    package func values(_ name: String) -> [String] {
        var found: [String] = []
        for line in lines where matches(line, name) { found.append(text(line.value)) }
        return found
    }

    /// All lines with this name as the one list they mean (RFC 9110 §5.3); nil without any.
    package func list(_ name: String) -> String? {
        let (count, first) = places(name)
        guard count > 1 else { return first.map(text) }
        return values(name).joined(separator: ", ")
    }

    /// The value, if exactly one line has this name: for fields that are no lists.
    package func single(_ name: String) -> String? {
        let (count, first) = places(name)
        return count == 1 ? first.map(text) : nil
    }

    /// The bytes of the first line's value with this name, and whether no other line has it.
    package func bytes(_ name: String) -> (value: ArraySlice<UInt8>, isOnly: Bool)? {
        guard let first = lines.firstIndex(where: { matches($0, name) }) else { return nil }
        let isOnly = !lines[(first + 1)...].contains { matches($0, name) }
        return (bytes[lines[first].value], isOnly)
    }

    /// Whether a comma-separated element of the lines with this name is `token`, in any case.
    package func contains(token: String, in name: String) -> Bool {
        for line in lines where matches(line, name) {
            var rest = bytes[line.value]
            while !rest.isEmpty {
                let element = rest.prefix { $0 != Characters.comma }
                rest = rest.dropFirst(element.count + 1)
                if same(element.withoutBlanks.indices, token) { return true }
            }
        }
        return false
    }

    /// How many lines have this name, and where the value of the first lies in the bytes given
    /// to `init`.
    func places(_ name: String) -> (count: Int, first: Range<Int>?) {
        var count = 0
        var first: Range<Int>?
        for line in lines where matches(line, name) {
            if count == 0 { first = line.value }
            count += 1
        }
        return (count, first)
    }

    /// The bytes of a value, where `places` found it.
    func bytes(of value: Range<Int>) -> ArraySlice<UInt8> { bytes[value] }

    private func text(_ range: Range<Int>) -> String {
        String(decoding: bytes[range], as: UTF8.self)
    }

    @inline(__always) private func matches(_ line: Line, _ name: String) -> Bool {
        line.name.count == name.utf8.count && same(line.name, name)
    }

    /// Equal but for the case of ASCII letters.
    private func same(_ range: Range<Int>, _ other: String) -> Bool {
        let wanted = other.utf8.span
        guard wanted.count == range.count else { return false }
        for index in wanted.indices {
            let byte = bytes[range.lowerBound + index]
            if Characters.lowercased(byte) != Characters.lowercased(wanted[index]) { return false }
        }
        return true
    }
}

extension Fields {
    /// Hands over every line's name and value as bytes.
    func forEachLine(_ body: (_ name: ArraySlice<UInt8>, _ value: ArraySlice<UInt8>) -> Void) {
        for line in lines { body(bytes[line.name], bytes[line.value]) }
    }
}

extension Fields: Sequence {
    /// Every line's name, as sent, with its value.
    package func makeIterator() -> AnyIterator<(name: String, value: String)> {
        var index = 0
        return AnyIterator {
            guard index < lines.count else { return nil }
            defer { index += 1 }
            return (text(lines[index].name), text(lines[index].value))
        }
    }
}

extension Fields: Equatable {
    /// The same lines in the same order, letter for letter.
    package static func == (left: Fields, right: Fields) -> Bool {
        left.lines.count == right.lines.count
            && zip(left.lines, right.lines).allSatisfy {
                left.bytes[$0.name] == right.bytes[$1.name]
                    && left.bytes[$0.value] == right.bytes[$1.value]
            }
    }
}
