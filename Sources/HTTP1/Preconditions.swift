/// A request's conditions, in the order they count (RFC 9110 §13.2.2).
package enum Preconditions {
    /// What the conditions come to.
    package enum Outcome: Sendable, Equatable {
        /// Answer with these bytes (for a method other than GET always `.whole`).
        case proceed(ByteSelection)
        /// 304.
        case notModified
        /// 412.
        case failed
    }

    /// Weighs the request's conditional fields and `Range` against the representation as it is.
    ///
    /// - Parameters:
    ///   - etag: with its quotes; nil when there is no representation.
    ///   - lastModified: seconds since 1970.
    ///   - byteCount: of the whole representation.
    package static func evaluate(
        _ head: RequestHead, etag: String?, lastModified: Int64?, byteCount: Int64
    ) -> Outcome {
        let fields = head.fields
        let isRead = head.method == "GET" || head.method == "HEAD"
        if let tags = fields.list("if-match") {
            guard ETagMatch.ifMatch(tags, current: etag) else { return .failed }
        } else if let date = date(fields, "if-unmodified-since"), let lastModified {
            guard lastModified <= date else { return .failed }
        }
        if let tags = fields.list("if-none-match") {
            guard ETagMatch.ifNoneMatch(tags, current: etag) else {
                return isRead ? .notModified : .failed
            }
        } else if isRead, let date = date(fields, "if-modified-since"), let lastModified {
            guard lastModified > date else { return .notModified }
        }
        guard head.method == "GET", let range = fields.single("range"),
            ETagMatch.ifRange(fields.list("if-range"), current: etag, lastModified: lastModified)
        else { return .proceed(.whole) }
        return .proceed(ByteRangeSpecifier.selection(range, byteCount: byteCount))
    }

    /// A date that cannot be read is as if it were not there (RFC 9110 §13.1.3).
    private static func date(_ fields: Fields, _ name: String) -> Int64? {
        fields.single(name).flatMap { HTTPDate.unixSeconds($0) }
    }
}
