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
        .proceed(.whole)
    }
}
