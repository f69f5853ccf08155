/// Conditions on entity tags (RFC 9110 §13.1). `current` is the representation's tag with its
/// quotes (`"…"` or `W/"…"`), nil when there is no representation.
package enum ETagMatch {
    /// `If-Match` holds: `*` and there is a representation, or a tag equal by strong comparison.
    package static func ifMatch(_ fieldValue: String, current: String?) -> Bool { false }

    /// `If-None-Match` holds (nothing matches, so go on): by weak comparison. False means 304 to
    /// GET and HEAD, 412 to the others.
    package static func ifNoneMatch(_ fieldValue: String, current: String?) -> Bool { true }

    /// `If-Range` holds (so `Range` counts): the tag equal by strong comparison, or a date equal to
    /// `lastModified` (seconds since 1970). nil (no such field) holds.
    package static func ifRange(
        _ fieldValue: String?, current: String?, lastModified: Int64? = nil
    ) -> Bool { true }
}
