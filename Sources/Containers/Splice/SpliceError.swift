/// Why recordings cannot be cut or joined. The text is a sentence for a person.
package enum SpliceError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The bytes are of no kind that can be cut, or damaged.
    case unfit(String)
    /// Nothing would be left, or nothing would go.
    case empty(String)
    /// The recordings do not fit together.
    case different(String)

    package var description: String {
        switch self {
        case .unfit(let reason), .empty(let reason), .different(let reason): reason
        }
    }
}

/// A part of one recording that stays.
package struct SplicePiece: Equatable, Sendable {
    /// Which of the recordings.
    package var source: Int
    /// On its timeline, in nanoseconds; what lies beyond its end is not missed.
    package var time: Range<Int64>

    package init(source: Int = 0, time: Range<Int64>) {
        self.source = source
        self.time = time
    }
}

/// What happens where two pieces meet and the container knows only whole packets.
package enum SpliceSeam: Sendable {
    /// Nothing outside the pieces stays: what was to go is gone, and a little more.
    case inside
    /// Nothing of the pieces is lost: a little more than they are stays.
    case outside
}
