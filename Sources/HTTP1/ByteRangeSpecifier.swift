/// Which bytes of a representation an answer carries.
package enum ByteSelection: Sendable, Equatable {
    /// 200, all of it.
    case whole
    /// 206, these bytes: not empty, within the representation.
    case partial(Range<Int64>)
    /// 416 with `Content-Range: bytes */length`.
    case unsatisfiable
}

/// One range of the `Range` field (RFC 9110 §14.1.2).
package enum ByteRangeSpecifier: Sendable, Equatable {
    /// `first-`: from `first` to the end.
    case from(Int64)
    /// `first-last`, both included, `first ≤ last`.
    case closed(first: Int64, last: Int64)
    /// `-n`: the last `n` bytes.
    case suffix(Int64)

    /// The one range of a field's value; nil if it is of another unit, invalid, or has several
    /// ranges: such a field is ignored (RFC 9110 §14.2).
    package init?(_ fieldValue: String) {
        let bytes = Array(fieldValue.utf8)
        let unit = Array("bytes=".utf8)
        guard bytes.prefix(unit.count).map({ Characters.lowercased($0) }) == unit else {
            return nil
        }
        // Empty elements of a list count for nothing (RFC 9110 §5.6.1.2).
        let elements = bytes.dropFirst(unit.count).split(separator: Characters.comma)
            .map(\.withoutBlanks).filter { !$0.isEmpty }
        guard elements.count == 1, let dash = elements[0].firstIndex(of: Characters.dash) else {
            return nil
        }
        // A number that no 64-bit counter holds lies behind every end, as the greatest does.
        let first = elements[0][..<dash]
        let last = elements[0][(dash + 1)...]
        switch (first.isEmpty, last.isEmpty) {
        case (true, true): return nil
        case (true, false):
            guard let count = Int64.saturating(last) else { return nil }
            self = .suffix(count)
        case (false, true):
            guard let first = Int64.saturating(first) else { return nil }
            self = .from(first)
        case (false, false):
            guard let first = Int64.saturating(first), let last = Int64.saturating(last),
                first <= last
            else { return nil }
            self = .closed(first: first, last: last)
        }
    }

    /// The bytes meant, of a representation of `byteCount` bytes.
    package func selection(byteCount: Int64) -> ByteSelection {
        switch self {
        case .from(let first):
            return first < byteCount ? .partial(first..<byteCount) : .unsatisfiable
        case .closed(let first, let last):
            guard first < byteCount else { return .unsatisfiable }
            return .partial(first..<min(last, byteCount - 1) + 1)
        case .suffix(let count):
            guard count > 0 else { return .unsatisfiable }
            // The last bytes of nothing are all of it, and 206 cannot say so.
            guard byteCount > 0 else { return .whole }
            return .partial(max(0, byteCount - count)..<byteCount)
        }
    }

    /// The selection of a `Range` field that may be absent or meaningless. Only for GET
    /// (RFC 9110 §14.2), and only after `If-Range` and the preconditions.
    package static func selection(_ fieldValue: String?, byteCount: Int64) -> ByteSelection {
        guard let fieldValue, let specifier = ByteRangeSpecifier(fieldValue) else { return .whole }
        return specifier.selection(byteCount: byteCount)
    }

    /// The value of `Content-Range` for 206 (RFC 9110 §14.4).
    package static func contentRange(_ range: Range<Int64>, byteCount: Int64) -> String {
        "bytes \(range.lowerBound)-\(range.upperBound - 1)/\(byteCount)"
    }

    /// The value of `Content-Range` for 416 (RFC 9110 §14.4).
    package static func contentRangeUnsatisfied(byteCount: Int64) -> String {
        "bytes */\(byteCount)"
    }
}
