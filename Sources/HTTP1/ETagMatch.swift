/// Conditions on entity tags (RFC 9110 §13.1). `current` is the representation's tag with its
/// quotes (`"…"` or `W/"…"`), nil when there is no representation.
///
/// A value that is no list of tags matches nothing.
package enum ETagMatch {
    /// `If-Match` holds: `*` and there is a representation, or a tag equal by strong comparison.
    package static func ifMatch(_ fieldValue: String, current: String?) -> Bool {
        matches(fieldValue, current) { $0.stronglyEquals($1) }
    }

    /// `If-None-Match` holds (nothing matches, so go on): by weak comparison. False means 304 to
    /// GET and HEAD, 412 to the others.
    package static func ifNoneMatch(_ fieldValue: String, current: String?) -> Bool {
        !matches(fieldValue, current) { $0.weaklyEquals($1) }
    }

    /// `If-Range` holds (so `Range` counts): the tag equal by strong comparison, or a date equal to
    /// `lastModified` (seconds since 1970; nil if it is no strong validator). nil (no such field)
    /// holds.
    package static func ifRange(
        _ fieldValue: String?, current: String?, lastModified: Int64? = nil
    ) -> Bool {
        guard let fieldValue else { return true }
        if let tag = EntityTag.one(fieldValue) {
            guard let current = current.flatMap(EntityTag.one) else { return false }
            return tag.stronglyEquals(current)
        }
        guard let lastModified, let date = HTTPDate.unixSeconds(fieldValue) else { return false }
        return date == lastModified
    }

    private static func matches(
        _ fieldValue: String, _ current: String?, _ equals: (EntityTag, EntityTag) -> Bool
    ) -> Bool {
        guard let current else { return false }
        if fieldValue == "*" { return true }
        guard let tag = EntityTag.one(current), let tags = EntityTag.list(fieldValue) else {
            return false
        }
        return tags.contains { equals($0, tag) }
    }
}
