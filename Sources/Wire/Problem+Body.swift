extension Problem {
    /// How many ranges a list of missing ones names at most: the client fills these, then asks
    /// again.
    package static let rangesShownMax = 100

    /// The document (`application/problem+json`, RFC 9457 §3).
    package var body: [UInt8] {
        WireJSON.encode(JSONValue.object(members))
    }

    private var members: [String: JSONValue] {
        var members = extensions
        members["type"] = .string(type)
        members["title"] = .string(title)
        members["status"] = .integer(Int64(status))
        members["detail"] = .string(detail)
        return members
    }

    /// The members that let a client go on.
    private var extensions: [String: JSONValue] {
        switch self {
        case .chunkConflict(let start, let end, let stored, let received):
            [
                "start": .integer(start), "end": .integer(end),
                "storedDigest": .string(stored), "receivedDigest": .string(received),
            ]
        case .sequenceMismatch(let offset, let sequence):
            [
                "expectedOffset": offset.map(JSONValue.integer),
                "expectedSequence": sequence.map(JSONValue.integer),
            ].compactMapValues { $0 }
        case .gaps(let missing, let sequences):
            [
                "missing": Self.list(missing), "missingSequences": Self.list(sequences),
                "missingCount": .integer(Int64(missing.count)),
            ]
        case .alreadyFinalized(let artifact):
            ["artifact": .string(artifact)]
        case .finalizeConflict(let stored):
            ["stored": stored.json]
        case .recordingDigestMismatch(let computed), .digestMismatch(let computed):
            ["computedDigest": .string(computed)]
        case .lengthExceeded(let length, let end):
            ["length": .integer(length), "end": .integer(end)]
        case .tooFarAhead(let windowBytes, let prefix):
            ["windowBytes": .integer(windowBytes), "prefix": .integer(prefix)]
        case .digestUnsupported(let supported):
            ["supported": .array(supported.map(JSONValue.string))]
        case .chunkTooLarge(let limitBytes), .recordingTooLarge(let limitBytes):
            ["limitBytes": .integer(limitBytes)]
        case .eventInvalid(let index, let event, _):
            [
                "index": .integer(Int64(index)), "event": event.map(JSONValue.string),
            ].compactMapValues { $0 }
        case .batchTooLarge(let limitEvents, let limitBytes):
            [
                "limitEvents": .integer(Int64(limitEvents)),
                "limitBytes": .integer(Int64(limitBytes)),
            ]
        case .methodNotAllowed(let allow):
            ["allow": .array(allow.map(JSONValue.string))]
        case .gone(let reason):
            ["reason": .string(reason.rawValue)]
        case .unauthorized(let lack):
            ["reason": .string(lack.rawValue)]
        case .rangeNotSatisfiable(let byteCount):
            ["byteCount": .integer(byteCount)]
        case .tooManyRequests(let seconds), .overloaded(let seconds, _),
            .insufficientStorage(let seconds, _):
            ["retryAfterSeconds": .integer(Int64(seconds))]
        case .noWaveform(let seconds, _):
            ["retryAfterSeconds": seconds.map { .integer(Int64($0)) }].compactMapValues { $0 }
        case .creationConflict, .chunkEmpty, .digestInvalid, .badRequest, .forbidden,
            .notFound, .lengthRequired, .unsupportedMediaType, .internalError:
            [:]
        }
    }

    private static func list(_ ranges: [Range<Int64>]) -> JSONValue {
        .array(
            ranges.prefix(rangesShownMax).map {
                .object(["start": .integer($0.lowerBound), "end": .integer($0.upperBound)])
            })
    }
}
