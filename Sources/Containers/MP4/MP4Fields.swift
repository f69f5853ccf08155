/// Big-endian fields, one after the other.
package struct MP4Fields: Sendable {
    private let all: [UInt8]
    private var position = 0

    package init(_ bytes: [UInt8]) { all = bytes }

    package var isPastEnd: Bool { position > all.count }

    package mutating func skip(_ count: Int) { position += count }

    package mutating func bytes(_ count: Int) -> [UInt8]? {
        defer { position += count }
        guard position + count <= all.count else { return nil }
        return Array(all[position..<position + count])
    }

    package mutating func number(_ count: Int) -> UInt64? {
        defer { position += count }
        guard position + count <= all.count else { return nil }
        return all[position..<position + count].reduce(0) { $0 << 8 | UInt64($1) }
    }
}
