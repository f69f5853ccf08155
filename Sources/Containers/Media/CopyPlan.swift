/// How received bytes are rewritten so that they can be finished after all, where the room for an
/// edit in place is missing. All other bytes stay as they are, one after the other.
package struct CopyPlan: Equatable, Sendable {
    /// A few received bytes that give way.
    package struct Splice: Equatable, Sendable {
        /// Where, in the received bytes.
        package var offset: Int64
        /// How many of them go.
        package var byteCount: Int
        /// What comes in their place: eight bytes for a length that is filled in later, or
        /// nothing.
        package var isLength: Bool
    }

    /// More are too many to remember: 1.5 MiB.
    static let countMax = 65_536

    /// In order of offset, none over another.
    package var splices: [Splice]
    /// Room for a new head in front of the copy.
    package var headReserveBytes: Int

    /// What the copy is made of, in order.
    package enum Piece: Equatable, Sendable {
        /// Bytes as they were received.
        case received(Range<Int64>)
        case inserted([UInt8])
    }

    /// The pieces of the copy of `length` received bytes.
    package func pieces(length: Int64) -> some Sequence<Piece> {
        var rest = splices[...]
        var position: Int64 = 0
        var inserted: [UInt8]?
        return AnyIterator<Piece> {
            if let bytes = inserted {
                inserted = nil
                return .inserted(bytes)
            }
            while let splice = rest.first {
                rest = rest.dropFirst()
                let start = position
                position = splice.offset + Int64(splice.byteCount)
                inserted = splice.isLength ? Self.unknownLength : nil
                if start < splice.offset { return .received(start..<splice.offset) }
                if let bytes = inserted {
                    inserted = nil
                    return .inserted(bytes)
                }
            }
            guard position < length else { return nil }
            defer { position = length }
            return .received(position..<length)
        }
    }

    /// A length of eight bytes that says "unknown" (RFC 8794 §6.2).
    private static let unknownLength: [UInt8] = [0x01] + [UInt8](repeating: 0xFF, count: 7)
}
