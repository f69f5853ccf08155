/// The field names of the protocol, as they are sent.
package enum Names {
    // On a chunk.
    package static let chunkSequence = "Chunk-Sequence"
    package static let chunkOffset = "Chunk-Offset"
    package static let contentDigest = "Content-Digest"
    package static let wantContentDigest = "Want-Content-Digest"
    package static let chunkReplayed = "Chunk-Replayed"

    // On every answer to a chunk, and on the status.
    package static let recordingPrefix = "Recording-Prefix"
    package static let recordingNextSequence = "Recording-Next-Sequence"

    // On a creation whose id the server chooses.
    package static let idempotencyKey = "Idempotency-Key"
    package static let location = "Location"

    // On a creation: who may create.
    package static let applicationKey = "Application-Key"

    // HTTP's own.
    package static let allow = "Allow"
    package static let authorization = "Authorization"
    package static let cacheControl = "Cache-Control"
    package static let contentDisposition = "Content-Disposition"
    package static let contentLength = "Content-Length"
    package static let contentRange = "Content-Range"
    package static let contentSecurityPolicy = "Content-Security-Policy"
    package static let contentType = "Content-Type"
    package static let contentTypeOptions = "X-Content-Type-Options"
    package static let accept = "Accept"
    package static let acceptRanges = "Accept-Ranges"
    package static let entityTag = "ETag"
    package static let contentEncoding = "Content-Encoding"
    package static let ifMatch = "If-Match"
    package static let ifModifiedSince = "If-Modified-Since"
    package static let ifNoneMatch = "If-None-Match"
    package static let ifUnmodifiedSince = "If-Unmodified-Since"
    package static let ifRange = "If-Range"
    package static let lastModified = "Last-Modified"
    package static let origin = "Origin"
    package static let range = "Range"
    package static let retryAfter = "Retry-After"
    package static let vary = "Vary"
    package static let wwwAuthenticate = "WWW-Authenticate"
}

extension Names {
    /// Every field of a request that means something here: what a page may send (Fetch, CORS
    /// protocol). Browsers send Origin by themselves.
    package static let accepted = [
        accept, applicationKey, authorization, chunkOffset, chunkSequence, contentDigest,
        contentEncoding, contentType, idempotencyKey, ifMatch, ifModifiedSince, ifNoneMatch,
        ifRange, ifUnmodifiedSince, range,
    ]

    /// Every field of an answer that tells its reader something: what a page may see. Vary is for
    /// caches alone.
    package static let sent = [
        acceptRanges, allow, cacheControl, chunkReplayed, contentDisposition, contentLength,
        contentRange, contentSecurityPolicy, contentType, entityTag, lastModified, location,
        recordingNextSequence, recordingPrefix, retryAfter, wwwAuthenticate, wantContentDigest,
        contentTypeOptions,
    ]
}

/// The media types of the protocol's own documents.
package enum DocumentTypes {
    package static let json = "application/json"
    package static let problem = "application/problem+json"
    package static let picture = "image/svg+xml"
    package static let yaml = "application/yaml"
    package static let metrics = "text/plain; version=0.0.4; charset=utf-8"
}
