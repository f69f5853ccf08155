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
    package init?(_ fieldValue: String) { return nil }

    /// The bytes meant, of a representation of `byteCount` bytes.
    package func selection(byteCount: Int64) -> ByteSelection { .whole }

    /// The selection of a `Range` field that may be absent or meaningless. Only for GET
    /// (RFC 9110 §14.2), and only after `If-Range` and the preconditions.
    package static func selection(_ fieldValue: String?, byteCount: Int64) -> ByteSelection {
        .whole
    }

    /// The value of `Content-Range` for 206 (RFC 9110 §14.4).
    package static func contentRange(_ range: Range<Int64>, byteCount: Int64) -> String { "" }

    /// The value of `Content-Range` for 416 (RFC 9110 §14.4).
    package static func contentRangeUnsatisfied(byteCount: Int64) -> String { "" }
}
