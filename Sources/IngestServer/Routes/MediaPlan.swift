internal import HTTP1
internal import Wire

/// A recording's media as a client sees it (RFC 9110 §8), told apart from where its bytes lie.
struct Representation: Sendable {
    let byteCount: Int64
    /// With its quotes.
    let etag: String
    /// As it is served: from a fixed list, or of unknown bytes.
    let contentType: String
    /// Browsers may play it where it is; else it is an attachment.
    let isInline: Bool
    let downloadName: String
    /// Seconds since 1970.
    let lastModified: Int64?
}

/// The answer to a request for media: its status, its fields, and which bytes.
struct MediaPlan {
    let status: Int
    let fields: [(String, String)]
    /// Nil for an answer without a body of its own, 304 and 412.
    let range: Range<Int64>?

    /// Weighs preconditions and Range (RFC 9110 §13.2.2, §14). Errors:
    /// `range-not-satisfiable`.
    init(_ head: RequestHead, _ facts: Representation) throws(Problem) {
        let validators = Self.validators(facts)
        let outcome = Preconditions.evaluate(
            head, etag: facts.etag, lastModified: facts.lastModified,
            byteCount: facts.byteCount)
        switch outcome {
        case .notModified: self.init(status: 304, fields: validators, range: nil)
        case .failed: self.init(status: 412, fields: validators, range: nil)
        case .proceed(.unsatisfiable): throw .rangeNotSatisfiable(byteCount: facts.byteCount)
        case .proceed(.whole):
            self.init(
                status: 200, fields: validators + Self.description(facts),
                range: 0..<facts.byteCount)
        case .proceed(.partial(let range)):
            let contentRange = ByteRangeSpecifier.contentRange(
                range, byteCount: facts.byteCount)
            self.init(
                status: 206,
                fields: validators + Self.description(facts) + [(Names.contentRange, contentRange)],
                range: range)
        }
    }

    private init(status: Int, fields: [(String, String)], range: Range<Int64>?) {
        self.status = status
        self.fields = fields
        self.range = range
    }

    /// What 304 carries as well (RFC 9110 §15.4.5). `no-cache`: kept, but asked about each time,
    /// for a live recording grows and a damaged one may be published again.
    private static func validators(_ facts: Representation) -> [(String, String)] {
        var fields = [(Names.entityTag, facts.etag), (Names.cacheControl, "no-cache")]
        if let seconds = facts.lastModified {
            fields.append((Names.lastModified, HTTPDate.text(unixSeconds: seconds)))
        }
        return fields + protection
    }

    /// Bytes that strangers sent are never anything but media to a browser.
    private static let protection = [
        (Names.contentTypeOptions, "nosniff"), (Names.contentSecurityPolicy, "sandbox"),
    ]

    private static func description(_ facts: Representation) -> [(String, String)] {
        [
            (Names.contentType, facts.contentType),
            (Names.contentDisposition, disposition(facts.downloadName, isInline: facts.isInline)),
            (Names.acceptRanges, "bytes"),
        ]
    }

    /// RFC 6266: a plain name for everyone, and the exact one where it is not plain.
    static func disposition(_ name: String, isInline: Bool) -> String {
        let plain = String(
            name.unicodeScalars.map { scalar in
                scalar.isASCII && scalar.value >= 0x20 && scalar.value < 0x7f
                    && !"\"\\/%".unicodeScalars.contains(scalar)
                    ? Character(scalar) : "_"
            })
        let exact = plain == name ? "" : "; filename*=UTF-8''\(percentEncoded(name))"
        return "\(isInline ? "inline" : "attachment"); filename=\"\(plain)\"\(exact)"
    }

    /// Everything but the letters, digits and marks of RFC 8187 `attr-char`.
    private static func percentEncoded(_ text: String) -> String {
        let kept = Set("!#$&+-.^_`|~".utf8)
        return text.utf8.map { byte in
            let scalar = Unicode.Scalar(byte)
            let isPlain =
                kept.contains(byte) || (scalar.isASCII && scalar.properties.isAlphabetic)
                || ("0"..."9").contains(scalar)
            let hex = String(byte, radix: 16, uppercase: true)
            return isPlain ? String(scalar) : "%" + (byte < 16 ? "0" : "") + hex
        }.joined()
    }
}
